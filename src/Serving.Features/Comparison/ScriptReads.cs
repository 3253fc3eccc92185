using System.Collections.Immutable;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Formatting;
using Serving.Features.Linting;
using Serving.Features.Syntax;

namespace Serving.Features.Comparison;

/// <summary>
/// What the values of a script read, each by a name for people and a text that changes when its meaning does.
/// </summary>
internal sealed class ScriptReads(FeatureScript script)
{
    private readonly Dictionary<int, (string Name, string Whole)> _cells = [];

    private readonly Dictionary<string, WindowSyntax> _windows = script.Bound.Syntax.Declarations
        .OfType<WindowSyntax>().ToDictionary(node => node.Name.Text, StringComparer.Ordinal);

    private readonly Dictionary<string, EventSyntax> _events = script.Bound.Syntax.Declarations
        .OfType<EventSyntax>().ToDictionary(node => node.Name.Text, StringComparer.Ordinal);

    /// <summary>Names a cell that later values may read.</summary>
    public void Declare(Cell cell, string name, string whole) => _cells[cell.Index] = (name, whole);

    /// <summary>What a value reads.</summary>
    public Dictionary<string, string> Of(BoundExpression value, ExpressionSyntax syntax, bool readsLabel)
    {
        var reads = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (BoundExpression node in BoundChildren.WithDescendants(value))
        {
            switch (node)
            {
                case BoundField field:
                    AddField(reads, script.Request, field.Field, "");
                    break;
                case BoundCell cell:
                    (string name, string whole) = _cells[cell.Cell.Index];
                    reads[name] = whole;
                    break;
                case BoundWindowValue read:
                    AddCall(reads, script.Bound.WindowCalls[read.Slot]);
                    break;
                default:
                    break;
            }
        }

        if (ReadsZone(syntax))
        {
            AddZone(reads);
        }

        LabelSyntax? label = script.Bound.Syntax.Declarations.OfType<LabelSyntax>().FirstOrDefault();
        if (readsLabel && label is not null)
        {
            reads["the label"] = DeclarationText.Of(label);
            if (script.Bound.AnyLabel is { } any)
            {
                AddEvent(reads, any.Event);
            }
        }

        return reads;
    }

    // A window counts for a call with the span that it reads and what selects events; its other spans do not.
    private void AddCall(Dictionary<string, string> reads, BoundWindowCall call)
    {
        BoundWindow window = call.Window;
        WindowSyntax syntax = _windows[window.Name];
        string where = syntax.Where is null ? "" : ExpressionText.Of(syntax.Where);
        string keep = call.IsBounded ? $"{window.Keep}" : "";
        string keys = string.Join(',', syntax.Keys.Select(key => key.Text));
        string text = $"{call.Text} {window.Event.Schema.Name} {keys} {call.Bounds} {where} {keep}";
        string name = $"window {window.Name}";
        reads[name] = reads.TryGetValue(name, out string? other) && other != text ? $"{other}\n{text}" : text;
        if (syntax.Where is not null && ReadsZone(syntax.Where))
        {
            AddZone(reads);
        }

        AddEvent(reads, window.Event);
        foreach (int field in window.EventKey.Concat(FieldsOf(call.Argument, call.Where, window.Where)))
        {
            AddField(reads, window.Event.Schema, field, window.Event.IsRequest ? "" : window.Event.Schema.Name + ".");
        }

        foreach (int field in window.RequestKey.Concat(NowFieldsOf(call.Where)))
        {
            AddField(reads, script.Request, field, "");
        }
    }

    // Its options decide which events exist and when.
    private void AddEvent(Dictionary<string, string> reads, EventDeclaration declared)
    {
        EventSyntax syntax = _events[declared.Schema.Name];
        reads[$"event {declared.Schema.Name}"] = string.Join(
            ", ", syntax.Options.Select(DeclarationText.Of).Order(StringComparer.Ordinal));
    }

    private void AddZone(Dictionary<string, string> reads) =>
        reads["the zone"] = script.Bound.Syntax.Zone?.Text ?? "UTC";

    private static void AddField(Dictionary<string, string> reads, Data.RowSchema schema, int field, string prefix) =>
        reads[prefix + schema.Fields[field].Name] = $"{prefix}{schema.Fields[field].Name}: {schema.Fields[field].Type}";

    private static IEnumerable<int> FieldsOf(params ImmutableArray<BoundExpression?> expressions) =>
        expressions.OfType<BoundExpression>().SelectMany(BoundChildren.WithDescendants).OfType<BoundField>()
            .Select(field => field.Field);

    private static IEnumerable<int> NowFieldsOf(BoundExpression? condition) => condition is null
        ? []
        : BoundChildren.WithDescendants(condition).OfType<BoundNowField>().Select(field => field.Field);

    // The zone of the head counts in calendar calls that name none (R58), and in years_between (R61).
    private static bool ReadsZone(ExpressionSyntax value) =>
        SyntaxChildren.WithDescendants(value).OfType<CallSyntax>().Any(call => call.Function.Text switch
        {
            "hour" or "weekday" or "day" or "month" => call.Arguments.Length == 1,
            "years_between" => true,
            _ => false,
        });
}
