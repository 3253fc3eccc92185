using System.Text;
using CsCheck;
using Serving.Data.Cells;
using Xunit;

namespace Serving.Data.Tests.Cells;

public sealed class CellReaderTests
{
    private static readonly FieldType[] s_types =
    [
        new(ValueKind.Bool), new(ValueKind.Int), new(ValueKind.Float), new(ValueKind.Float, true),
        new(ValueKind.Decimal, Scale: 2), new(ValueKind.Decimal, Scale: 9), new(ValueKind.String, true),
        new(ValueKind.Time), new(ValueKind.Digest), new(ValueKind.List, ElementKind: ValueKind.Int, ListMaximum: 3),
        new(ValueKind.List, ElementKind: ValueKind.String, ListMaximum: 3),
        new(ValueKind.List, ElementKind: ValueKind.Decimal, Scale: 2, ListMaximum: 3),
        new(ValueKind.List, ElementKind: ValueKind.Time, ListMaximum: 3),
    ];

    [Theory]
    [InlineData("true", 1)]
    [InlineData("false", 0)]
    [InlineData("1", 1)]
    [InlineData("0", 0)]
    [InlineData("True", null)]
    [InlineData("", null)]
    [InlineData(" true", null)]
    [InlineData("yes", null)]
    public void Bool_Text_IsReadOrRefused(string text, int? expected) => Check(new(ValueKind.Bool), text, expected);

    [Theory]
    [InlineData("0", 0L)]
    [InlineData("-0", 0L)]
    [InlineData("007", 7L)]
    [InlineData("9223372036854775807", long.MaxValue)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("000000000000000000000000012", 12L)]
    [InlineData("9223372036854775808", null, CellFault.OutOfRange)]
    [InlineData("-9223372036854775809", null, CellFault.OutOfRange)]
    [InlineData("99999999999999999999999999", null, CellFault.OutOfRange)]
    [InlineData("+1", null)]
    [InlineData("-", null)]
    [InlineData("", null)]
    [InlineData("1.0", null)]
    [InlineData("1e3", null)]
    [InlineData("1 ", null)]
    [InlineData("0x10", null)]
    [InlineData("--1", null)]
    public void Int_Text_IsReadOrRefused(string text, long? expected, CellFault fault = CellFault.Malformed) =>
        Check(new(ValueKind.Int), text, expected, fault);

    [Theory]
    [InlineData("12.50", 1250L)]
    [InlineData("12.5", 1250L)]
    [InlineData("12", 1200L)]
    [InlineData("-0.01", -1L)]
    [InlineData("-0.00", 0L)]
    [InlineData("92233720368547758.07", long.MaxValue)]
    [InlineData("-92233720368547758.08", long.MinValue)]
    [InlineData("92233720368547758.08", null, CellFault.OutOfRange)]
    [InlineData("92233720368547759", null, CellFault.OutOfRange)]
    [InlineData("1.005", null, CellFault.TooManyDigits)]
    [InlineData("1.000", null, CellFault.TooManyDigits)]
    [InlineData("1e2", null)]
    [InlineData("+1", null)]
    [InlineData(".5", null)]
    [InlineData("5.", null)]
    [InlineData("1,5", null)]
    [InlineData("NaN", null)]
    [InlineData("", null)]
    [InlineData("-", null)]
    public void Decimal_Text_IsReadOrRefused(string text, long? expected, CellFault fault = CellFault.Malformed) =>
        Check(new(ValueKind.Decimal, Scale: 2), text, expected, fault);

