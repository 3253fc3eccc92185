using System.Buffers;
using System.Text.Json;

namespace Serving.Data.Tensors.Json;

/// <summary>Writes nested arrays whose shape is known into a tensor. One thread.</summary>
internal sealed class TensorJsonValues(TensorJsonProblems problems)
{
    private TensorJsonExamples? _examples;

    /// <summary>Reads the value at which the reader stands, to its end.</summary>
    public void Read(ref Utf8JsonReader reader, TensorSpec spec, long[] shape, TensorBuffer tensor)
    {
        tensor.Reset(spec.Type, shape);
        int size = TensorTypes.SizeOf(spec.Type);
        int depth = 0;
        int element = 0;
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    depth++;
                    break;
                case JsonTokenType.EndArray:
                    depth--;
                    break;
                default:
                    bool isRead = size == 0
                        ? TryText(ref reader, spec, tensor, element, shape)
                        : TensorJsonScalars.TryWrite(ref reader, spec.Type, tensor.Bytes.Slice(element * size, size));
                    if (!isRead)
                    {
                        Refuse(ref reader, spec, element, shape);
                    }

                    element++;
                    break;
            }
        }
        while (depth > 0 && reader.Read());
    }

    private bool TryText(
        ref Utf8JsonReader reader, TensorSpec spec, TensorBuffer tensor, int element, long[] shape)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            return TryObject(ref reader, spec, tensor, element, shape);
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        bool isText = TensorJsonScalars.TryText(ref reader, out byte[] rented, out int length);
        if (isText)
        {
            tensor.AddText(rented.AsSpan(0, length));
        }

        ArrayPool<byte>.Shared.Return(rented);
        return isText;
    }

    // {"b64": text} or {"example": {...}}, with no other member.
    private bool TryObject(
        ref Utf8JsonReader reader, TensorSpec spec, TensorBuffer tensor, int element, long[] shape)
    {
        Utf8JsonReader inner = reader;
        inner.Read();
        if (inner.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        bool isBase64 = inner.ValueTextEquals("b64"u8);
        bool isExample = inner.ValueTextEquals("example"u8) && !spec.Example.IsEmpty;
        inner.Read();
        bool isRead = (isBase64 && TryBase64(ref inner, tensor))
            || (isExample && TryExample(ref inner, spec, tensor, element, shape));
        if (!isRead || !inner.Read() || inner.TokenType != JsonTokenType.EndObject)
        {
            return false;
        }

        reader = inner;
        return true;
    }

    private static bool TryBase64(ref Utf8JsonReader reader, TensorBuffer tensor)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        bool isRead = TensorJsonScalars.TryBase64(ref reader, out byte[] rented, out int length);
        if (isRead)
        {
            tensor.AddText(rented.AsSpan(0, length));
        }

        ArrayPool<byte>.Shared.Return(rented);
        return isRead;
    }

    private bool TryExample(
        ref Utf8JsonReader reader, TensorSpec spec, TensorBuffer tensor, int element, long[] shape)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        _examples ??= new TensorJsonExamples(problems);
        string place = problems.IsShowing ? PlaceOf(spec, element, shape) : "";
        tensor.AddText(_examples.Read(ref reader, spec.Example, place + ".example"));
        return true;
    }

    private void Refuse(ref Utf8JsonReader reader, TensorSpec spec, int element, long[] shape)
    {
        string found = problems.IsShowing ? TensorJsonProblems.Shown(ref reader) : "";
        string expected = TensorJsonScalars.Expected(spec.Type)
            + (spec.Example.IsEmpty ? "" : ", or {\"example\": {feature: value or [values]}}");
        problems.Add(problems.IsShowing ? PlaceOf(spec, element, shape) : "", found, expected);
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            reader.Skip();
        }
    }

    private static string PlaceOf(TensorSpec spec, long element, long[] shape)
    {
        long[] indexes = new long[shape.Length];
        for (int i = shape.Length - 1; i >= 0; i--)
        {
            (element, indexes[i]) = Math.DivRem(element, shape[i]);
        }

        return TensorJsonProblems.PlaceOf(spec.Name, indexes);
    }
}
