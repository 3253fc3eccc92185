using System.Text;
using System.Text.Json;
using CsCheck;
using Serving.Data.Cells;
using Xunit;

namespace Serving.Data.Tests.Cells;

public sealed class CellWriterTests
{
    [Theory]
    [InlineData(0.0, "0")]
    [InlineData(9.0, "9")]
    [InlineData(-9.5, "-9.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00012345, "0.00012345")]
    [InlineData(1e-5, "1E-05")]
    [InlineData(1.25e-5, "1.25E-05")]
    [InlineData(1e14, "100000000000000")]
    [InlineData(123456789012345.6, "123456789012345.6")]
    [InlineData(999999999999999.9, "999999999999999.9")]
    [InlineData(1e15, "1E+15")]
    [InlineData(1234567890123456.7, "1.2345678901234568E+15")]
    [InlineData(1.5e16, "1.5E+16")]
    [InlineData(1e300, "1E+300")]
    [InlineData(double.Epsilon, "5E-324")]
    [InlineData(double.MaxValue, "1.7976931348623157E+308")]
    [InlineData(2.2250738585072014E-308, "2.2250738585072014E-308")]
    [InlineData(5e-324 * 3, "1.5E-323")]
    [InlineData(9007199254740992.0, "9.007199254740992E+15")]
    [InlineData(0.30000000000000004, "0.30000000000000004")]
    [InlineData(2.98023223876953125E-08, "2.9802322387695312E-08")]
    public void Float_Value_IsShortestInTheFormOfR94(double value, string expected) =>
        Assert.Equal(expected, Float(value));

    [Fact]
    public void Float_AnyBits_HasThePlatformsShortestDigits() =>
        Gen.Long.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite).Sample(AssertAsPlatform, iter: 200_000);

    [Fact]
    public void Float_FewDigitsOrNearPowersOfTwo_HasThePlatformsShortestDigits()
    {
        Gen<double> short2 = Gen.Select(Gen.Long[-999_999_999, 999_999_999], Gen.Int[-12, 12], (digits, power) =>
            digits * Math.Pow(10, power));
        Gen<double> powers = Gen.Select(Gen.Int[-1074, 1023], Gen.Int[-2, 2], (power, steps) =>
            BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(Math.ScaleB(1, power)) + steps));
        Gen.OneOf(short2, powers).Where(double.IsFinite).Sample(AssertAsPlatform, iter: 100_000);
    }

    [Theory]
    [InlineData(0L, 2, "0.00")]
    [InlineData(-1L, 2, "-0.01")]
    [InlineData(1250L, 2, "12.50")]
    [InlineData(17L, 0, "17")]
    [InlineData(long.MinValue, 9, "-9223372036.854775808")]
    [InlineData(long.MaxValue, 0, "9223372036854775807")]
    public void Decimal_Value_HasExactlyItsScale(long minor, byte scale, string expected) =>
        Assert.Equal(expected, Scalar(new(ValueKind.Decimal, Scale: scale), minor));

    [Theory]
    [InlineData(0L, "1970-01-01T00:00:00.000Z")]
    [InlineData(-1L, "1969-12-31T23:59:59.999Z")]
    [InlineData(-62_135_596_800_000L, "0001-01-01T00:00:00.000Z")]
    [InlineData(253_402_300_799_999L, "9999-12-31T23:59:59.999Z")]
    [InlineData(long.MaxValue, "9223372036854775807")]
    [InlineData(long.MinValue, "-9223372036854775808")]
    public void Time_Value_HasMillisecondsAndZ(long ms, string expected) =>
        Assert.Equal(expected, Scalar(new(ValueKind.Time), ms));

    [Theory]
    [InlineData(ValueKind.Bool, 1L, "true")]
    [InlineData(ValueKind.Bool, 0L, "false")]
    [InlineData(ValueKind.Int, long.MinValue, "-9223372036854775808")]
    [InlineData(ValueKind.Digest, 0x1fL, "000000000000001f")]
    [InlineData(ValueKind.Digest, -1L, "ffffffffffffffff")]
    public void Scalar_Value_IsCanonical(ValueKind kind, long slot, string expected) =>
        Assert.Equal(expected, Scalar(new(kind), slot));

