using System.Text;
using CsCheck;
using Serving.Features.Unicode;
using Xunit;

namespace Serving.Features.Tests.Unicode;

public sealed class CaseFoldingTests
{
    private static readonly Gen<string> Text = Gen.Frequency(
        (4, Gen.Int[0x20, 0x7E]),
        (4, Gen.Int[0xC0, 0x590]),
        (3, Gen.Int[0x300, 0x36F]),
        (2, Gen.Int[0x1E00, 0x1FFF]),
        (2, Gen.Int[0x1100, 0x11FF]),
        (2, Gen.Int[0xAC00, 0xD7A3]),
        (1, Gen.Int[0xE000, 0x2FFFF]))
        .Array[0, 30].Select(points => string.Concat(points.Select(char.ConvertFromUtf32)));

    [Theory]
    [InlineData("", "")]
    [InlineData("Plain ASCII [@`{", "plain ascii [@`{")]
    [InlineData("STRASSE Stra\u00DFe \u1E9E", "strasse stra\u00DFe \u00DF")]
    [InlineData("\u00C4\u00D6\u00DC", "\u00E4\u00F6\u00FC")]
    [InlineData("A\u0308", "\u00E4")]
    [InlineData("e\u0301\u0323", "\u1EB9\u0301")]
    [InlineData("\u03A3\u03C3\u03C2", "\u03C3\u03C3\u03C3")]
    [InlineData("\u212A\u212B\u2126", "k\u00E5\u03C9")]
    [InlineData("\u0130\u0131", "\u0130\u0131")]
    [InlineData("\u01C4\u01C5\u01C6", "\u01C6\u01C6\u01C6")]
    [InlineData("\u0345", "\u03B9")]
    [InlineData("\u1F88\u1FBC", "\u1F80\u1FB3")]
    [InlineData("\u10A0\u1C80\u13A0\uAB70", "\u2D00\u0432\u13A0\u13A0")]
    [InlineData("\U00010400\U0001E900", "\U00010428\U0001E922")]
    [InlineData("\u1112\u1161\u11AB", "\uD55C")]
    [InlineData("\uD558\u11AB", "\uD55C")]
    [InlineData("\uF900\u0958", "\u8C48\u0915\u093C")]
    [InlineData("\uFF21\uFB01", "\uFF41\uFB01")]
    [InlineData("\u0041\u030A\u0327", "\u00E5\u0327")]
    [InlineData("\u017F\u0307", "\u1E61")]
    [InlineData("\u1E9B\u0323", "\u1E69")]
    [InlineData("\U0001F600\u200D", "\U0001F600\u200D")]
    public void Fold_HandCases_GiveTheirText(string text, string expected) => Assert.Equal(expected, Fold(text));

    [Fact]
    public void Fold_OfFolded_IsTheSame() => Text.Sample(text => Fold(Fold(text)) == Fold(text), iter: 3_000);

    [Fact]
    public void Fold_OfAnyText_IsComposed() => Text.Sample(
        text => NormalizationTests.Compose(Fold(text)) == Fold(text)
            && Fold(NormalizationTests.Compose(text)) == Fold(text),
        iter: 3_000);

    [Theory]
    [InlineData(new byte[] { 0xFF }, "\uFFFD")]
    [InlineData(new byte[] { 0x41, 0xC3 }, "a\uFFFD")]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80, 0x42 }, "\uFFFD\uFFFD\uFFFDb")]
    [InlineData(new byte[] { 0xF0, 0x9F, 0x98, 0x43 }, "\uFFFDc")]
    public void Fold_InvalidUtf8_IsReplaced(byte[] text, string expected)
    {
        byte[] destination = [];
        int length = CaseFolding.Fold(text, ref destination, 0);
        Assert.Equal(expected, Encoding.UTF8.GetString(destination, 0, length));
    }

    [Fact]
    public void Fold_AnyBytes_Ends() => Gen.Byte.Array[0, 200].Sample(bytes =>
    {
        byte[] destination = new byte[3];
        int length = CaseFolding.Fold(bytes, ref destination, 2);
        return length >= 0 && length + 2 <= destination.Length;
    });

    /// <summary>
    /// Thousands of marks behind one letter must not take quadratic time, and the text may grow threefold.
    /// </summary>
    [Theory]
    [InlineData("\u0301\u0323", 1000)]
    [InlineData("\U0001D160", 1024)]
    [InlineData("\u0390", 2048)]
    [InlineData("\u1F82", 1365)]
    public void Fold_LongText_GrowsTheDestination(string part, int count)
    {
        string text = "a" + string.Concat(Enumerable.Repeat(part, count));
        string folded = Fold(text);
        Assert.Equal(folded, Fold(folded));
        Assert.True(folded.Length >= count);
    }

    [Fact]
    public void Fold_Offset_KeepsWhatStandsBefore()
    {
        byte[] destination = [1, 2, 3];
        int length = CaseFolding.Fold("\u00C4b"u8, ref destination, 2);
        Assert.Equal(3, length);
        Assert.Equal([1, 2, 0xC3, 0xA4, 0x62], destination[..5]);
    }

    [Fact]
    public void Fold_AfterTheFirstCall_AllocatesNothing()
    {
        byte[] destination = new byte[256];
        _ = CaseFolding.Fold("A\u0308\u00C9\u0416 \uD55C x"u8, ref destination, 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 50; i++)
        {
            _ = CaseFolding.Fold("A\u0308\u00C9\u0416 \uD55C x"u8, ref destination, i);
            _ = CaseFolding.Fold("Plain"u8, ref destination, i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("AZaz@[`{", "azaz@[`{")]
    [InlineData("\u00C4B\u0130", "\u00C4b\u0130")]
    public void LowerAscii_Cases_ChangeAsciiLettersOnly(string text, string expected)
    {
        byte[] destination = [];
        int length = CaseFolding.LowerAscii(Encoding.UTF8.GetBytes(text), ref destination, 0);
        Assert.Equal(expected, Encoding.UTF8.GetString(destination, 0, length));
    }

    private static string Fold(string text)
    {
        byte[] destination = [];
        int length = CaseFolding.Fold(Encoding.UTF8.GetBytes(text), ref destination, 0);
        return Encoding.UTF8.GetString(destination, 0, length);
    }
}
