using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Batching;

/// <summary>Puts rows of several calls into one and takes its answers apart. Stateless.</summary>
internal static class BatchRows
{
    /// <summary>Rows of a call; -1 where its inputs do not agree, or have none.</summary>
    public static int Of(TensorCall call)
    {
        int rows = -1;
        for (int i = 0; i < call.Signature.Inputs.Length; i++)
        {
            if (!call.IsGiven(i))
            {
                continue;
            }

            ReadOnlySpan<long> shape = call.Input(i).Shape;
            if (shape.Length == 0 || shape[0] < 1 || shape[0] > int.MaxValue || (rows >= 0 && shape[0] != rows))
            {
                return -1;
            }

            rows = (int)shape[0];
        }

        return rows;
    }

    /// <summary>Whether two calls give and want the same, and their rows have the same shapes.</summary>
    public static bool Fit(TensorCall one, TensorCall other)
    {
        for (int i = 0; i < one.Signature.Inputs.Length; i++)
        {
            if (one.IsGiven(i) != other.IsGiven(i)
                || (one.IsGiven(i) && !one.Input(i).Shape[1..].SequenceEqual(other.Input(i).Shape[1..])))
            {
                return false;
            }
        }

        for (int i = 0; i < one.Signature.Outputs.Length; i++)
        {
            if (one.IsWanted(i) != other.IsWanted(i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Begins a batch of calls that fit the first.</summary>
    /// <param name="batch">Filled with the rows of all calls, in their order, and copies of the last one.</param>
    /// <param name="calls">At least one.</param>
    /// <param name="size">Rows of the batch.</param>
    public static void Merge(TensorCall batch, ReadOnlySpan<TensorCall> calls, int size)
    {
        batch.Begin();
        TensorCall first = calls[0];
        for (int i = 0; i < batch.Signature.Outputs.Length; i++)
        {
            batch.Want(i, first.IsWanted(i));
        }

        for (int i = 0; i < batch.Signature.Inputs.Length; i++)
        {
            if (first.IsGiven(i))
            {
                Merge(batch.Input(i), calls, i, size);
            }
        }
    }

    /// <summary>Gives a call its rows of the batch's answers.</summary>
    /// <exception cref="InvalidDataException">The answers have other rows than the batch.</exception>
    public static void Split(TensorCall batch, TensorCall call, int begin, int rows, int size)
    {
        for (int i = 0; i < batch.Signature.Outputs.Length; i++)
        {
            if (batch.IsWanted(i))
            {
                Split(batch.Output(i), call.Output(i), begin, rows, size);
            }
        }
    }

    private static void Merge(TensorBuffer target, ReadOnlySpan<TensorCall> calls, int input, int size)
    {
        TensorBuffer first = calls[0].Input(input);
        Span<long> shape = stackalloc long[first.Rank];
        first.Shape.CopyTo(shape);
        shape[0] = size;
        target.Reset(first.Type, shape);
        int at = 0;
        foreach (TensorCall call in calls)
        {
            TensorBuffer source = call.Input(input);
            int rows = (int)source.Shape[0];
            CopyRows(source, rows, 0, rows, target, at);
            at += rows;
        }

        TensorBuffer last = calls[^1].Input(input);
        int lastRows = (int)last.Shape[0];
        for (; at < size; at++)
        {
            CopyRows(last, lastRows, lastRows - 1, 1, target, at);
        }
    }

    // Texts are added in order: the rows before are there.
    private static void CopyRows(
        TensorBuffer source, int sourceRows, int begin, int rows, TensorBuffer target, int at)
    {
        int width = source.Bytes.Length / sourceRows;
        source.Bytes.Slice(begin * width, rows * width).CopyTo(target.Bytes[(at * width)..]);
        int texts = source.TextCount / sourceRows;
        for (int i = begin * texts; i < (begin + rows) * texts; i++)
        {
            target.AddText(source.TextAt(i));
        }
    }

    private static void Split(TensorValue batch, TensorValue part, int begin, int rows, int size)
    {
        part.Reset(batch.Kind);
        if (batch.Kind == TensorKind.MapSequence)
        {
            RequireRows(batch.ItemCount, size);
            for (int i = begin; i < begin + rows; i++)
            {
                TensorValue from = batch.Item(i);
                TensorValue to = part.AddItem(from.Kind);
                to.Keys.CopyFrom(from.Keys);
                to.Tensor.CopyFrom(from.Tensor);
            }

            return;
        }

        TensorBuffer all = batch.Tensor;
        RequireRows(all.Rank == 0 ? -1 : all.Shape[0], size);
        Span<long> shape = stackalloc long[all.Rank];
        all.Shape.CopyTo(shape);
        shape[0] = rows;
        part.Tensor.Reset(all.Type, shape);
        CopyRows(all, size, begin, rows, part.Tensor, 0);
    }

    private static void RequireRows(long found, int size)
    {
        if (found != size)
        {
            throw new InvalidDataException($"the model answered {found} rows to a batch of {size}");
        }
    }
}
