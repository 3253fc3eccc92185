using System.Globalization;
using Serving.Data;

namespace Serving.Features.Tests.Properties;

/// <summary>Draws literals of every type (R1, R2, R5).</summary>
internal sealed class LiteralGenerator(Choice choice)
{
    public GeneratedExpression Of(ValueType type) => new(Text(type), type, false, IsLiteral: type.IsNumber);

    /// <summary>A literal that is not a decimal of the scale although a decimal stands beside it.</summary>
    public string BeyondScale(int scale) => choice.Of(
        "1e2", "-1.5E1", string.Create(CultureInfo.InvariantCulture, $"0.{new string('1', scale + 1)}"), "2e-3");

    private string Text(ValueType type) => type.Kind switch
    {
        ValueKind.Bool => choice.Of("true", "false"),
        ValueKind.Int => RowGenerator.Int(choice).ToString(CultureInfo.InvariantCulture),
        ValueKind.Float => Float(),
        ValueKind.Decimal => Decimal(type.Scale),
        ValueKind.String => Quoted(choice.Of<string>(ValuePool.Strings)),
        _ => Timestamp(choice.Of<long>(ValuePool.Times)),
    };

    // With a point or an exponent, else it would be an int.
    private string Float()
    {
        string text = RowGenerator.Float(choice).ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    // At most as many fractional digits as the scale; sometimes none.
    private string Decimal(int scale)
    {
        string whole = (choice.Below(2001) - 1000).ToString(CultureInfo.InvariantCulture);
        int digits = choice.Below(scale + 1);
        return digits == 0
            ? whole
            : $"{whole}." + choice.Below((int)Math.Pow(10, digits)).ToString(CultureInfo.InvariantCulture)
                .PadLeft(digits, '0');
    }

    private static string Quoted(string text) => "\"" + string.Concat(text.Select(one => one switch
    {
        '"' => "\\\"",
        '\t' => "\\t",
        '\uffff' => "\\uffff",
        _ => one.ToString(),
    })) + "\"";

    private static string Timestamp(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds)
        .ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
