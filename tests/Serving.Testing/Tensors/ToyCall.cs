using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.Testing.Tensors;

/// <summary>One call of a toy.</summary>
internal sealed class ToyCall(ToyScorer scorer, TensorSignature signature, ImmutableArray<ToyOutput> outputs)
    : TensorCall(signature)
{
    private readonly int _slow = outputs.ToList().FindIndex(output => output.Operator == "slow");

    protected override ValueTask RunCheckedAsync(TimeSpan timeLeft, CancellationToken cancellation)
    {
        ObjectDisposedException.ThrowIf(scorer.IsClosed, scorer);
        if (_slow >= 0)
        {
            return SlowAsync(TimeSpan.FromMilliseconds(outputs[_slow].Number), timeLeft, cancellation);
        }

        Compute();
        return ValueTask.CompletedTask;
    }

    private async ValueTask SlowAsync(TimeSpan time, TimeSpan timeLeft, CancellationToken cancellation)
    {
        TimeSpan limit = timeLeft < scorer.Options.CallTime ? timeLeft : scorer.Options.CallTime;
        await Task.Delay(time < limit ? time : limit, cancellation);
        if (time >= limit)
        {
            throw new TensorRunException(
                ErrorCode.DeadlineExceeded, $"the call took over {limit.TotalMilliseconds} ms");
        }

        Compute();
    }

    private void Compute()
    {
        for (int i = 0; i < outputs.Length; i++)
        {
            if (IsWanted(i))
            {
                Compute(outputs[i], InputBuffer(Signature.InputIndex(outputs[i].Input)), Output(i));
            }
        }
    }

    private void Compute(ToyOutput output, TensorBuffer input, TensorValue value)
    {
        value.Reset(output.Spec.Kind);
        switch (output.Operator)
        {
            case "fail":
                throw new TensorRunException((ErrorCode)output.Number, "the toy broke");
            case "count":
                value.Tensor.Reset(TensorType.Int64, []);
                value.Tensor.Values<long>()[0] = scorer.NextCall();
                break;
            case "scale":
                Scale(input, value.Tensor, (float)output.Number);
                break;
            case "sum":
                Sum(input, value.Tensor);
                break;
            case "maps" or "items":
                Rows(input, value, output.Operator == "maps");
                break;
            default:
                value.Tensor.CopyFrom(input);
                break;
        }
    }

    private static void Scale(TensorBuffer input, TensorBuffer result, float factor)
    {
        result.CopyFrom(input);
        foreach (ref float element in result.Values<float>())
        {
            element *= factor;
        }
    }

    private static void Sum(TensorBuffer input, TensorBuffer result)
    {
        result.Reset(TensorType.Float32, input.Shape[..^1]);
        int width = (int)input.Shape[^1];
        for (int i = 0; i < result.Count; i++)
        {
            float sum = 0;
            foreach (float element in input.Values<float>().Slice(i * width, width))
            {
                sum += element;
            }

            result.Values<float>()[i] = sum;
        }
    }

    private static void Rows(TensorBuffer input, TensorValue value, bool isMap)
    {
        int width = (int)input.Shape[^1];
        for (int row = 0; row < input.Shape[0]; row++)
        {
            TensorValue item = value.AddItem(isMap ? TensorKind.Map : TensorKind.Tensor);
            item.Tensor.Reset(TensorType.Float32, [width]);
            input.Values<float>().Slice(row * width, width).CopyTo(item.Tensor.Values<float>());
            if (!isMap)
            {
                continue;
            }

            item.Keys.Reset(TensorType.Int64, [width]);
            for (int i = 0; i < width; i++)
            {
                item.Keys.Values<long>()[i] = i;
            }
        }
    }
}