    [Theory]
    [InlineData("1.5", 1.5)]
    [InlineData("-0.0", 0.0)]
    [InlineData("+2", 2.0)]
    [InlineData(".5", 0.5)]
    [InlineData("5.", 5.0)]
    [InlineData("1e-7", 1e-7)]
    [InlineData("1E+300", 1e300)]
    [InlineData("9007199254740993", 9007199254740992.0)]
    [InlineData("9007199254740993.00000000000000000000000000000000001", 9007199254740994.0)]
    [InlineData("0.000000000000000000000000000000000000000001e42", 1.0)]
    [InlineData("2.2250738585072011e-308", 2.2250738585072011e-308)]
    [InlineData("4.9406564584124654e-324", double.Epsilon)]
    [InlineData("1e-400", 0.0)]
    [InlineData("1e-99999999999999999999", 0.0)]
    [InlineData("0e99999999999999999999", 0.0)]
    [InlineData("1e400", null, CellFault.NotFinite)]
    [InlineData("1e99999999999999999999", null, CellFault.NotFinite)]
    [InlineData("NaN", null, CellFault.NotFinite)]
    [InlineData("-Infinity", null, CellFault.NotFinite)]
    [InlineData("+inf", null, CellFault.NotFinite)]
    [InlineData("", null)]
    [InlineData(".", null)]
    [InlineData("-", null)]
    [InlineData("e5", null)]
    [InlineData("1e", null)]
    [InlineData("1e+", null)]
    [InlineData("1.2.3", null)]
    [InlineData("1_000", null)]
    [InlineData("1,5", null)]
    [InlineData(" 1", null)]
    [InlineData("0x1p3", null)]
    public void Float_Text_IsReadOrRefused(string text, double? expected, CellFault fault = CellFault.Malformed) =>
        Check(new(ValueKind.Float), text, expected is { } value ? BitConverter.DoubleToInt64Bits(value) : null, fault);

    [Theory]
    [InlineData("2026-03-02T10:00:00Z", "2026-03-02T10:00:00.000Z")]
    [InlineData("2026-03-02T10:00Z", "2026-03-02T10:00:00.000Z")]
    [InlineData("2026-03-02T10:00:00.1Z", "2026-03-02T10:00:00.100Z")]
    [InlineData("2026-03-02T10:00:00.1239999Z", "2026-03-02T10:00:00.123Z")]
    [InlineData("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z")]
    [InlineData("2026-03-02T10:00:00+02:00", "2026-03-02T08:00:00.000Z")]
    [InlineData("2026-03-02T10:00:00-0530", "2026-03-02T15:30:00.000Z")]
    [InlineData("2026-03-02 10:00:00+01", "2026-03-02T09:00:00.000Z")]
    [InlineData("2026-03-02 10:00:00", "2026-03-02T07:00:00.000Z")]
    [InlineData("2026-03-02 10:00:00.5555", "2026-03-02T07:00:00.555Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")]
    [InlineData("0", "1970-01-01T00:00:00.000Z")]
    [InlineData("-1", "1969-12-31T23:59:59.999Z")]
    [InlineData("1772445600000", "2026-03-02T10:00:00.000Z")]
    [InlineData("20260302", "1970-01-01T05:37:40.302Z")]
    [InlineData("2026-03-02", null, CellFault.DateAlone)]
    [InlineData("2026-03-02T10:00:00", null, CellFault.NoOffset)]
    [InlineData("0001-01-01T00:00:00+02:00", null, CellFault.OutOfRange)]
    [InlineData("253402300800000", null, CellFault.OutOfRange)]
    [InlineData("2025-02-29T00:00:00Z", null)]
    [InlineData("2026-13-01T00:00:00Z", null)]
    [InlineData("0000-01-01T00:00:00Z", null)]
    [InlineData("2026-03-02T24:00:00Z", null)]
    [InlineData("2026-03-02T10:60:00Z", null)]
    [InlineData("2026-03-02T10:00:60Z", null)]
    [InlineData("2026-03-02T10:00:00.Z", null)]
    [InlineData("2026-03-02 10:00", null)]
    [InlineData("2026-03-02T10", null)]
    [InlineData("2026-03-02T10:00:00z", null)]
    [InlineData("2026-03-02T10:00:00+2:00", null)]
    [InlineData("2026-03-02T10:00:00+02:00x", null)]
    [InlineData("2026/03/02 10:00:00", null)]
    [InlineData("1.5", null)]
    [InlineData("", null)]
    public void Time_Text_IsReadInItsZoneOrRefused(
        string text, string? expected, CellFault fault = CellFault.Malformed) =>
        Check(
            new(ValueKind.Time), text,
            expected is null ? null : DateTimeOffset.Parse(expected).ToUnixTimeMilliseconds(), fault);

    [Theory]
    [InlineData("[]", "[]")]
    [InlineData(" [ 1 , 2 ] ", "[1,2]")]
    [InlineData("[1,2,3]", "[1,2,3]")]
    [InlineData("[\"1\",2]", "[1,2]")]
    [InlineData("[1,2,3,4]", null, CellFault.ListTooLong)]
    [InlineData("[1,null]", null, CellFault.ElementMissing)]
    [InlineData("[1,]", null)]
    [InlineData("[1 2]", null)]
    [InlineData("[,1]", null)]
    [InlineData("[1", null)]
    [InlineData("[", null)]
    [InlineData("[1]x", null)]
    [InlineData("[[1]]", null)]
    [InlineData("1", null)]
    [InlineData("[+1]", null)]
    [InlineData("[1.5]", null)]
    [InlineData("[\"1]", null)]
    [InlineData("[\"\\", null)]
    public void ListOfInt_Text_IsReadOrRefused(string text, string? expected, CellFault fault = CellFault.Malformed) =>
        CheckList(new(ValueKind.List, ElementKind: ValueKind.Int, ListMaximum: 3), text, expected, fault);

