using System.Globalization;
using System.Text;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>
/// Spells an expression over an event so that equal text means equal values in every version of a script: fields by
/// name and type, constants by their bits, zones by name. Records of logs name their columns by it.
/// </summary>
internal static class CanonicalText
{
    public static string Of(BoundExpression expression)
    {
        var text = new StringBuilder();
        Write(expression, text);
        return text.ToString();
    }

    /// <summary>A window call in full: what decides whether two calls are one value.</summary>
    public static string Of(BoundWindowCall call)
    {
        var text = new StringBuilder();
        text.Append(NameOf(call.Function)).Append('(');
        if (call.Argument is not null)
        {
            Write(call.Argument, text);
        }

        if (call.HalfLifeMs > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(call.Argument is null ? "" : ", ")}{call.HalfLifeMs}ms");
        }

        if (call.Where is not null)
        {
            text.Append(" where ");
            Write(call.Where, text);
        }

        string span = call.Window.IsLifetime ? "" : $"[{call.Window.Spans[call.Span].Text}]";
        return text.Append(") over ").Append(call.Window.Name).Append(span).ToString();
    }

    private static string NameOf(Data.Windows.WindowFunction function) => function switch
    {
        Data.Windows.WindowFunction.Variance => "var",
        Data.Windows.WindowFunction.SecondsSinceLast => "seconds_since_last",
        Data.Windows.WindowFunction.DecaySum => "decay_sum",
        Data.Windows.WindowFunction.DecayCount => "decay_count",
        _ => function.ToString().ToLowerInvariant(),
    };

    private static void Write(BoundExpression node, StringBuilder text)
    {
        switch (node)
        {
            case BoundField field:
                text.Append(CultureInfo.InvariantCulture, $"{field.Name}:{field.Type}");
                return;
            case BoundNowField field:
                text.Append(CultureInfo.InvariantCulture, $"now.{field.Name}:{field.Type}");
                return;
            case BoundLiteral literal:
                WriteLiteral(literal, text);
                return;
            default:
                break;
        }

        text.Append(HeadOf(node)).Append('(');
        string between = "";
        foreach (BoundExpression child in BoundChildren.Of(node))
        {
            text.Append(between);
            Write(child, text);
            between = ", ";
        }

        foreach (BoundLiteral item in node is BoundIn contained ? contained.Items : [])
        {
            text.Append(between);
            WriteLiteral(item, text);
        }

        text.Append(')');
    }

    private static void WriteLiteral(BoundLiteral literal, StringBuilder text)
    {
        // A literal in quotes could hold any character of this spelling, so its bytes are written.
        _ = literal.Type.Kind switch
        {
            TypeKind.String => text.Append("text#").Append(Convert.ToHexStringLower(literal.Text.AsSpan())),
            TypeKind.Float => text.Append(CultureInfo.InvariantCulture, $"float#{literal.Slot:x16}"),
            _ => text.Append(CultureInfo.InvariantCulture, $"{literal.Type}#{literal.Slot}"),
        };
    }

    private static string HeadOf(BoundExpression node) => node switch
    {
        BoundConversion => "float",
        BoundNegation => "negate",
        BoundNot => "not",
        BoundIsMissing test => test.IsNegated ? "is_present" : "is_missing",
        BoundIn => "in",
        BoundArithmetic arithmetic => $"{arithmetic.Operator}:{arithmetic.Type}",
        BoundComparison comparison => comparison.Operator.ToString(),
        BoundLogical logical => logical.IsAnd ? "and" : "or",
        BoundCoalesce => "coalesce",
        BoundConditional => "if",
        BoundCall call => HeadOf(call),
        _ => throw new InvalidOperationException($"{node.GetType().Name} cannot stand over an event"),
    };

    private static string HeadOf(BoundCall call)
    {
        string zone = call.Zone is null ? "" : $" zone {call.Zone.Id}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{call.Function}[{call.Parameter1} {call.Parameter2} "
                + $"{Convert.ToHexStringLower(call.TextParameter.AsSpan())}{zone}]");
    }
}
