using System.Text;
using Serving.Data.Tensors;
using Serving.Server.Grpc.Wire;
using Serving.Server.Rows;

namespace Serving.Server.Grpc;

/// <summary>
/// Fills a call of a tensor model from a <c>TensorRequest</c>; all that is wrong is noted, each under its place.
/// Stateless; allocates nothing for a request that is right.
/// </summary>
internal static class TensorDecoder
{
    private const int NameMax = 256;

    /// <summary>Reads inputs and the names of outputs; false when a message is malformed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> payload, ITensorExchange call, RequestProblems problems)
    {
        Span<long> shape = stackalloc long[WireTensor.RankMax];
        bool isChoosing = false;
        var reader = new ProtoReader(payload);
        while (reader.NextField(out uint tag))
        {
            if (tag == TensorHead.TagInputs)
            {
                WireTensor tensor = WireTensor.Read(reader.ReadBytes(), shape);
                if (tensor.IsMalformed)
                {
                    return false;
                }

                ReadInput(tensor, call, problems);
            }
            else if (tag == TensorHead.TagOutputs)
            {
                Choose(reader.ReadBytes(), call, ref isChoosing, problems);
            }
            else
            {
                reader.Skip(tag);
            }
        }

        NameMissing(call, problems);
        return !reader.IsMalformed;
    }

    private static void ReadInput(in WireTensor tensor, ITensorExchange call, RequestProblems problems)
    {
        int index = IndexOf(tensor.Name, call.Signature, isInput: true);
        if (index < 0 || call.IsGiven(index))
        {
            string found = index < 0 ? "found an input that the model has not, expected one of "
                + string.Join(", ", call.Signature.Inputs.Select(input => input.Name)) : "found it twice";
            problems.Add(RequestProblems.NoRow, Place(tensor.Name), found);
            return;
        }

        TensorSpec spec = call.Signature.Inputs[index];
        TensorBuffer buffer = call.Input(index);
        if (WhatIsWrong(tensor, spec) is { } wrong)
        {
            problems.Add(RequestProblems.NoRow, Place(tensor.Name), wrong);
            return;
        }

        buffer.Reset(spec.Type, tensor.Shape);
        if (spec.Type == TensorType.Text)
        {
            tensor.CopyStrings(buffer);
        }
        else
        {
            tensor.Data.CopyTo(buffer.Bytes);
        }
    }

    // The bytes are compared with the shape before any memory is taken for it.
    private static string? WhatIsWrong(in WireTensor tensor, TensorSpec spec)
    {
        TensorType type = tensor.Type;
        if (type != spec.Type)
        {
            string name = RequestProblems.Shorten(tensor.TypeName);
            return $"found type '{name}', expected {spec.TypeText}";
        }

        if (tensor.Rank > WireTensor.RankMax || tensor.Shape.ContainsAnyInRange(long.MinValue, -1)
            || !spec.Accepts(tensor.Shape))
        {
            string dimensions = tensor.Rank > WireTensor.RankMax
                ? $"over {WireTensor.RankMax} dimensions"
                : $"[{string.Join(',', tensor.Shape.ToArray())}]";
            return $"found shape {dimensions}, expected {spec.TypeText}";
        }

        long count = TensorBuffer.ElementCount(tensor.Shape);
        if (type == TensorType.Text)
        {
            return tensor.StringCount == count && tensor.Data.IsEmpty
                ? null
                : $"found {tensor.StringCount} strings and {tensor.Data.Length} bytes of data, "
                    + $"expected {count} strings";
        }

        long bytes = count * TensorTypes.SizeOf(type);
        if (tensor.Data.Length != bytes || tensor.StringCount > 0)
        {
            return $"found {tensor.Data.Length} bytes of data and {tensor.StringCount} strings, expected {bytes} bytes";
        }

        return type == TensorType.Bool && tensor.Data.ContainsAnyExceptInRange((byte)0, (byte)1)
            ? "found a byte that is neither 0 nor 1, expected booleans"
            : null;
    }

    private static void Choose(
        ReadOnlySpan<byte> name, ITensorExchange call, ref bool isChoosing, RequestProblems problems)
    {
        int outputs = call.Signature.Outputs.Length;
        for (int i = 0; !isChoosing && i < outputs; i++)
        {
            call.Want(i, false);
        }

        isChoosing = true;
        int index = IndexOf(name, call.Signature, isInput: false);
        if (index < 0 || call.IsWanted(index))
        {
            string found = index < 0 ? "found an output that the model has not, expected one of "
                + string.Join(", ", call.Signature.Outputs.Select(output => output.Name)) : "found it twice";
            problems.Add(RequestProblems.NoRow, "outputs." + RequestProblems.Shorten(name), found);
            return;
        }

        call.Want(index, true);
    }

    private static int IndexOf(ReadOnlySpan<byte> name, TensorSignature signature, bool isInput)
    {
        Span<char> text = stackalloc char[NameMax];
        if (!Encoding.UTF8.TryGetChars(name, text, out int length))
        {
            string longer = Encoding.UTF8.GetString(name);
            return isInput ? signature.InputIndex(longer) : signature.OutputIndex(longer);
        }

        return isInput ? signature.InputIndex(text[..length]) : signature.OutputIndex(text[..length]);
    }

    private static void NameMissing(ITensorExchange call, RequestProblems problems)
    {
        for (int i = 0; i < call.Signature.Inputs.Length; i++)
        {
            TensorSpec spec = call.Signature.Inputs[i];
            if (!call.IsGiven(i) && !spec.HasDefault)
            {
                problems.Add(
                    RequestProblems.NoRow, "inputs." + spec.Name, $"found nothing, expected {spec.TypeText}");
            }
        }
    }

    private static string Place(ReadOnlySpan<byte> name) => "inputs." + RequestProblems.Shorten(name);
}
