using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>Comparisons of two present values of one kind, exact (R20, R21).</summary>
internal static class InterpretedComparison
{
    public static bool Holds(ComparisonOperator comparison, Value left, Value right)
    {
        int order = Order(left, right);
        return comparison switch
        {
            ComparisonOperator.Equal => order == 0,
            ComparisonOperator.NotEqual => order != 0,
            ComparisonOperator.Less => order < 0,
            ComparisonOperator.LessEqual => order <= 0,
            ComparisonOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }

    /// <summary>Below 0, 0 or above 0. Strings by their UTF-8 bytes (R21); all else by value.</summary>
    public static int Order(Value left, Value right) => left.Kind switch
    {
        TypeKind.Float => left.Real.CompareTo(right.Real),
        TypeKind.String => OrderOfBytes(left.Text, right.Text),
        _ => left.Whole.CompareTo(right.Whole),
    };

    /// <summary>Whether two values are the same, elements of lists aside.</summary>
    public static bool AreEqual(Value left, Value right) => left.Kind == right.Kind && Order(left, right) == 0;

    private static int OrderOfBytes(byte[] left, byte[] right)
    {
        for (int index = 0; index < left.Length && index < right.Length; index++)
        {
            if (left[index] != right[index])
            {
                return left[index] < right[index] ? -1 : 1;
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}
