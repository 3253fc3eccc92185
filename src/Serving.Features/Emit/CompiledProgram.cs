using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Numerics;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Evaluation;
using Serving.Features.Types;

namespace Serving.Features.Emit;

/// <summary>A script compiled to IL: the evaluator of production.</summary>
internal sealed class CompiledProgram : FeatureProgram
{
    private readonly ProgramColumns _columns;
    private readonly FittedStatistics? _statistics;
    private readonly CompiledCode _code;
    private readonly OutputColumn[] _encoded;
    private readonly OutputColumn[] _raw;

    // Upper bound of the ids of one row in all id columns together.
    private readonly int _idsPerRow;

    private CompiledProgram(
        FeatureScript script, FittedStatistics? statistics, ProgramColumns columns, CompiledCode code)
    {
        Script = script;
        _statistics = statistics;
        _columns = columns;
        _code = code;
        _encoded = [.. columns.EncodedCells.Zip(
            columns.Encoded, (cell, column) => code.Layout.OutputOf(cell, column.IsDiscrete))];
        _raw = [.. columns.RawCells.Select(cell => code.Layout.OutputOf(cell, false))];
        _idsPerRow = columns.Encoded.Sum(column => Math.Max(1, column.IdsMax));
    }

    public override FeatureScript Script { get; }

    public override ImmutableArray<FeatureColumn> Columns => _columns.Encoded;

    public override RowSchema RawSchema => _columns.Raw;

    public override ImmutableArray<int> RawPlaces => _columns.RawPlaces;

    /// <summary>
    /// Compiles a script. A test may hand in another tree or other runtime methods to see that a wrong program is
    /// found.
    /// </summary>
    public static CompiledProgram Compile(
        FeatureScript script, FittedStatistics? statistics, BoundScript? bound = null, RuntimeMethods? methods = null)
    {
        bound ??= script.Bound;
        CompiledCode code = ProgramCompiler.Compile(bound, statistics, methods ?? RuntimeMethods.Default);
        return new CompiledProgram(script, statistics, ProgramColumns.Of(script.Bound, statistics), code);
    }

    public override FeatureFrame CreateFrame() => _code.CreateFrame();

    public override RawEncoder CreateRawEncoder() => new(Script.Bound, _statistics, _columns);

    public override void Evaluate(
        RowBatch rows,
        WindowValues? windows,
        FeatureLayout layout,
        FeatureBatch features,
        FeatureFrame frame,
        RowBatch? raw = null)
    {
        RequireWindows(rows, windows);
        var memory = (CompiledFrame)frame;
        features.Reset(rows.RowCount, layout.DenseCount, layout.IdColumnCount, rows.RowCount * _idsPerRow);
        raw?.Reset(RawSchema);
        memory.ForgetBeside();
        for (int row = 0; row < rows.RowCount; row++)
        {
            Run(memory, rows, windows, row);
            WriteEncoded(memory, row, layout, features);
            if (raw is not null)
            {
                RawWriter.Write(memory, _raw, raw);
            }
        }
    }

    private void Run(CompiledFrame frame, RowBatch rows, WindowValues? windows, int row)
    {
        if (windows is not null)
        {
            frame.LoadBeside(windows.Rows, row);
        }

        frame.Load(rows, row);
        if (windows is not null && windows.IsStateMissing(row))
        {
            _code.RunWithoutState(frame);
        }
        else
        {
            _code.Run(frame);
        }
    }

    private void WriteEncoded(CompiledFrame frame, int row, FeatureLayout layout, FeatureBatch features)
    {
        ReadOnlySpan<int> densePlaces = layout.DensePlaces.AsSpan();
        Span<double> dense = features.Dense.AsSpan(row * features.DenseCount, features.DenseCount);
        int idRow = row * features.IdColumnCount;
        for (int column = 0; column < _encoded.Length; column++)
        {
            ref readonly OutputColumn output = ref _encoded[column];
            if (densePlaces[column] >= 0)
            {
                dense[densePlaces[column]] = DenseValue(frame, in output);
            }
        }

        // In the order of the places, since an id column begins where the one before it ends.
        ReadOnlySpan<int> idColumns = layout.IdColumns.AsSpan();
        for (int place = 0; place < idColumns.Length; place++)
        {
            AppendIds(frame, in _encoded[idColumns[place]], features);
            features.IdEnds[idRow + place] = features.IdCount;
        }
    }

    private static double DenseValue(CompiledFrame frame, ref readonly OutputColumn output)
    {
        long value = frame.Values[output.Slot];
        if (output.IsDiscrete)
        {
            return IdOf(frame, in output, value);
        }

        if (!frame.Present[output.Slot])
        {
            return double.NaN;
        }

        return output.Kind switch
        {
            TypeKind.Float => BitConverter.Int64BitsToDouble(value),
            TypeKind.Decimal => DecimalConversion.ToDouble(value, output.Scale),
            _ => value,
        };
    }

    private static long IdOf(CompiledFrame frame, ref readonly OutputColumn output, long value) =>
        output.Kind != TypeKind.Bool ? value : frame.Present[output.Slot] ? 2 + value : 0;

    private static void AppendIds(CompiledFrame frame, ref readonly OutputColumn output, FeatureBatch features)
    {
        long value = frame.Values[output.Slot];
        if (output.Kind != TypeKind.List)
        {
            features.Ids[features.IdCount++] = (uint)IdOf(frame, in output, value);
            return;
        }

        foreach (long id in frame.List(value))
        {
            features.Ids[features.IdCount++] = (uint)id;
        }
    }
}