    [Theory]
    [InlineData("[\"a\",\"\",\"\\u00e9\\n\\\"\"]", "[\"a\",\"\",\"é\\n\\\"\"]")]
    [InlineData("[\"\\ud83d\\ude00\"]", "[\"😀\"]")]
    [InlineData("[\"a,]b\"]", "[\"a,]b\"]")]
    [InlineData("[\"\\ud83d\"]", null)]
    [InlineData("[\"\\ud83d\\u0041\"]", null)]
    [InlineData("[\"\\x\"]", null)]
    [InlineData("[\"\\u12\"]", null)]
    [InlineData("[\"a\nb\"]", null)]
    [InlineData("[a]", null)]
    [InlineData("[\"a\\\"]", null)]
    public void ListOfString_Text_IsReadOrRefused(string text, string? expected) =>
        CheckList(new(ValueKind.List, ElementKind: ValueKind.String, ListMaximum: 3), text, expected);

    [Theory]
    [InlineData("[\"2026-03-02T10:00:00Z\",0]", "[\"2026-03-02T10:00:00.000Z\",\"1970-01-01T00:00:00.000Z\"]")]
    [InlineData("[2026-03-02T10:00:00Z]", null)]
    public void ListOfTime_Text_IsReadOrRefused(string text, string? expected) =>
        CheckList(new(ValueKind.List, ElementKind: ValueKind.Time, ListMaximum: 3), text, expected);

    [Fact]
    public void ListOfFloat_NotFiniteElement_IsRefusedEvenWhereTheListIsOptional() =>
        CheckList(
            new(ValueKind.List, true, ElementKind: ValueKind.Float, ListMaximum: 3), "[1,1e400]", null,
            CellFault.NotFinite);

    [Fact]
    public void Float_NotFiniteInAnOptionalField_IsMissingAndCounted()
    {
        RowBatch rows = Batch(new(ValueKind.Float, true));

        Assert.Equal(CellFault.None, Read(rows, "NaN"u8.ToArray()));

        Assert.False(rows.IsPresent(0, 0));
        Assert.Equal(1, rows.NotFiniteCounts[0]);
    }

    [Fact]
    public void String_NotUtf8_IsMissingAndCountedWhereOptionalElseRefused()
    {
        RowBatch optional = Batch(new(ValueKind.String, true));
        RowBatch required = Batch(new(ValueKind.String));

        Assert.Equal(CellFault.None, Read(optional, [0xC3, 0x28]));
        Assert.Equal(CellFault.NotUtf8, Read(required, [0xC3, 0x28]));

        Assert.False(optional.IsPresent(0, 0));
        Assert.Equal(1, optional.NotUtf8Counts[0]);
    }

    [Theory]
    [InlineData(0, CellFault.None)]
    [InlineData(4096, CellFault.None)]
    [InlineData(4097, CellFault.TextTooLong)]
    public void String_Length_IsLimited(int length, CellFault expected) =>
        Assert.Equal(expected, Read(Batch(new(ValueKind.String)), new byte[length]));

    [Fact]
    public void Float_AnyDecimalText_IsRoundedAsThePlatformDoes()
    {
        Gen<string> digits = Gen.Char['0', '9'].Array[0, 24].Select(value => new string(value));
        Gen.Select(digits, digits, Gen.Int[-330, 320], Gen.Bool).Sample((whole, fraction, exponent, plain) =>
        {
            string text = plain ? $"{whole}0.{fraction}" : $"{whole}0.{fraction}e{exponent}";
            RowBatch rows = Batch(new(ValueKind.Float, true));
            double expected = double.Parse(text);
            Assert.Equal(CellFault.None, Read(rows, Encoding.ASCII.GetBytes(text)));
            Assert.Equal(double.IsFinite(expected) ? expected : 0, rows.GetFloat(0, 0));
        });
    }

