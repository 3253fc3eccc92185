using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>
/// Names inside a window call, a window's condition or a label over events: plain ones are fields of the event and
/// nothing else, <c>now.x</c> those of the request (R31, R56).
/// </summary>
/// <param name="context">The binding of the script.</param>
/// <param name="source">The event.</param>
/// <param name="refusalOfNow">Why <c>now.x</c> may not stand here; null where it may.</param>
internal sealed class EventScope(BindingContext context, EventDeclaration source, string? refusalOfNow) : INameScope
{
    public Family BindWindowCall(CallSyntax call)
    {
        context.Diagnostics.WrongArguments(
            call.Span,
            "a window call cannot stand where names are fields of a past event",
            "compute it in a let or feature of its own");
        return Family.Error;
    }

    public Family BindReference(ReferenceSyntax node)
    {
        if (node.OfNow)
        {
            return BindNow(node);
        }

        string name = node.Name.Text;
        int place = source.Schema.IndexOf(name);
        if (place < 0)
        {
            context.Diagnostics.NoFieldOfEvent(
                node.Name.Span,
                name,
                source.Schema.Name,
                context.Find(name)?.Description,
                source.Schema.Fields.Select(field => field.Name));
            return Family.Error;
        }

        if (node.Pick is not null)
        {
            context.Diagnostics.FamiliesDiffer(
                node.Span, $"'{name}' is a field of {source.Schema.Name} and has no spans", "");
            return Family.Error;
        }

        return IsLabelColumn(node, source.IsRequest)
            ? Family.Error
            : Family.Plain(new BoundField(place, name, ScriptType.Of(source.Schema.Fields[place].Type)));
    }

    private Family BindNow(ReferenceSyntax node)
    {
        string name = node.Name.Text;
        if (refusalOfNow is not null)
        {
            context.Diagnostics.WrongType(node.Span, $"now.{name} is a field of the request", refusalOfNow);
            return Family.Error;
        }

        RowSchema? request = context.Request?.Schema;
        int place = request?.IndexOf(name) ?? -1;
        if (place < 0)
        {
            context.Diagnostics.UnknownName(
                node.Name.Span, name, "field of the request", request?.Fields.Select(field => field.Name) ?? []);
            return Family.Error;
        }

        return IsLabelColumn(node, isRequest: true)
            ? Family.Error
            : Family.Plain(new BoundNowField(place, name, ScriptType.Of(request!.Fields[place].Type)));
    }

    // Serving masks label columns, so that a window over earlier requests would see none of them there (R57).
    private bool IsLabelColumn(ReferenceSyntax node, bool isRequest)
    {
        if (!isRequest || !context.LabelFields.Contains(node.Name.Text))
        {
            return false;
        }

        context.Diagnostics.LabelColumn(node.Name.Span, node.Name.Text);
        return true;
    }
}
