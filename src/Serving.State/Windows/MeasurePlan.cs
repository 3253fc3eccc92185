using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>What is accumulated of a measure.</summary>
/// <param name="Argument">Place of the argument in the log's columns; -1 without one.</param>
/// <param name="Where">Place of the bool column that lets events in; -1 where every event counts.</param>
/// <param name="Kind">Kind of the argument.</param>
/// <param name="Scale">Decimal digits behind the point of a sum: the argument's, 6 for floats.</param>
/// <param name="Parts">What readings and tiles need.</param>
/// <param name="IsPlain">
/// Whether every event counts and nothing but count, sum and extremes of whole numbers is needed.
/// </param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MeasurePlan(
    int Argument, int Where, ValueKind Kind, int Scale, MeasureParts Parts, bool IsPlain)
{
    /// <summary>Fractional digits that floats keep in sums (R40).</summary>
    public const int FloatScale = 6;

    /// <summary>Whether a part is needed.</summary>
    public bool Has(MeasureParts part) => (Parts & part) != MeasureParts.None;

    /// <summary>The measures of a log: the declared parts and those that its readings need.</summary>
    public static ImmutableArray<MeasurePlan> Of(KeyedLog log)
    {
        var parts = new MeasureParts[log.Measures.Length];
        foreach (WindowReading reading in log.Readings)
        {
            if (reading.Keep > 0)
            {
                continue;
            }

            parts[reading.Measure] |= PartsOf(reading.Function);
            if (reading.Whole >= 0)
            {
                parts[reading.Whole] |= MeasureParts.Count;
            }
        }

        return [.. log.Measures.Select((measure, index) => Of(log, measure, measure.Parts | parts[index]))];
    }

    private static MeasurePlan Of(KeyedLog log, LogMeasure measure, MeasureParts parts)
    {
        FieldType type = measure.Argument < 0 ? default : log.Columns[measure.Argument].Type;
        int scale = type.Kind switch
        {
            ValueKind.Float => FloatScale,
            ValueKind.Decimal => type.Scale,
            _ => 0,
        };
        const MeasureParts Plain =
            MeasureParts.Count | MeasureParts.Sum | MeasureParts.Min | MeasureParts.Max;
        bool isPlain = measure.Where < 0 && (parts & ~Plain) == MeasureParts.None
            && (measure.Argument < 0
                || (!type.Optional && type.Kind is (ValueKind.Int or ValueKind.Decimal or ValueKind.Time)));
        return new MeasurePlan(measure.Argument, measure.Where, type.Kind, scale, parts, isPlain);
    }

    private static MeasureParts PartsOf(WindowFunction function) => function switch
    {
        WindowFunction.Sum or WindowFunction.DecaySum => MeasureParts.Count | MeasureParts.Sum,
        WindowFunction.Mean => MeasureParts.Count | MeasureParts.Sum,
        WindowFunction.Variance => MeasureParts.Count | MeasureParts.Sum | MeasureParts.SumOfSquares,
        WindowFunction.Min => MeasureParts.Count | MeasureParts.Min,
        WindowFunction.Max => MeasureParts.Count | MeasureParts.Max,
        WindowFunction.First => MeasureParts.Count | MeasureParts.First,
        WindowFunction.Last or WindowFunction.SecondsSinceLast => MeasureParts.Count | MeasureParts.Last,
        _ => MeasureParts.Count,
    };
}
