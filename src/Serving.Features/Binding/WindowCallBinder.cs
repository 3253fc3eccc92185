using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>Binds calls with <c>over</c>: a value for each span of the window (R27, R31 - R37, R46, R47).</summary>
internal sealed class WindowCallBinder(BindingContext context)
{
    private static readonly FrozenDictionary<string, WindowFunction> Functions =
        new Dictionary<string, WindowFunction>
        {
            ["count"] = WindowFunction.Count,
            ["sum"] = WindowFunction.Sum,
            ["mean"] = WindowFunction.Mean,
            ["var"] = WindowFunction.Variance,
            ["min"] = WindowFunction.Min,
            ["max"] = WindowFunction.Max,
            ["first"] = WindowFunction.First,
            ["last"] = WindowFunction.Last,
            ["seconds_since_last"] = WindowFunction.SecondsSinceLast,
            ["any"] = WindowFunction.Any,
            ["share"] = WindowFunction.Share,
            ["distinct"] = WindowFunction.Distinct,
            ["decay_sum"] = WindowFunction.DecaySum,
            ["decay_count"] = WindowFunction.DecayCount,
        }.ToFrozenDictionary();

    private readonly ConditionBinder _conditions = new(context);

    /// <summary>The names of the window calls.</summary>
    public static IEnumerable<string> Names => Functions.Keys.Order(StringComparer.Ordinal);

    /// <summary>Whether a name is that of a window call (<c>min</c> and <c>max</c> are scalar ones too).</summary>
    public static bool IsName(string name) => Functions.ContainsKey(name);

    public Family Bind(CallSyntax call)
    {
        if (!Functions.TryGetValue(call.Function.Text, out WindowFunction function))
        {
            if (FunctionBinder.Names.Contains(call.Function.Text))
            {
                return Refuse(call, $"{call.Function.Text} is no window call", "leave over out");
            }

            context.Diagnostics.UnknownName(call.Function.Span, call.Function.Text, "window call", Names);
            return Family.Error;
        }

        if (!context.TryFindWindow(call.Over!.Window, out BoundWindow? window) || window is null
            || SpansOf(call.Over, window) is not { } spans
            || BindParts(call, window, function) is not { } parts
            || !Fits(call, window, parts))
        {
            return Family.Error;
        }

        // A window with one span gives a plain value (R27), and so does one span picked.
        bool isPlain = spans.Length == 1;
        string text = CanonicalText.Of(parts);
        return new Family(
        [
            .. spans.Select(span => new FamilyMember(
                isPlain ? "" : window.Spans[span].Text,
                isPlain ? -1 : window.Spans[span].Bounds.SpanMs,
                "",
                context.UseWindow(call, parts, text, window, span))),
        ]);
    }

    private ImmutableArray<int>? SpansOf(OverSyntax over, BoundWindow window)
    {
        if (over.Pick is null)
        {
            return [.. Enumerable.Range(0, window.Spans.Length)];
        }

        for (int span = 0; span < window.Spans.Length; span++)
        {
            if (window.Spans[span].Bounds.SpanMs == over.Pick.Milliseconds)
            {
                return [span];
            }
        }

        string found = window.IsLifetime ? "lifetime" : string.Join(',', window.Spans.Select(span => span.Text));
        context.Diagnostics.FamiliesDiffer(
            over.Window.Span, $"window {window.Name} has no span {over.Pick.Text}; it has {found}", "");
        return null;
    }

    private WindowCallParts? BindParts(CallSyntax call, BoundWindow window, WindowFunction function)
    {
        if (call.Arguments.FirstOrDefault(argument => argument.Name is not null) is { } named)
        {
            Refuse(call, $"{call.Function.Text} has no argument '{named.Name!.Text}'");
            return null;
        }

        (int least, int most) = ArgumentsOf(function);
        if (call.Arguments.Length < least || call.Arguments.Length > most)
        {
            string takes = most == 0 ? "no argument" : least == most ? $"{most}" : "one argument or none";
            Refuse(
                call,
                string.Create(
                    CultureInfo.InvariantCulture, $"{call.Function.Text} takes {takes}, not {call.Arguments.Length}"));
            return null;
        }

        BoundExpression? where = call.Where is null
            ? null
            : _conditions.BindWhere(call.Where, window.Event, refusalOfNow: null);
        var parts = new WindowCallParts(function) { Where = where, ReadsNow = ConditionBinder.ReadsNow(where) };
        bool complete = (call.Where is null || where is not null)
            & BindArguments(call, window, ref parts);
        return complete ? parts : null;
    }

