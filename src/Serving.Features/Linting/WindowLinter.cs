using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Explanation;
using Serving.Features.Syntax;
using Serving.Features.Text;

namespace Serving.Features.Linting;

/// <summary>
/// Finds what is probably wrong with events and windows: leaks first, then what costs and does nothing.
/// </summary>
internal sealed class WindowLinter(BoundScript script, DiagnosticBag diagnostics)
{
    private readonly HashSet<string> _readEvents =
        [.. script.WindowCalls.Select(call => call.Window.Event.Schema.Name)];

    public void Lint()
    {
        foreach (EventSyntax node in script.Syntax.Declarations.OfType<EventSyntax>())
        {
            LintEvent(node, script.Events.First(item => item.Schema.Name == node.Name.Text));
        }

        foreach (WindowSyntax node in script.Syntax.Declarations.OfType<WindowSyntax>())
        {
            LintWindow(node, script.Windows.First(window => window.Name == node.Name.Text));
        }

        if (script.AnyLabel is { } label)
        {
            LintLabel(script.Syntax.Declarations.OfType<LabelSyntax>().First(), label);
        }
    }

    private void LintEvent(EventSyntax node, EventDeclaration declared)
    {
        string name = declared.Schema.Name;
        bool isRead = _readEvents.Contains(name);
        bool isLabel = script.AnyLabel?.Event == declared;
        if (isRead && declared.LateMs < 0)
        {
            diagnostics.Warn(
                "W231",
                node.Keyword,
                $"event {name} has no 'late': its keys keep the ids of all events for the whole horizon of the set, "
                    + "to find repetitions",
                "add e.g. late 1h");
        }

        if (!declared.IsRequest && declared.LagMs == 0)
        {
            diagnostics.Warn(
                "W232",
                node.Keyword,
                $"event {name} has lag 0: history then shows every event at once, and offline results are too good "
                    + "where it arrives later",
                "measure how late it arrives and write that lag, or log a known time");
        }

        if (!declared.IsRequest && declared.KnownField >= 0 && declared.KnownField == declared.TimeField)
        {
            diagnostics.Warn(
                "W232",
                node.Keyword,
                $"event {name} is said to be known at its own time, so history cannot show when it arrived",
                "log the time of arrival in a field of its own");
        }

        if (!declared.IsRequest && !isRead && !isLabel)
        {
            diagnostics.Warn(
                "W233", node.Keyword, $"no window that is read and no label uses event {name}", "leave it out");
        }
    }

    private void LintWindow(WindowSyntax node, BoundWindow window)
    {
        BoundWindowCall[] calls = [.. script.WindowCalls.Where(call => call.Window == window)];
        if (calls.Length == 0)
        {
            diagnostics.Warn("W234", node.Name.Span, $"nothing reads the window '{window.Name}'", "leave it out");
            return;
        }

        if (window.Keep > 0 && !calls.Any(call => call.IsBounded))
        {
            diagnostics.Warn(
                "W235",
                node.Keep!.Value.Span,
                $"no call over '{window.Name}' needs keep: only distinct and a where with now. do (R33)",
                "leave it out");
        }

        if (window.Event.IsRequest && window.EventKey.Contains(window.Event.IdField))
        {
            diagnostics.Warn(
                "W236",
                node.Keyword,
                $"the key of '{window.Name}' holds the request's id, which is new in every row: the window is empty",
                "leave the id out of the key");
        }

        for (int span = 0; span < window.Spans.Length; span++)
        {
            if (!calls.Any(call => call.Span == span))
            {
                diagnostics.Warn(
                    "W234",
                    node.Spans[span].Span,
                    $"nothing reads the span {window.Spans[span].Text} of '{window.Name}'",
                    "leave it out");
            }
        }
    }

    private void LintLabel(LabelSyntax node, BoundAnyLabel label)
    {
        if (label.Event.LagMs > label.WithinMs)
        {
            diagnostics.Warn(
                "W237",
                node.Keyword,
                $"event {label.Event.Schema.Name} becomes known {DurationText.Of(label.Event.LagMs)} after its time, "
                    + $"and the label looks {DurationText.Of(label.WithinMs)} ahead: what happens at the request's "
                    + "time never counts",
                $"write within more than {DurationText.Of(label.Event.LagMs)}");
        }

        // The request's own event is known at its time, which is the first moment that counts.
        bool isRequestItself = label.Event.IsRequest && label.Event.LagMs <= 0 && label.Event.KnownField < 0
            && label.EventField == label.RequestField && !label.ReadsNow;
        if (isRequestItself)
        {
            diagnostics.Warn(
                "W238",
                node.Keyword,
                "this label is true when the same key is seen again, which the request itself always is (R56)",
                "add a where that leaves the request out, e.g. where id != now.id");
        }
    }
}
