using System.Globalization;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Batching;

/// <summary>Finds by running it whether a model mixes the rows of a batch.</summary>
public static class BatchProbe
{
    /// <summary>
    /// Runs calls apart and together and compares the answers: numbers with the tolerance of the bundle's samples, all
    /// else exactly.
    /// </summary>
    /// <param name="scorer">The model, without a queue before it.</param>
    /// <param name="signature">Index of the signature.</param>
    /// <param name="samples">Calls that are filled, not run; those that fit the first are used.</param>
    /// <param name="cancellation">Ends the comparison.</param>
    /// <returns>Why the rows may not run as one, in one sentence; null where they may.</returns>
    public static async Task<string?> ReasonAgainstAsync(
        ITensorScorer scorer, int signature, IReadOnlyList<TensorCall> samples, CancellationToken cancellation)
    {
        TensorCall[] fitting = [.. samples.Where(call => BatchRows.Of(call) > 0 && BatchRows.Fit(samples[0], call))];
        if (fitting.Length < 2)
        {
            return "fewer than two samples of one shape to try it with";
        }

        double tolerance = scorer.Model.Tolerance;
        using TensorCall batch = scorer.CreateCall(signature);
        int size = fitting.Sum(BatchRows.Of);
        BatchRows.Merge(batch, fitting, size);
        using TensorCall part = scorer.CreateCall(signature);
        try
        {
            await batch.RunAsync(TimeSpan.MaxValue, cancellation).ConfigureAwait(false);
            int begin = 0;
            foreach (TensorCall call in fitting)
            {
                int rows = BatchRows.Of(call);
                await call.RunAsync(TimeSpan.MaxValue, cancellation).ConfigureAwait(false);
                BatchRows.Split(batch, part, begin, rows, size);
                if (Difference(call, part, tolerance) is { } difference)
                {
                    return difference;
                }

                begin += rows;
            }
        }
        catch (Exception error) when (error is TensorRunException or InputException or InvalidDataException)
        {
            return $"its rows do not run as one: {error.Message}";
        }

        return null;
    }

    private static string? Difference(TensorCall alone, TensorCall part, double tolerance)
    {
        for (int i = 0; i < alone.Signature.Outputs.Length; i++)
        {
            if (alone.IsWanted(i) && !IsEqual(alone.Output(i), part.Output(i), tolerance))
            {
                string name = alone.Signature.Outputs[i].Name;
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"output '{name}' of a row differs by more than {tolerance} when others run with it");
            }
        }

        return null;
    }

    private static bool IsEqual(TensorValue one, TensorValue other, double tolerance)
    {
        if (one.Kind != other.Kind || one.ItemCount != other.ItemCount)
        {
            return false;
        }

        for (int i = 0; i < one.ItemCount; i++)
        {
            if (!IsEqual(one.Item(i), other.Item(i), tolerance))
            {
                return false;
            }
        }

        return one.Kind switch
        {
            TensorKind.Tensor => IsEqual(one.Tensor, other.Tensor, tolerance),
            TensorKind.Map => IsEqual(one.Keys, other.Keys, 0) && IsEqual(one.Tensor, other.Tensor, tolerance),
            _ => true,
        };
    }

    private static bool IsEqual(TensorBuffer one, TensorBuffer other, double tolerance)
    {
        if (one.Type != other.Type || !one.Shape.SequenceEqual(other.Shape) || one.TextCount != other.TextCount)
        {
            return false;
        }

        for (int i = 0; i < one.TextCount; i++)
        {
            if (!one.TextAt(i).SequenceEqual(other.TextAt(i)))
            {
                return false;
            }
        }

        return one.Type switch
        {
            TensorType.Float16 => AreNear(one.Values<Half>(), other.Values<Half>(), tolerance),
            TensorType.Float32 => AreNear(one.Values<float>(), other.Values<float>(), tolerance),
            TensorType.Float64 => AreNear(one.Values<double>(), other.Values<double>(), tolerance),
            _ => one.Bytes.SequenceEqual(other.Bytes),
        };
    }

    private static bool AreNear<T>(Span<T> one, Span<T> other, double tolerance)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        for (int i = 0; i < one.Length; i++)
        {
            double a = double.CreateChecked(one[i]);
            double b = double.CreateChecked(other[i]);
            bool isSame = a.Equals(b) || Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(a));
            if (!isSame)
            {
                return false;
            }
        }

        return true;
    }
}
