using System.Collections.Immutable;
using Serving.Data;
using Serving.Features;

namespace Serving.Engine.Offline;

/// <summary>
/// <c>features run</c>: one row for each request event in file order, its id and then every feature column, encoded or
/// before encoders. Immutable; a run uses every core.
/// </summary>
public sealed class FeatureRun
{
    private readonly FeatureProgram _program;
    private readonly EncodedColumns? _encoded;
    private readonly int _idField;
    private readonly int _timeField;

    /// <summary>Makes the run of a program, compiled or interpreted.</summary>
    /// <param name="program">The program.</param>
    /// <param name="raw">Whether values before encoders are written.</param>
    public FeatureRun(FeatureProgram program, bool raw)
        : this(
            program, program.Script.Request, program.Script.LabelFields, program.Script.IdField,
            program.Script.TimeField, raw)
    {
    }

    internal FeatureRun(
        FeatureProgram program,
        RowSchema request,
        ImmutableArray<int> labelFields,
        int idField,
        int timeField,
        bool raw)
    {
        _program = program;
        _idField = idField;
        _timeField = timeField;
        _encoded = raw ? null : new EncodedColumns(program.Columns);
        Input = OfflineRows.WithoutLabel(request, labelFields);
        var id = new Field("id", request.Fields[idField].Type);
        Output = new RowSchema(request.Name, [id, .. _encoded?.Fields ?? program.RawSchema.Fields]);
    }

    /// <summary>The rows to read: the request event's fields; those that only the label reads may be absent.</summary>
    public RowSchema Input { get; }

    /// <summary>The rows that are written: id, then the features.</summary>
    public RowSchema Output { get; }

    /// <summary>
    /// Runs over a source of <see cref="Input"/> rows into a sink of <see cref="Output"/> rows, and completes it.
    /// </summary>
    /// <exception cref="InputException">Rows are wrong; nothing is written under the sink's name.</exception>
    public OfflineResult Run(IRowSource source, IRowSink sink, OfflineOptions options) =>
        new ChunkRun(source, sink, options, _timeField, () => new Worker(this, source.KeptSchema)).Run();

    /// <summary>Runs over files, whose events are the past of the requests, into a sink, and completes it.</summary>
    /// <param name="files">The request's file and those of the events that the script's windows read.</param>
    /// <param name="createSink">
    /// Makes a sink of <see cref="Output"/> rows and kept columns; called again when the run has to begin again.
    /// </param>
    /// <param name="options">How the run goes.</param>
    /// <param name="usesOracle">Whether the slow reference computes window values, as behind an interpreter.</param>
    /// <exception cref="InputException">Rows are wrong; nothing is written under the sink's name.</exception>
    public OfflineResult Run(
        OfflineFiles files, Func<RowSchema?, IRowSink> createSink, OfflineOptions options, bool usesOracle = false)
    {
        var requests = new WindowedRequests(_program.Script, Input, files, options, usesOracle: usesOracle);
        return OfflineRows.Run(requests, createSink, (source, sink) => Run(source, sink, options));
    }

    private sealed class Worker(FeatureRun run, RowSchema? kept) : ChunkWorker(
        run.Input, kept, run.Output, run._program.Script.Windows)
    {
        private readonly FeatureBatch _features = new();
        private readonly FeatureFrame _frame = run._program.CreateFrame();
        private readonly FeatureLayout _layout = run._encoded?.Layout ?? FeatureLayout.Split(run._program.Columns);
        private readonly RowBatch? _raw = run._encoded is null ? new RowBatch(run._program.RawSchema) : null;
        private readonly FieldType _idType = run.Input.Fields[run._idField].Type;

        public override long SaturationCount => _frame.SaturationCount;

        public override void Fill(long firstRow)
        {
            _raw?.Clear();
            run._program.Evaluate(Rows, Windows, _layout, _features, _frame, _raw);
            for (int row = 0; row < Rows.RowCount; row++)
            {
                Output.AddRow();
                Output.Set(row, 0, OfflineRows.Copy(Output, Rows, _idType, Rows.Get(row, run._idField)));
                if (_raw is null)
                {
                    run._encoded!.Write(_features, row, Output, row, 1);
                }
                else
                {
                    OfflineRows.CopyFields(_raw, row, Output, row, 1);
                }
            }
        }
    }
}