    [Fact]
    public void Float_ShortestTextOfAnyBits_ReadsBackAsThoseBits() =>
        Gen.Long.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite).Sample(
            value =>
            {
                RowBatch rows = Batch(new(ValueKind.Float));
                byte[] text = new byte[CellWriter.ScalarBytesMax];
                int length = CellWriter.WriteFloat(text, value);
                Assert.Equal(CellFault.None, Read(rows, text[..length]));
                Assert.Equal(value, rows.GetFloat(0, 0));
            },
            iter: 100_000);

    [Fact]
    public void Float_HalfwayBetweenNumbers_IsRoundedToTheEvenOne()
    {
        // Odd multiples of a half unit in the last place: the hardest cases of rounding.
        Gen<long> significands = Gen.Long[1L << 52, (1L << 53) - 1];
        Gen.Select(significands, Gen.Int[0, 9], Gen.Int[-1, 1]).Sample((significand, power, off) =>
        {
            UInt128 twice = ((UInt128)((significand * 2) + 1)) << power;
            string text = (twice + (UInt128)(off + 1) - 1).ToString();
            RowBatch rows = Batch(new(ValueKind.Float));
            Assert.Equal(CellFault.None, Read(rows, Encoding.ASCII.GetBytes(text)));
            Assert.Equal(double.Parse(text), rows.GetFloat(0, 0));
        });
    }

    [Fact]
    public void Read_AnyBytes_IsTotalAndWritesOnlyItsSlot()
    {
        Gen<byte> hostile = Gen.OneOf(
            Gen.Byte, Gen.Int[0, 31].Select(place => (byte)"0123456789-+.eE:TZ[]\",\\u nulNaNt"[place]));
        Gen.Select(hostile.Array[0, 40], Gen.Int[0, s_types.Length - 1]).Sample((bytes, index) =>
        {
            RowBatch rows = Batch(s_types[index]);
            CellFault fault = Read(rows, bytes);
            Assert.True(fault == CellFault.None || !rows.IsPresent(0, 0));
            Assert.NotNull(CellFaultText.Expected(fault, s_types[index]) + CellFaultText.Advice(fault, s_types[index]));
        });
    }

    [Fact]
    public void Read_AfterWarmUp_AllocatesNothing()
    {
        string[] texts =
        [
            "true", "12", "0.48899994653453672", "NaN", "12.50", "-1.000000001", "abc", "2026-03-02 10:00:00", "x",
            "[1,2]", "[\"a\\n\"]", "[1.5]", "[0]",
        ];
        byte[][] cells = [.. texts.Select(Encoding.UTF8.GetBytes)];
        var schema = new RowSchema("r", [.. s_types.Select((type, index) => new Field($"f{index}", type))]);
        var rows = new RowBatch(schema);
        var reader = new CellReader(new PlainZone(0));
        long allocated = 0;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            rows.Clear();
            int row = rows.AddRow();
            for (int field = 0; field < cells.Length; field++)
            {
                reader.Read(cells[field], s_types[field], rows, row, field);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
    }

    private static void Check(FieldType type, string text, long? expected, CellFault fault = CellFault.Malformed)
    {
        RowBatch rows = Batch(type);

        CellFault result = Read(rows, Encoding.UTF8.GetBytes(text));

        Assert.Equal(expected is null ? fault : CellFault.None, result);
        Assert.Equal(expected ?? 0, rows.Get(0, 0));
        Assert.Equal(expected is not null, rows.IsPresent(0, 0));
    }

    private static void CheckList(
        FieldType type, string text, string? expected, CellFault fault = CellFault.Malformed)
    {
        RowBatch rows = Batch(type);

        CellFault result = Read(rows, Encoding.UTF8.GetBytes(text));

        Assert.Equal(expected is null ? fault : CellFault.None, result);
        Assert.Equal(expected is not null, rows.IsPresent(0, 0));
        if (expected is not null)
        {
            var output = new Utf8Buffer();
            CellWriter.Write(output, type, rows.Get(0, 0), rows);
            Assert.Equal(expected, Encoding.UTF8.GetString(output.Written));
        }
    }

    private static RowBatch Batch(FieldType type)
    {
        var rows = new RowBatch(new RowSchema("r", [new Field("f", type)]));
        rows.AddRow();
        return rows;
    }

    private static CellFault Read(RowBatch rows, byte[] text) =>
        new CellReader(new PlainZone(3)).Read(text, rows.Schema.Fields[0].Type, rows, 0, 0);
}
