using Serving.Data;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>Binds the label, an expression over the request (R57) or over later events (R56).</summary>
internal sealed class LabelBinder(BindingContext context)
{
    private readonly ExpressionBinder _expressions =
        new(context, new RequestScope(context, readsLabelFields: true));

    private LabelSyntax? _syntax;

    /// <summary>Value of an expression label; null without one.</summary>
    public BoundExpression? Expression { get; private set; }

    /// <summary>A label over events; null without one.</summary>
    public BoundAnyLabel? OverEvents { get; private set; }

    public string? Name => _syntax?.Name.Text;

    public void Bind(LabelSyntax node)
    {
        if (_syntax is not null)
        {
            context.Diagnostics.Duplicate(node.Keyword, node.Name.Text, "the label; a script has at most one");
            return;
        }

        _syntax = node;
        if (node.Any is { } any)
        {
            OverEvents = BindAny(node, any);
        }
        else
        {
            BindExpression(node.Value!);
        }

        context.Declare(node.Name.Text, new LabelSymbol(), node.Keyword);
    }

    /// <summary>Encoders that are fitted against the label need one, and a bool.</summary>
    public void CheckEncoders(IEnumerable<BoundStatement> statements)
    {
        foreach (BoundEncoder encoder in statements.OfType<BoundFeature>()
            .SelectMany(feature => feature.Members).SelectMany(member => member.Encoders)
            .Where(encoder => encoder.NeedsLabel))
        {
            string name = encoder.Kind.ToString().ToLowerInvariant();
            if (_syntax is null)
            {
                context.Diagnostics.WrongArguments(
                    encoder.Span,
                    $"{name} is fitted against the label, and the script has none",
                    "add label NAME = ...;");
            }
            else if (Expression is { Type.IsError: false } && Expression.Type.Kind != TypeKind.Bool)
            {
                context.Diagnostics.WrongType(
                    encoder.Span, $"{name} needs a bool label, and this one is {Expression.Type}");
            }
        }
    }

    private void BindExpression(ExpressionSyntax node)
    {
        Family family = _expressions.Bind(node);
        if (!family.HasError && !family.IsPlain)
        {
            context.Diagnostics.FamiliesDiffer(node.Span, "the label is one value, not a family", "pick one");
        }

        Expression = family.Members[0].Value;
        bool usable = Expression.Type.IsError || Expression.Type.IsNumber || Expression.Type.Kind == TypeKind.Bool;
        if (!usable)
        {
            context.Diagnostics.WrongType(node.Span, $"the label is a bool or a number, not {Expression.Type}");
        }
    }

    private BoundAnyLabel? BindAny(LabelSyntax node, AnyLabelSyntax any)
    {
        if (context.FindEvent(any.Event) is not { } source)
        {
            return null;
        }

        if (context.Request is not { } request)
        {
            context.Diagnostics.WrongArguments(
                node.Keyword, "the request is declared behind this label", "declare the request first");
            return null;
        }

        BoundExpression? where = any.Where is null
            ? null
            : new ConditionBinder(context).BindWhere(any.Where, source, refusalOfNow: null);
        int ofEvent = FieldOf(any.EventField, source.Schema);
        int ofRequest = FieldOf(any.RequestField, request.Schema);
        if (ofEvent < 0 || ofRequest < 0 || !Fit(any, source.Schema, ofEvent, request.Schema, ofRequest))
        {
            return null;
        }

        if (any.Within.Milliseconds >= WindowBinder.SpanMsMax)
        {
            context.Diagnostics.WrongArguments(node.Keyword, $"within {any.Within.Text} is ten years or more");
            return null;
        }

        return new BoundAnyLabel(source, where, ofEvent, ofRequest, any.Within.Milliseconds)
        {
            ReadsNow = ConditionBinder.ReadsNow(where),
        };
    }

    private int FieldOf(NameSyntax name, RowSchema schema)
    {
        int place = schema.IndexOf(name.Text);
        if (place < 0)
        {
            context.Diagnostics.UnknownName(
                name.Span, name.Text, $"field of {schema.Name}", schema.Fields.Select(field => field.Name));
        }

        return place;
    }

    private bool Fit(AnyLabelSyntax any, RowSchema source, int ofEvent, RowSchema request, int ofRequest)
    {
        FieldType left = source.Fields[ofEvent].Type;
        FieldType right = request.Fields[ofRequest].Type;
        if (left.AsRequired() == right.AsRequired() && left.Kind != ValueKind.List)
        {
            return true;
        }

        context.Diagnostics.WrongType(
            any.EventField.Span,
            $"'{any.EventField.Text}' is {left} in {source.Name} and '{any.RequestField.Text}' is {right} in "
                + $"{request.Name}; both have one type and are no lists (R56)");
        return false;
    }
}
