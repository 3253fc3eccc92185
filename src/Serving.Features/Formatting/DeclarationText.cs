using System.Text;
using Serving.Features.Syntax;

namespace Serving.Features.Formatting;

/// <summary>Writes the declarations that stand on one line.</summary>
internal static class DeclarationText
{
    public static string Of(LetSyntax node) => $"let {node.Name.Text} = {ExpressionText.Of(node.Value)};";

    public static string Of(FeatureSyntax node) =>
        $"feature {node.Name.Text} = {ExpressionText.Of(node.Value)}"
        + string.Concat(node.Encoders.Select(encoder => " -> " + OfEncoder(encoder))) + ";";

    public static string Of(WindowSyntax node)
    {
        string keys = string.Join(", ", node.Keys.Select(key => key.Text));
        var text = new StringBuilder($"window {node.Name.Text} = {node.Event.Text} by ");
        text.Append(node.Keys.Length == 1 ? keys : $"({keys})").Append(" last ");
        text.Append(node.Spans.Length == 0 ? "lifetime" : string.Join(", ", node.Spans.Select(span => span.Text)));
        text.Append(node.Step is null ? "" : " step " + node.Step.Text);
        text.Append(node.Delay is null ? "" : " delay " + node.Delay.Text);
        text.Append(node.Where is null ? "" : " where " + ExpressionText.Of(node.Where));
        text.Append(node.Keep is null ? "" : " keep " + node.Keep.Value.Text);
        return text.Append(';').ToString();
    }

    public static string Of(LabelSyntax node)
    {
        if (node.Any is not { } any)
        {
            return $"label {node.Name.Text} = {ExpressionText.Of(node.Value!)};";
        }

        string where = any.Where is null ? "" : " where " + ExpressionText.Of(any.Where);
        return $"label {node.Name.Text} = any({any.Event.Text}{where}) on {any.EventField.Text} == "
            + $"{any.RequestField.Text} within {any.Within.Text};";
    }

    public static string Of(TypeSyntax node)
    {
        string name = node.Name switch
        {
            "decimal" => $"decimal({node.Number!.Value.Text})",
            "list" => $"list({Of(node.Element!)}, {node.Number!.Value.Text})",
            _ => node.Name,
        };
        return node.Optional ? name + "?" : name;
    }

    public static string Of(FieldSyntax node) => $"{node.Name.Text}: {Of(node.Type)};";

    public static string Of(EventOptionSyntax node) => $"{node.Word} {node.Field?.Text ?? node.Duration!.Text}";

    /// <summary>An encoder with its arguments, without the arrow.</summary>
    public static string OfEncoder(EncoderSyntax node) => node.Arguments.Length == 0
        ? node.Name.Text
        : $"{node.Name.Text}({string.Join(", ", node.Arguments.Select(Of))})";

    private static string Of(EncoderArgumentSyntax node)
    {
        string value = node.Value.Kind == TokenKind.String ? JsonText.Quote(node.Value.Text) : node.NumberText;
        return node.Name is null ? value : $"{node.Name.Text}: {value}";
    }
}
