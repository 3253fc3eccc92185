using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Serving.Data.Cells;

namespace Serving.Data.Tensors.Json;

/// <summary>
/// One JSON token as an element of a tensor. No value is narrowed: what its type cannot hold is refused. Stateless.
/// </summary>
internal static class TensorJsonScalars
{
    /// <summary>Writes a number or a boolean in its type's bytes; false where it does not fit the type.</summary>
    public static bool TryWrite(ref Utf8JsonReader reader, TensorType type, scoped Span<byte> element) => type switch
    {
        TensorType.Bool => TryBool(ref reader, element),
        TensorType.Float16 or TensorType.Float32 or TensorType.Float64 => TryFloat(ref reader, type, element),
        TensorType.UInt8 or TensorType.UInt16 or TensorType.UInt32 or TensorType.UInt64 =>
            TryUnsigned(ref reader, type, element),
        _ => TrySigned(ref reader, type, element),
    };

    /// <summary>A float as its token says; false of anything else and where a finite number became infinite.</summary>
    public static bool TryFloat(ref Utf8JsonReader reader, out float value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        bool isFloat = TryFloat(ref reader, TensorType.Float32, bytes);
        value = isFloat ? MemoryMarshal.Read<float>(bytes) : 0;
        return isFloat;
    }

    /// <summary>An integer without fraction or exponent.</summary>
    public static bool TryInteger(ref Utf8JsonReader reader, out long value)
    {
        value = 0;
        return IsInteger(ref reader)
            && long.TryParse(reader.ValueSpan, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>
    /// The bytes of a string token, in a rented array that the caller gives back; false where an escape is no text, or
    /// the bytes are no UTF-8.
    /// </summary>
    public static bool TryText(ref Utf8JsonReader reader, out byte[] rented, out int length)
    {
        ReadOnlySpan<byte> inner = reader.ValueSpan;
        rented = ArrayPool<byte>.Shared.Rent(Math.Max(1, inner.Length));
        return JsonText.TryUnescape(inner, rented, out length) && Utf8.IsValid(rented.AsSpan(0, length));
    }

    /// <summary>The bytes that a string token spells in base64, rented as those of a text.</summary>
    public static bool TryBase64(ref Utf8JsonReader reader, out byte[] rented, out int length)
    {
        if (!TryText(ref reader, out rented, out length))
        {
            return false;
        }

        Span<byte> text = rented.AsSpan(0, length);
        return !text.ContainsAny(" \t\r\n"u8)
            && Base64.DecodeFromUtf8InPlace(text, out length) == OperationStatus.Done;
    }

    /// <summary>What a type takes, as messages say it.</summary>
    public static string Expected(TensorType type) => type switch
    {
        TensorType.Bool => "true or false",
        TensorType.Text => "a string, or {\"b64\": bytes}",
        TensorType.Float16 or TensorType.Float32 or TensorType.Float64 =>
            $"a number that {TensorTypes.NameOf(type)} holds, null for NaN, \"Infinity\" or \"-Infinity\"",
        _ => $"an integer of {TensorTypes.NameOf(type)} without fraction or exponent",
    };

    private static bool TryBool(ref Utf8JsonReader reader, scoped Span<byte> element)
    {
        element[0] = reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
    }

    private static bool TryFloat(ref Utf8JsonReader reader, TensorType type, scoped Span<byte> element)
    {
        double special = 0;
        if (reader.TokenType == JsonTokenType.Number)
        {
            return TryNumber(reader.ValueSpan, type, element);
        }

        bool isSpecial = reader.TokenType == JsonTokenType.Null;
        if (isSpecial)
        {
            special = double.NaN;
        }
        else if (reader.TokenType == JsonTokenType.String)
        {
            bool isPositive = reader.ValueTextEquals("Infinity"u8);
            special = isPositive ? double.PositiveInfinity : double.NegativeInfinity;
            isSpecial = isPositive || reader.ValueTextEquals("-Infinity"u8);
        }

        return isSpecial && WriteFloat(special, type, element);
    }

    // Every type is read from the digits themselves: a detour by way of a wider type would round twice.
    private static bool TryNumber(ReadOnlySpan<byte> digits, TensorType type, scoped Span<byte> element)
    {
        const NumberStyles Style = NumberStyles.Float;
        CultureInfo culture = CultureInfo.InvariantCulture;
        switch (type)
        {
            case TensorType.Float16:
                return Half.TryParse(digits, Style, culture, out Half half)
                    && Half.IsFinite(half) && MemoryMarshal.TryWrite(element, half);
            case TensorType.Float32:
                return float.TryParse(digits, Style, culture, out float single)
                    && float.IsFinite(single) && MemoryMarshal.TryWrite(element, single);
            default:
                return double.TryParse(digits, Style, culture, out double number)
                    && double.IsFinite(number) && MemoryMarshal.TryWrite(element, number);
        }
    }

    private static bool WriteFloat(double value, TensorType type, scoped Span<byte> element) => type switch
    {
        TensorType.Float16 => MemoryMarshal.TryWrite(element, (Half)value),
        TensorType.Float32 => MemoryMarshal.TryWrite(element, (float)value),
        _ => MemoryMarshal.TryWrite(element, value),
    };

    private static bool IsInteger(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.Number && !reader.ValueSpan.ContainsAny(".eE"u8);

    private static bool TrySigned(ref Utf8JsonReader reader, TensorType type, scoped Span<byte> element)
    {
        if (!TryInteger(ref reader, out long value))
        {
            return false;
        }

        return type switch
        {
            TensorType.Int8 => (sbyte)value == value && MemoryMarshal.TryWrite(element, (sbyte)value),
            TensorType.Int16 => (short)value == value && MemoryMarshal.TryWrite(element, (short)value),
            TensorType.Int32 => (int)value == value && MemoryMarshal.TryWrite(element, (int)value),
            _ => MemoryMarshal.TryWrite(element, value),
        };
    }

    private static bool TryUnsigned(ref Utf8JsonReader reader, TensorType type, scoped Span<byte> element)
    {
        if (!IsInteger(ref reader)
            || !ulong.TryParse(
                reader.ValueSpan,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out ulong value))
        {
            return false;
        }

        return type switch
        {
            TensorType.UInt8 => (byte)value == value && MemoryMarshal.TryWrite(element, (byte)value),
            TensorType.UInt16 => (ushort)value == value && MemoryMarshal.TryWrite(element, (ushort)value),
            TensorType.UInt32 => (uint)value == value && MemoryMarshal.TryWrite(element, (uint)value),
            _ => MemoryMarshal.TryWrite(element, value),
        };
    }
}
