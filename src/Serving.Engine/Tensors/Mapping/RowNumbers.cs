using System.Numerics;
using Serving.Data;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>Writes the numbers of rows as elements of a tensor. Stateless; allocates nothing.</summary>
/// <typeparam name="T">The tensor's element type. A number beyond it becomes its greatest or least one.</typeparam>
internal static class RowNumbers<T>
    where T : unmanaged, IBinaryNumber<T>, IMinMaxValue<T>
{
    /// <summary>Writes the columns of a fill.</summary>
    /// <param name="batch">Rows.</param>
    /// <param name="first">The first row.</param>
    /// <param name="plan">The fill.</param>
    /// <param name="target">[rows, numbers], row-major: its length says how many rows.</param>
    [HotPath]
    public static void Write(FeatureBatch batch, int first, FillPlan plan, Span<T> target)
    {
        int width = plan.Width;
        for (int row = 0; row * width < target.Length; row++)
        {
            Span<T> line = target.Slice(row * width, width);
            if (plan.TakesIds)
            {
                WriteIds(batch, first + row, plan, line);
            }
            else
            {
                WriteDense(batch.DenseRow(first + row), plan, line);
            }
        }
    }

    [HotPath]
    private static void WriteDense(ReadOnlySpan<double> dense, FillPlan plan, Span<T> line)
    {
        for (int index = 0; index < line.Length; index++)
        {
            line[index] = Narrowed(plan.NumberAt(dense, index));
        }
    }

    [HotPath]
    private static void WriteIds(FeatureBatch batch, int row, FillPlan plan, Span<T> line)
    {
        int place = plan.Places[0];
        line.Fill(T.CreateTruncating(plan.Pad));
        if (!plan.HasIdColumn)
        {
            line[0] = Narrowed(batch.DenseRow(row)[place]);
            return;
        }

        ReadOnlySpan<uint> ids = batch.RowIds(row, place);
        for (int index = 0; index < Math.Min(ids.Length, line.Length); index++)
        {
            line[index] = T.CreateTruncating(ids[index]);
        }
    }

    // As everywhere in the language numbers saturate: a tensor gets no infinity from a finite number.
    private static T Narrowed(double value)
    {
        T narrowed = T.CreateSaturating(value);
        return T.IsFinite(narrowed) ? narrowed : value > 0 ? T.MaxValue : T.MinValue;
    }
}
