using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Explanation;

/// <summary>
/// Operations and estimated time of an expression. Times are rounded medians of the compiled code on one core of a
/// current server processor (bench/Serving.Benchmarks, Features); they rank alternatives, they do not promise.
/// </summary>
internal static class OperationCost
{
    private const double SlotNs = 1;
    private const double DecimalToFloatNs = 4;
    private const double TextNs = 8;
    private const double HashNs = 12;
    private const double CalendarNs = 12;
    private const double ElementaryNs = 25;

    /// <summary>Number of operations and time of a tree.</summary>
    public static (int Operations, double Nanoseconds) Of(BoundExpression node)
    {
        (int operations, double nanoseconds) = (1, NodeNs(node));
        foreach (BoundExpression child in BoundChildren.Of(node))
        {
            (int childOperations, double childNs) = Of(child);
            operations += childOperations;
            nanoseconds += childNs;
        }

        return (operations, nanoseconds);
    }

    /// <summary>Time of one encoder.</summary>
    public static double Of(BoundEncoder encoder) => encoder.Kind switch
    {
        EncoderKind.Hash => HashNs * Math.Max(1, encoder.Input.ListMaximum),
        EncoderKind.Vocab or EncoderKind.Rate => HashNs * Math.Max(1, encoder.Input.ListMaximum),
        EncoderKind.Edges or EncoderKind.Quantiles or EncoderKind.Widths or EncoderKind.Tree =>
            4 * Math.Max(1, encoder.Sizes.Length),
        EncoderKind.Bits => encoder.Sizes[0],
        _ => 2,
    };

    private static double NodeNs(BoundExpression node) => node switch
    {
        BoundConversion { Operand.Type.Kind: TypeKind.Decimal } => DecimalToFloatNs,
        BoundComparison { Left.Type.Kind: TypeKind.String } => TextNs,
        BoundIn contained =>
            contained.Items.Length * (contained.Operand.Type.Kind == TypeKind.String ? TextNs : SlotNs),
        BoundCross cross => HashNs * (cross.Members.Length + 1) * Math.Max(1, cross.Type.ListMaximum),
        BoundCall call => CallNs(call.Function),
        _ => SlotNs,
    };

    private static double CallNs(ScalarFunction function) => function switch
    {
        ScalarFunction.Hour or ScalarFunction.Weekday or ScalarFunction.Day or ScalarFunction.Month
            or ScalarFunction.YearsBetween => CalendarNs,
        ScalarFunction.Log or ScalarFunction.Log1p or ScalarFunction.Exp => ElementaryNs,
        ScalarFunction.Pow or ScalarFunction.CircularSin or ScalarFunction.CircularCos => ElementaryNs * 2,
        ScalarFunction.DistanceKm => ElementaryNs * 6,
        ScalarFunction.LowerAscii or ScalarFunction.Prefix or ScalarFunction.Length or ScalarFunction.Part
            or ScalarFunction.StripDigits or ScalarFunction.Host => TextNs * 2,
        ScalarFunction.Fold => TextNs * 4,
        _ => SlotNs * 2,
    };
}
