using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Serving.Data.Cells;

namespace Serving.Data.Tensors.Json;

/// <summary>
/// Outputs of a tensor model as JSON, nested as the tensor's shape: numbers shortest round-trip, NaN null, infinities
/// "Infinity" and "-Infinity", strings text wherever they are valid UTF-8, else <c>{"b64": ...}</c>; a map is an object
/// with its keys as text, a sequence an array. Stateless, safe for use by several threads.
/// </summary>
public static class TensorJsonWriter
{
    // Arrays of no element have brackets all the same: a hostile shape must not make them without bound.
    private const long EmptyArraysMax = 1_000_000;
    private const int NumberBytesMax = 40;

    /// <summary>Appends <c>{"name": value, ...}</c> of the wanted outputs of a call that has run.</summary>
    /// <exception cref="InputException">An output of no elements would be more than a million empty
    /// arrays.</exception>
    public static void WriteOutputs(Utf8Buffer output, ITensorExchange call)
    {
        output.Add((byte)'{');
        bool isFirst = true;
        for (int i = 0; i < call.Signature.Outputs.Length; i++)
        {
            if (!call.IsWanted(i))
            {
                continue;
            }

            if (!isFirst)
            {
                output.Add((byte)',');
            }

            isFirst = false;
            WriteName(output, call.Signature.Outputs[i].Name);
            WriteValue(output, call.Output(i));
        }

        output.Add((byte)'}');
    }

    /// <summary>Appends a tensor, a map or a sequence.</summary>
    public static void WriteValue(Utf8Buffer output, TensorValue value)
    {
        switch (value.Kind)
        {
            case TensorKind.Tensor:
                WriteTensor(output, value.Tensor);
                break;
            case TensorKind.Map:
                WriteMap(output, value);
                break;
            default:
                output.Add((byte)'[');
                for (int i = 0; i < value.ItemCount; i++)
                {
                    Separate(output, i);
                    WriteValue(output, value.Item(i));
                }

                output.Add((byte)']');
                break;
        }
    }

    /// <summary>Appends a tensor.</summary>
    public static void WriteTensor(Utf8Buffer output, TensorBuffer tensor)
    {
        RefuseEmptyArrays(tensor);
        int element = 0;
        WriteLevel(output, tensor, 0, ref element);
    }

    /// <summary>Appends a member's name and its colon.</summary>
    public static void WriteName(Utf8Buffer output, string name)
    {
        JsonText.WriteString(output, Encoding.UTF8.GetBytes(name));
        output.Add((byte)':');
    }

    private static void WriteLevel(Utf8Buffer output, TensorBuffer tensor, int level, ref int element)
    {
        if (level == tensor.Rank)
        {
            WriteElement(output, tensor, element++);
            return;
        }

        output.Add((byte)'[');
        for (long i = 0; i < tensor.Shape[level]; i++)
        {
            Separate(output, i);
            WriteLevel(output, tensor, level + 1, ref element);
        }

        output.Add((byte)']');
    }

    private static void WriteMap(Utf8Buffer output, TensorValue map)
    {
        output.Add((byte)'{');
        for (int i = 0; i < map.Keys.Count; i++)
        {
            Separate(output, i);
            if (map.Keys.Type == TensorType.Text)
            {
                JsonText.WriteString(output, map.Keys.TextAt(i));
            }
            else
            {
                output.Add((byte)'"');
                WriteElement(output, map.Keys, i);
                output.Add((byte)'"');
            }

            output.Add((byte)':');
            WriteElement(output, map.Tensor, i);
        }

        output.Add((byte)'}');
    }

    private static void WriteElement(Utf8Buffer output, TensorBuffer tensor, int index)
    {
        switch (tensor.Type)
        {
            case TensorType.Text:
                WriteText(output, tensor.TextAt(index));
                break;
            case TensorType.Bool:
                output.Add(tensor.Bytes[index] != 0 ? "true"u8 : "false"u8);
                break;
            case TensorType.Float16:
                WriteFloat(output, (float)tensor.Values<Half>()[index]);
                break;
            case TensorType.Float32:
                WriteFloat(output, tensor.Values<float>()[index]);
                break;
            case TensorType.Float64:
                WriteFloat(output, tensor.Values<double>()[index]);
                break;
            default:
                WriteInteger(output, tensor, index);
                break;
        }
    }

    private static void WriteInteger(Utf8Buffer output, TensorBuffer tensor, int index)
    {
        switch (tensor.Type)
        {
            case TensorType.Int8:
                WriteNumber(output, (sbyte)tensor.Bytes[index]);
                break;
            case TensorType.Int16:
                WriteNumber(output, tensor.Values<short>()[index]);
                break;
            case TensorType.Int32:
                WriteNumber(output, tensor.Values<int>()[index]);
                break;
            case TensorType.Int64:
                WriteNumber(output, tensor.Values<long>()[index]);
                break;
            case TensorType.UInt8:
                WriteNumber(output, tensor.Bytes[index]);
                break;
            case TensorType.UInt16:
                WriteNumber(output, tensor.Values<ushort>()[index]);
                break;
            case TensorType.UInt32:
                WriteNumber(output, tensor.Values<uint>()[index]);
                break;
            default:
                WriteNumber(output, tensor.Values<ulong>()[index]);
                break;
        }
    }

    private static void WriteFloat<T>(Utf8Buffer output, T value)
        where T : System.Numerics.IFloatingPointIeee754<T>
    {
        if (T.IsFinite(value))
        {
            WriteNumber(output, value);
        }
        else
        {
            output.Add(T.IsNaN(value) ? "null"u8 : value > T.Zero ? "\"Infinity\""u8 : "\"-Infinity\""u8);
        }
    }

    private static void WriteNumber<T>(Utf8Buffer output, T value)
        where T : IUtf8SpanFormattable
    {
        value.TryFormat(output.GetSpan(NumberBytesMax), out int length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
    }

    private static void WriteText(Utf8Buffer output, ReadOnlySpan<byte> text)
    {
        if (Utf8.IsValid(text))
        {
            JsonText.WriteString(output, text);
            return;
        }

        output.Add("{\"b64\":\""u8);
        Base64.EncodeToUtf8(text, output.GetSpan(Base64.GetMaxEncodedToUtf8Length(text.Length)), out _, out int length);
        output.Advance(length);
        output.Add("\"}"u8);
    }

    private static void Separate(Utf8Buffer output, long place)
    {
        if (place > 0)
        {
            output.Add((byte)',');
        }
    }

    private static void RefuseEmptyArrays(TensorBuffer tensor)
    {
        long arrays = 1;
        for (int i = 0; i < tensor.Rank && tensor.Count == 0 && tensor.Shape[i] > 0; i++)
        {
            arrays = Math.Min(long.MaxValue / int.MaxValue, tensor.Shape[i]) * Math.Min(arrays, int.MaxValue);
        }

        if (arrays > EmptyArraysMax)
        {
            throw new InputException(new InputProblem(
                "an output", $"a tensor [{string.Join(',', tensor.Shape.ToArray())}]", "one that JSON can spell"));
        }
    }
}