    [Fact]
    public void Scalar_AnyValue_ReadsBackAsItself()
    {
        FieldType[] types =
        [
            new(ValueKind.Int), new(ValueKind.Float), new(ValueKind.Bool), new(ValueKind.Time),
            .. Enumerable.Range(0, 10).Select(scale => new FieldType(ValueKind.Decimal, Scale: (byte)scale)),
        ];
        var reader = new CellReader(new PlainZone(5));
        Gen<long> numbers = Gen.OneOf(Gen.Long, Gen.Long[-100_000, 100_000]);
        Gen.Select(numbers, Gen.Int[0, types.Length - 1]).Sample((bits, index) =>
        {
            FieldType type = types[index];
            long slot = type.Kind switch
            {
                ValueKind.Bool => bits & 1,
                ValueKind.Time => bits % 60_000_000_000_000,
                ValueKind.Float when !double.IsFinite(BitConverter.Int64BitsToDouble(bits)) => 0,
                _ => bits,
            };
            CellFault fault = reader.ReadNumber(Encoding.ASCII.GetBytes(Scalar(type, slot)), type, out long back);
            Assert.Equal(CellFault.None, fault);
            Assert.Equal(type.Kind == ValueKind.Float && slot == long.MinValue ? 0 : slot, back);
        });
    }

    [Fact]
    public void JsonString_AnyText_ReadsBackThroughThePlatformAndThroughUs() =>
        Gen.String.Where(text => !text.Any(char.IsSurrogate)).Sample(text =>
        {
            var output = new Utf8Buffer();
            JsonText.WriteString(output, Encoding.UTF8.GetBytes(text));
            Assert.Equal(text, JsonSerializer.Deserialize<string>(output.Written));
            byte[] inner = new byte[output.Length];
            Assert.True(JsonText.TryUnescape(output.Written[1..^1], inner, out int written));
            Assert.Equal(text, Encoding.UTF8.GetString(inner.AsSpan(0, written)));
        });

    [Fact]
    public void JsonString_BytesThatAreNotUtf8_BecomeReplacementCharacters()
    {
        var output = new Utf8Buffer();
        JsonText.WriteString(output, [0x41, 0xFF]);
        Assert.Equal("\"A\uFFFD\"", Encoding.UTF8.GetString(output.Written));
    }

    [Fact]
    public void JsonValue_ByKind_IsQuotedOnlyWhereJsonNeedsIt()
    {
        var rows = new RowBatch(new RowSchema("r", [new Field("s", new(ValueKind.String))]));
        Assert.Equal("\"a\\\"b\"", Json(new(ValueKind.String), rows.AddText("a\"b"u8), rows));
        Assert.Equal("\"1970-01-01T00:00:00.000Z\"", Json(new(ValueKind.Time), 0, rows));
        Assert.Equal("\"0000000000000000\"", Json(new(ValueKind.Digest), 0, rows));
        Assert.Equal("null", Json(new(ValueKind.Float), BitConverter.DoubleToInt64Bits(double.NaN), rows));
        Assert.Equal("1.50", Json(new(ValueKind.Decimal, Scale: 2), 150, rows));
        Assert.Equal("true", Json(new(ValueKind.Bool), 1, rows));
    }

    private static void AssertAsPlatform(double value)
    {
        string text = Float(value);
        Assert.Equal(value == 0 ? 0 : value, double.Parse(text));

        // The platform's own text of some powers of two, 2^-25 the first, reads back as their neighbour.
        if (double.Parse(value.ToString("R")) == value)
        {
            Assert.Equal(Digits(value.ToString("R")), Digits(text));
        }
    }

    // The significant digits alone: the platform's form differs from R94 at exponents 15 and 16.
    private static string Digits(string text) =>
        text.Split('E')[0].Replace("-", "").Replace(".", "").TrimStart('0').TrimEnd('0');

    private static string Float(double value)
    {
        Span<byte> text = stackalloc byte[CellWriter.ScalarBytesMax];
        return Encoding.ASCII.GetString(text[..CellWriter.WriteFloat(text, value)]);
    }

    private static string Scalar(FieldType type, long slot)
    {
        Span<byte> text = stackalloc byte[CellWriter.ScalarBytesMax];
        return Encoding.ASCII.GetString(text[..CellWriter.WriteScalar(text, type, slot)]);
    }

    private static string Json(FieldType type, long slot, RowBatch rows)
    {
        var output = new Utf8Buffer();
        CellWriter.WriteJson(output, type, slot, rows);
        return Encoding.UTF8.GetString(output.Written);
    }
}
