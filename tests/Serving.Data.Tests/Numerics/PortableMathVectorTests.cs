using System.Globalization;
using Serving.Data.Numerics;
using Serving.Testing;
using Xunit;

namespace Serving.Data.Tests.Numerics;

/// <summary>The committed vectors of generate-vectors.py: 320-digit values, rounded once.</summary>
public sealed class PortableMathVectorTests
{
    [Theory]
    [InlineData("exp")]
    [InlineData("exp2")]
    [InlineData("log")]
    [InlineData("log1p")]
    [InlineData("sin")]
    [InlineData("cos")]
    [InlineData("asin")]
    [InlineData("pow")]
    public void Function_AtEveryVector_GivesTheNearestDouble(string name)
    {
        var wrong = new List<string>();
        int count = 0;
        foreach (string line in File.ReadLines(VectorFile))
        {
            string[] cells = line.Split(' ');
            if (cells[0] != name)
            {
                continue;
            }

            count++;
            double expected = Parse(cells[^1]);
            double actual = Evaluate(name, Parse(cells[1]), Parse(cells[2]));
            if (!actual.Equals(expected))
            {
                wrong.Add($"{line}: {actual:R} instead of {expected:R}");
            }
        }

        Assert.True(count > 300, "Too few vectors of " + name);
        Assert.Empty(wrong);
    }

    private static string VectorFile { get; } =
        Path.Combine(SharedFiles.Repository, "tests/Serving.Data.Tests/Numerics/PortableMath.vectors");

    internal static double Evaluate(string name, double x, double y) => name switch
    {
        "exp" => PortableMath.Exp(x),
        "exp2" => PortableMath.Exp2(x),
        "log" => PortableMath.Log(x),
        "log1p" => PortableMath.Log1p(x),
        "sin" => PortableMath.Sin(x),
        "cos" => PortableMath.Cos(x),
        "asin" => PortableMath.Asin(x),
        _ => PortableMath.Pow(x, y),
    };

    private static double Parse(string bits) =>
        BitConverter.UInt64BitsToDouble(ulong.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
}