    private static (int Least, int Most) ArgumentsOf(WindowFunction function) => function switch
    {
        WindowFunction.SecondsSinceLast => (0, 0),
        WindowFunction.Count or WindowFunction.Any => (0, 1),
        WindowFunction.DecaySum => (2, 2),
        _ => (1, 1),
    };

    private bool BindArguments(CallSyntax call, BoundWindow window, ref WindowCallParts parts)
    {
        bool decays = parts.Function is WindowFunction.DecaySum or WindowFunction.DecayCount;
        if (decays)
        {
            if (HalfLifeOf(call) is not { } halfLife)
            {
                return false;
            }

            parts = parts with { HalfLifeMs = halfLife };
        }

        if (call.Arguments.Length == (decays ? 1 : 0))
        {
            return true;
        }

        ExpressionSyntax node = call.Arguments[0].Value;
        if (_conditions.BindValue(
            node, window.Event, "it may stand in the call's where; arguments are the event's") is not { } argument)
        {
            return false;
        }

        parts = parts with { Argument = argument };
        if (ExpectedOf(parts.Function, argument.Type) is { } expected)
        {
            context.Diagnostics.WrongType(
                call.Span,
                $"{call.Function.Text} takes {expected}, and '{context.TextOf(node)}' is {argument.Type}");
            return false;
        }

        return parts.Function != WindowFunction.Share || _conditions.IsAlwaysPresent(node, argument);
    }

    private long? HalfLifeOf(CallSyntax call)
    {
        ExpressionSyntax node = call.Arguments[^1].Value;
        while (node is ParenthesizedSyntax inner)
        {
            node = inner.Inner;
        }

        if (node is LiteralSyntax { Token.Kind: TokenKind.Duration, Token.Value: > 0 } literal)
        {
            return literal.Token.Value;
        }

        Refuse(call, $"the half-life of {call.Function.Text} is a duration longer than nothing", "e.g. 3d");
        return null;
    }

    // What an argument has to be; null where it is (R37, R46).
    private static string? ExpectedOf(WindowFunction function, ScriptType type) => function switch
    {
        WindowFunction.Sum or WindowFunction.Mean or WindowFunction.Variance or WindowFunction.DecaySum =>
            type.IsNumber ? null : "a number",
        WindowFunction.Min or WindowFunction.Max =>
            type.IsNumber || type.Kind == TypeKind.Time ? null : "a number or a time",
        WindowFunction.Any or WindowFunction.Share => type.Kind == TypeKind.Bool ? null : "a bool",
        _ => type.IsList || type.Kind == TypeKind.Duration ? "one value of an event, no list" : null,
    };

    // E063: what no tile can answer (R33, R47).
    private bool Fits(CallSyntax call, BoundWindow window, WindowCallParts parts)
    {
        string name = call.Function.Text;
        if (parts.HalfLifeMs > 0 && window.IsLifetime)
        {
            context.Diagnostics.KeepNeeded(
                call.Span, $"{name} over lifetime has no end", "use a bounded window, e.g. one of 8 half-lives");
            return false;
        }

        if (window.Keep == 0 && (parts.Function == WindowFunction.Distinct || parts.ReadsNow))
        {
            string cause = parts.ReadsNow ? "a where with now." : "distinct";
            context.Diagnostics.KeepNeeded(
                call.Span,
                $"{cause} reads single events, and window {window.Name} keeps none",
                $"add keep 256 to window {window.Name}");
            return false;
        }

        return true;
    }

    private Family Refuse(CallSyntax call, string message, string help = "")
    {
        context.Diagnostics.WrongArguments(call.Span, message, help);
        return Family.Error;
    }
}
