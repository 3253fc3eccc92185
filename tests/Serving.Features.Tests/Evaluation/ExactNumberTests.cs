using System.Globalization;
using System.Numerics;
using Serving.Features.Evaluation;
using Serving.Features.Tests.Properties;
using Xunit;

namespace Serving.Features.Tests.Evaluation;

/// <summary>The oracle's rounding against the runtime's parser, which rounds decimal text correctly.</summary>
public sealed class ExactNumberTests
{
    private const int Tries = 20_000;

    [Fact]
    public void ToDouble_DecimalFractions_EqualsParsedText()
    {
        var choice = new Choice(1);
        for (int index = 0; index < Tries; index++)
        {
            long minor = RowGenerator.Int(choice);
            int scale = choice.Below(330);
            double expected = double.Parse(
                string.Create(CultureInfo.InvariantCulture, $"{minor}e-{scale}"), CultureInfo.InvariantCulture);
            double actual = new ExactNumber(minor, BigInteger.Pow(10, scale)).ToDouble();
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected + 0.0), BitConverter.DoubleToInt64Bits(actual + 0.0));
        }
    }

    [Fact]
    public void ToDouble_ExactDouble_IsItself()
    {
        var choice = new Choice(2);
        for (int index = 0; index < Tries; index++)
        {
            double value = RowGenerator.Float(choice);
            Assert.Equal(value, ExactNumber.Of(value).ToDouble());
        }
    }

    [Theory]
    [InlineData(5, 2, 2, 2)]
    [InlineData(-5, 2, -3, -2)]
    [InlineData(7, 2, 3, 4)]
    [InlineData(-7, 2, -4, -4)]
    [InlineData(1, 3, 0, 0)]
    [InlineData(-1, 3, -1, 0)]
    [InlineData(-6, 3, -2, -2)]
    public void FloorAndRound_Fractions_GoDownAndToEven(int numerator, int denominator, int floor, int round)
    {
        var number = new ExactNumber(numerator, denominator);
        Assert.Equal((floor, round), ((int)number.Floor(), (int)number.Round()));
    }
}
