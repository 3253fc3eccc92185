using System.Globalization;
using System.Security.Cryptography;
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
    /// <summary>Longest text: a longer one stands as its hash, so that names stay short.</summary>
    public const int LengthMax = 512;

    public static string Of(BoundExpression expression)
    {
        var text = new StringBuilder();
        Write(expression, text);
        return text.Length <= LengthMax
            ? text.ToString()
            : "sha256:" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>A window call without its window.</summary>
    public static string Of(WindowCallParts call)
    {
        var text = new StringBuilder();
        text.Append(NameOf(call.Function)).Append('(');
        if (call.Argument is not null)
        {
            text.Append(Of(call.Argument));
        }

        if (call.HalfLifeMs > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(call.Argument is null ? "" : ", ")}{call.HalfLifeMs}ms");
        }

        if (call.Where is not null)
        {
            text.Append(" where ").Append(Of(call.Where));
        }

        return text.Append(')').ToString();
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
