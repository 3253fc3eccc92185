using System.Globalization;
using System.Text;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>Turns literals into typed constants (R2, R5, R8).</summary>
internal static class Literals
{
    private static readonly Int128 Ten = 10;

    public static BoundLiteral Bind(LiteralSyntax literal, DiagnosticBag diagnostics)
    {
        Token token = literal.Token;
        return token.Kind switch
        {
            TokenKind.Integer => BindInteger(literal, diagnostics),
            TokenKind.Real => BindReal(literal, diagnostics),
            TokenKind.String => new BoundLiteral(ScriptType.String, 0, [.. Encoding.UTF8.GetBytes(token.Text)]),
            TokenKind.Timestamp => new BoundLiteral(ScriptType.Time, token.Value, []),
            TokenKind.Duration => new BoundLiteral(new ScriptType(TypeKind.Duration), token.Value, []),
            _ => new BoundLiteral(ScriptType.Bool, token.Is("true") ? 1 : 0, []),
        };
    }

    /// <summary>
    /// The same number as decimal(s), where its text has no exponent and at most s fractional digits; null otherwise.
    /// </summary>
    public static BoundLiteral? AsDecimal(BoundLiteral literal, byte scale, DiagnosticBag diagnostics)
    {
        if (literal.NumberText is not { } text || text.AsSpan().ContainsAny('e', 'E'))
        {
            return null;
        }

        int point = text.IndexOf('.', StringComparison.Ordinal);
        int fractionDigits = point < 0 ? 0 : text.Length - point - 1;
        if (fractionDigits > scale)
        {
            return null;
        }

        string digits = text.Replace(".", "", StringComparison.Ordinal);
        bool fits = Int128.TryParse(
            digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 minor);
        for (int place10 = fractionDigits; fits && place10 < scale; place10++)
        {
            minor *= Ten;
            fits = minor >= long.MinValue && minor <= long.MaxValue;
        }

        if (!fits || minor < long.MinValue || minor > long.MaxValue)
        {
            diagnostics.LiteralOutOfRange(
                literal.Span, string.Create(CultureInfo.InvariantCulture, $"decimal({scale})"));
            minor = 0;
        }

        return new BoundLiteral(new ScriptType(TypeKind.Decimal, false, scale), (long)minor, []);
    }

    /// <summary>A number literal as binary64: ints and texts by one correct rounding.</summary>
    public static BoundLiteral AsFloat(BoundLiteral literal)
    {
        double value = literal.Type.Kind switch
        {
            TypeKind.Int => literal.Slot,
            TypeKind.Decimal => Data.Numerics.DecimalConversion.ToDouble(literal.Slot, literal.Type.Scale),
            _ => BitConverter.Int64BitsToDouble(literal.Slot),
        };
        return OfFloat(value) with { NumberText = literal.NumberText, Span = literal.Span };
    }

    public static BoundLiteral OfFloat(double value) =>
        new(ScriptType.Float, BitConverter.DoubleToInt64Bits(value + 0.0), []);

    public static BoundLiteral OfInt(long value) => new(ScriptType.Int, value, []);

    private static BoundLiteral BindInteger(LiteralSyntax literal, DiagnosticBag diagnostics)
    {
        string text = literal.NumberText;
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            diagnostics.LiteralOutOfRange(literal.Span, "int");
        }

        return new BoundLiteral(ScriptType.Int, value, [], text) { Span = literal.Span };
    }

    private static BoundLiteral BindReal(LiteralSyntax literal, DiagnosticBag diagnostics)
    {
        double value = double.Parse(literal.NumberText, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(value))
        {
            diagnostics.LiteralOutOfRange(literal.Span, "float");
            value = 0;
        }

        return OfFloat(value) with { NumberText = literal.NumberText, Span = literal.Span };
    }
}
