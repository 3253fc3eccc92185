using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>
/// Fills the inputs of a call from the rows of a feature batch. Immutable and safe for use by several threads.
/// </summary>
internal sealed class InputFiller
{
    private readonly TensorMapping _mapping;
    private readonly FillPlan?[] _plans;
    private readonly RowExamples?[] _examples;

    /// <summary>Makes the filler of a mapping.</summary>
    public InputFiller(TensorMapping mapping)
    {
        _mapping = mapping;
        _plans = [.. mapping.Inputs.Select(input => input.Fill is { } fill
            ? FillPlan.Of(fill, mapping.Signature.Inputs[input.Index].Type, mapping.ModelInputs)
            : null)];
        _examples = [.. mapping.Inputs.Select(input => input.Fill is null
            ? new RowExamples(input.Example, mapping.ModelInputs)
            : null)];
    }

    /// <summary>Fills all inputs of a call that was begun.</summary>
    /// <param name="call">The call.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="first">The first row.</param>
    /// <param name="rows">How many.</param>
    [HotPath]
    public void Fill(TensorCall call, FeatureBatch batch, int first, int rows)
    {
        for (int index = 0; index < _plans.Length; index++)
        {
            MappedInput input = _mapping.Inputs[index];
            TensorBuffer target = call.Input(input.Index);
            if (_plans[index] is { } plan)
            {
                Reset(target, plan.Type, input.Rank, rows, plan.Width);
                Write(batch, first, plan, target);
            }
            else
            {
                Reset(target, TensorType.Text, input.Rank, rows, 1);
                _examples[index]!.Write(batch, first, rows, target);
            }
        }
    }

    [HotPath]
    private static void Reset(TensorBuffer target, TensorType type, int rank, int rows, int width)
    {
        Span<long> shape = stackalloc long[2];
        shape[0] = rows;
        shape[1] = width;
        target.Reset(type, shape[..rank]);
    }

    [HotPath]
    private static void Write(FeatureBatch batch, int first, FillPlan plan, TensorBuffer target)
    {
        switch (plan.Type)
        {
            case TensorType.Float32:
                RowNumbers<float>.Write(batch, first, plan, target.Values<float>());
                break;
            case TensorType.Float64:
                RowNumbers<double>.Write(batch, first, plan, target.Values<double>());
                break;
            case TensorType.Float16:
                RowNumbers<Half>.Write(batch, first, plan, target.Values<Half>());
                break;
            case TensorType.Int64:
                RowNumbers<long>.Write(batch, first, plan, target.Values<long>());
                break;
            case TensorType.Int32:
                RowNumbers<int>.Write(batch, first, plan, target.Values<int>());
                break;
            case TensorType.Int16:
                RowNumbers<short>.Write(batch, first, plan, target.Values<short>());
                break;
            case TensorType.Int8:
                RowNumbers<sbyte>.Write(batch, first, plan, target.Values<sbyte>());
                break;
            case TensorType.UInt64:
                RowNumbers<ulong>.Write(batch, first, plan, target.Values<ulong>());
                break;
            case TensorType.UInt32:
                RowNumbers<uint>.Write(batch, first, plan, target.Values<uint>());
                break;
            case TensorType.UInt16:
                RowNumbers<ushort>.Write(batch, first, plan, target.Values<ushort>());
                break;
            default:
                RowNumbers<byte>.Write(batch, first, plan, target.Values<byte>());
                break;
        }

        if (plan.Type == TensorType.Bool)
        {
            ToTruth(target.Bytes);
        }
    }

    // Missing bits are 0 and 1; ids of a bool feature 0 (missing), 2 (false) and 3 (true): both say it in their lowest
    // bit.
    [HotPath]
    private static void ToTruth(Span<byte> values)
    {
        for (int index = 0; index < values.Length; index++)
        {
            values[index] &= 1;
        }
    }
}
