using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;

namespace Serving.Features.Binding;

/// <summary>Names of lets, features and labels: fields of the request, lets and features before them (R6).</summary>
/// <param name="context">The binding of the script.</param>
/// <param name="readsLabelFields">Whether label columns may be read: only the label itself may (R57).</param>
internal sealed class RequestScope(BindingContext context, bool readsLabelFields) : INameScope
{
    private readonly WindowCallBinder _windowCalls = new(context);

    public Family BindWindowCall(CallSyntax call) => _windowCalls.Bind(call);

    public Family BindReference(ReferenceSyntax node)
    {
        if (node.OfNow)
        {
            context.Diagnostics.WrongType(
                node.Span, "now.x is the request inside a window call", $"write {node.Name.Text}");
            return Family.Error;
        }

        switch (context.Find(node.Name.Text))
        {
            case FieldSymbol field:
                if (!readsLabelFields && context.LabelFields.Contains(node.Name.Text))
                {
                    context.Diagnostics.LabelColumn(node.Name.Span, node.Name.Text);
                    return Family.Error;
                }

                return Pick(node, Family.Plain(new BoundField(field.Index, node.Name.Text, field.Type)));
            case FamilySymbol family:
                return Pick(node, family.Family);
            case SizesSymbol sizes:
                context.Diagnostics.FamiliesDiffer(
                    node.Span,
                    $"'{node.Name.Text}' stands for several sizes",
                    $"write one of them, e.g. {sizes.Example}");
                return Family.Error;
            case LabelSymbol:
                context.Diagnostics.LabelColumn(node.Name.Span, node.Name.Text);
                return Family.Error;
            default:
                context.Diagnostics.UnknownName(
                    node.Name.Span, node.Name.Text, "field, let or feature", context.Names);
                return Family.Error;
        }
    }

    private Family Pick(ReferenceSyntax node, Family family)
    {
        if (node.Pick is null || family.HasError)
        {
            return family;
        }

        List<FamilyMember> picked = [.. family.Members.Where(member => member.SpanMs == node.Pick.Milliseconds)];
        if (picked.Count == 0)
        {
            context.Diagnostics.FamiliesDiffer(
                node.Span, $"'{node.Name.Text}' has no span {node.Pick.Text}; it has {family.Describe()}", "");
            return Family.Error;
        }

        return new Family([.. picked.Select(member => member with { SpanText = "", SpanMs = -1 })]);
    }
}
