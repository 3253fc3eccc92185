using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Emit;
using Serving.Features.Windows;

namespace Serving.Features;

/// <summary>
/// Computes what the records of a keyed log hold from its events. Immutable and safe for use by several threads, each
/// with a frame of its own.
/// </summary>
public sealed class LogProgram
{
    private readonly CompiledCode _code;
    private readonly OutputColumn[] _columns;

    internal LogProgram(FeatureScript script, LogDefinition definition)
    {
        Log = definition.Log;
        Columns = new RowSchema(
            Log.Event.Schema.Name, [.. Log.Columns.Select(column => new Field(column.Text, column.Type))]);
        CellScript cells = CellScript.Of(script.Bound, Log.Event.Schema, definition.Columns);
        _code = ProgramCompiler.Compile(cells.Script, null, RuntimeMethods.Default);
        _columns = [.. cells.Cells.Select(cell => _code.Layout.OutputOf(cell, false))];
    }

    /// <summary>The log.</summary>
    public KeyedLog Log { get; }

    /// <summary>One field for each of the log's columns, in their order, named by their text.</summary>
    public RowSchema Columns { get; }

    /// <summary>Makes the scratch memory of one evaluating thread.</summary>
    public FeatureFrame CreateFrame() => _code.CreateFrame();

    /// <summary>
    /// Computes all rows. <paramref name="columns"/> is reset to <see cref="Columns"/> and receives one row for each
    /// event, in order. Total; allocates nothing after warm-up.
    /// </summary>
    /// <param name="events">Rows that begin with the event's fields.</param>
    /// <param name="columns">Receives the values.</param>
    /// <param name="frame">Scratch memory of the calling thread.</param>
    public void Evaluate(RowBatch events, RowBatch columns, FeatureFrame frame)
    {
        var memory = (CompiledFrame)frame;
        columns.Reset(Columns);
        for (int row = 0; row < events.RowCount; row++)
        {
            memory.Load(events, row);
            _code.Run(memory);
            RawWriter.Write(memory, _columns, columns);
        }
    }
}
