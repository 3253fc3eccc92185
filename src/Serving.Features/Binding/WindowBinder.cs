using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Text;

namespace Serving.Features.Binding;

/// <summary>Binds <c>window</c> declarations: event, key, spans, steps, condition (R28, R34, R35, R48 - R50).</summary>
internal sealed class WindowBinder(BindingContext context)
{
    /// <summary>Ten years: a longer span or delay is a mistake.</summary>
    public const long SpanMsMax = 3650L * DayMs;

    /// <summary>Greatest number of steps in a span.</summary>
    public const long StepsMax = 10_000_000;

    /// <summary>Greatest number of events that a window keeps; each is read for every request.</summary>
    public const int KeepMax = 1 << 16;

    /// <summary>Greatest number of spans: a family is written out, value by value.</summary>
    public const int SpansMax = 32;

    private const long DayMs = 24 * WindowBounds.HourMs;

    // Default steps, greatest first: 1d 6h 1h 15m 5m 1m 10s 1s.
    private static readonly ImmutableArray<long> DefaultSteps =
        [DayMs, 6 * WindowBounds.HourMs, WindowBounds.HourMs, 900_000, 300_000, 60_000, 10_000, 1000];

    private readonly ConditionBinder _conditions = new(context);

    /// <summary>The window; null after a reported error.</summary>
    public BoundWindow? Bind(WindowSyntax node)
    {
        if (context.FindEvent(node.Event) is not { } source)
        {
            return null;
        }

        if (context.Request is not { } request)
        {
            return Refuse(node.Keyword, "the request is declared behind this window", "declare the request first");
        }

        ImmutableArray<(int Event, int Request)>? keys = BindKeys(node, source, request);
        ImmutableArray<BoundSpan>? spans = BindSpans(node);
        int? keep = BindKeep(node);
        BoundExpression? where = node.Where is null
            ? null
            : _conditions.BindWhere(
                node.Where, source, "a window holds the same events for every request; use it in a call's where");
        if (keys is null || spans is null || keep is null || (where is null && node.Where is not null))
        {
            return null;
        }

        bool keyMayBeMissing = keys.Value.Any(key =>
            source.Schema.Fields[key.Event].Type.Optional || request.Schema.Fields[key.Request].Type.Optional);
        return new BoundWindow(
            node.Name.Text,
            source,
            [.. keys.Value.Select(key => key.Event)],
            [.. keys.Value.Select(key => key.Request)],
            spans.Value,
            where,
            keep.Value,
            keyMayBeMissing);
    }

    /// <summary>The step of a span without one: the greatest that divides it into 24 parts or more (R49).</summary>
    public static long DefaultStep(long spanMs) =>
        DefaultSteps.Where(step => step <= spanMs / 24).DefaultIfEmpty(DefaultSteps[^1]).First();

    private ImmutableArray<(int Event, int Request)>? BindKeys(
        WindowSyntax node, EventDeclaration source, EventDeclaration request)
    {
        var keys = ImmutableArray.CreateBuilder<(int Event, int Request)>();
        foreach (NameSyntax key in node.Keys)
        {
            int ofEvent = FieldOf(key, source.Schema);
            int ofRequest = ofEvent < 0 ? -1 : FieldOf(key, request.Schema);
            if (ofRequest < 0)
            {
                return null;
            }

            FieldType type = source.Schema.Fields[ofEvent].Type;
            FieldType other = request.Schema.Fields[ofRequest].Type;
            if (type.AsRequired() != other.AsRequired() || type.Kind == ValueKind.List)
            {
                Refuse(
                    node.Keyword,
                    $"'{key.Text}' is {type} in {source.Schema.Name} and {other} in {request.Schema.Name}; a key has "
                        + "one type in both and is no list (R34)");
                return null;
            }

            keys.Add((ofEvent, ofRequest));
        }

        if (keys.Distinct().Count() != keys.Count)
        {
            Refuse(node.Keyword, "the key names a field twice");
            return null;
        }

        return keys.ToImmutable();
    }

    private int FieldOf(NameSyntax key, RowSchema schema)
    {
        int place = schema.IndexOf(key.Text);
        if (place < 0)
        {
            context.Diagnostics.UnknownName(
                key.Span, key.Text, $"field of {schema.Name}", schema.Fields.Select(field => field.Name));
            return -1;
        }

        if (context.LabelFields.Contains(key.Text) && schema == context.Request?.Schema)
        {
            context.Diagnostics.LabelColumn(key.Span, key.Text);
            return -1;
        }

        return place;
    }

    private ImmutableArray<BoundSpan>? BindSpans(WindowSyntax node)
    {
        long delay = node.Delay?.Milliseconds ?? 0;
        long? step = node.Step?.Milliseconds;
        if (step is { } given && (given <= 0 || (WindowBounds.HourMs % given != 0 && given % WindowBounds.HourMs != 0)))
        {
            Refuse(node.Keyword, $"step {node.Step!.Text} neither divides 1h nor is a multiple of it (R48)");
            return null;
        }

        if (delay >= SpanMsMax)
        {
            Refuse(node.Keyword, $"delay {node.Delay!.Text} is ten years or more");
            return null;
        }

        if (node.Spans.IsEmpty)
        {
            return [new BoundSpan("", new WindowBounds(-1, step ?? WindowBounds.HourMs, delay))];
        }

        if (node.Spans.Length > SpansMax
            || node.Spans.Select(span => span.Milliseconds).Distinct().Count() != node.Spans.Length)
        {
            Refuse(
                node.Keyword,
                string.Create(
                    CultureInfo.InvariantCulture, $"a window has at most {SpansMax} spans, no two of one length (R28)"));
            return null;
        }

        return node.Spans.All(span => CheckSpan(node, span, step))
            ?
            [
                .. node.Spans.Select(span => new BoundSpan(
                    span.Text,
                    new WindowBounds(span.Milliseconds, step ?? DefaultStep(span.Milliseconds), delay))),
            ]
            : null;
    }

    private bool CheckSpan(WindowSyntax node, DurationSyntax span, long? step)
    {
        if (span.Milliseconds is <= 0 or >= SpanMsMax)
        {
            Refuse(node.Keyword, $"a span is longer than nothing and shorter than ten years, not {span.Text}");
            return false;
        }

        if (step > span.Milliseconds)
        {
            Refuse(node.Keyword, $"step {node.Step!.Text} is longer than the span {span.Text} (R48)");
            return false;
        }

        if (step is { } given && span.Milliseconds / given > StepsMax)
        {
            Refuse(
                node.Keyword,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the span {span.Text} has more than {StepsMax} steps of {node.Step!.Text}"),
                "write a longer step");
            return false;
        }

        return true;
    }

    private int? BindKeep(WindowSyntax node)
    {
        if (node.Keep is not { } token)
        {
            return 0;
        }

        if (int.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out int keep)
            && keep is >= 1 and <= KeepMax)
        {
            return keep;
        }

        Refuse(
            node.Keyword,
            string.Create(CultureInfo.InvariantCulture, $"keep is a number of events from 1 to {KeepMax}"));
        return null;
    }

    private BoundWindow? Refuse(TextSpan place, string message, string help = "")
    {
        context.Diagnostics.WrongArguments(place, message, help);
        return null;
    }
}
