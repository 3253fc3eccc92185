using System.Collections.Immutable;
using System.Globalization;
using Serving.Data.Time;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>What the parts of the binder share while one script is bound.</summary>
internal sealed class BindingContext(SourceText source, DiagnosticBag diagnostics)
{
    /// <summary>Greatest number of window values: each is read for every request.</summary>
    public const int WindowCallsMax = 4096;

    /// <summary>Values from which on no further let or feature is bound.</summary>
    public const int CellsMax = 1 << 17;

    private readonly Dictionary<string, Symbol> _symbols = [];
    private readonly Dictionary<string, BoundWindow?> _windows = [];
    private readonly Dictionary<string, BoundWindowCall> _windowCalls = [];
    private readonly List<EventDeclaration> _events = [];
    private int _cellCount;

    public DiagnosticBag Diagnostics { get; } = diagnostics;

    /// <summary>The zone of the script's head; UTC without one (R58).</summary>
    public ZoneTable Zone { get; set; } = ZoneTable.Utc;

    /// <summary>Request fields that an expression label names (R57): lets and features may not.</summary>
    public HashSet<string> LabelFields { get; } = [];

    public int CellCount => _cellCount;

    /// <summary>The events declared so far.</summary>
    public IReadOnlyList<EventDeclaration> Events => _events;

    /// <summary>The request; null before its declaration.</summary>
    public EventDeclaration? Request => _events.Find(source => source.IsRequest);

    /// <summary>The windows declared so far.</summary>
    public IEnumerable<BoundWindow> Windows => _windows.Values.OfType<BoundWindow>();

    /// <summary>The window values that were used so far, by slot.</summary>
    public ImmutableArray<BoundWindowCall> WindowCalls => [.. _windowCalls.Values.OrderBy(call => call.Slot)];

    public IEnumerable<string> Names => _symbols.Keys;

    public Cell NewCell(string name, ScriptType type) => new(_cellCount++, name, type);

    public Symbol? Find(string name) => _symbols.GetValueOrDefault(name);

    /// <summary>Declares a name; a second declaration is E003 at the given place.</summary>
    public void Declare(string name, Symbol symbol, TextSpan place)
    {
        if (!_symbols.TryAdd(name, symbol))
        {
            Diagnostics.Duplicate(place, name, _symbols[name].Description);
        }
    }

    public void Declare(EventDeclaration source) => _events.Add(source);

    /// <summary>The event of a name; null after a reported E002.</summary>
    public EventDeclaration? FindEvent(NameSyntax name)
    {
        EventDeclaration? found = _events.Find(source => source.Schema.Name == name.Text);
        if (found is null)
        {
            Diagnostics.UnknownName(name.Span, name.Text, "event", _events.Select(source => source.Schema.Name));
        }

        return found;
    }

    /// <summary>Declares a window (null: one with errors); a second one of its name is E003 (R6).</summary>
    public void DeclareWindow(WindowSyntax node, BoundWindow? window)
    {
        if (!_windows.TryAdd(node.Name.Text, window))
        {
            Diagnostics.Duplicate(node.Keyword, node.Name.Text, "a window");
        }
    }

    /// <summary>Finds a window, null where its declaration has errors; false after a reported E002.</summary>
    public bool TryFindWindow(NameSyntax name, out BoundWindow? window)
    {
        if (_windows.TryGetValue(name.Text, out window))
        {
            return true;
        }

        Diagnostics.UnknownName(name.Span, name.Text, "window", _windows.Keys);
        return false;
    }

    /// <summary>The value of a call over one span; equal calls share a slot.</summary>
    public BoundExpression UseWindow(CallSyntax place, WindowCallParts parts, BoundWindow window, int span)
    {
        ScriptType type = WindowCallTypes.Of(
            parts.Function, parts.Argument?.Type ?? ScriptType.Error, window.KeyMayBeMissing);
        var call = new BoundWindowCall
        {
            Slot = _windowCalls.Count,
            Window = window,
            Span = span,
            Function = parts.Function,
            Argument = parts.Argument,
            Where = parts.Where,
            ReadsNow = parts.ReadsNow,
            HalfLifeMs = parts.HalfLifeMs,
            Type = type,
            Text = "",
        };
        string text = CanonicalText.Of(call);
        if (_windowCalls.TryGetValue(text, out BoundWindowCall? known))
        {
            return new BoundWindowValue(known.Slot, known.Type);
        }

        if (_windowCalls.Count == WindowCallsMax)
        {
            Diagnostics.WrongArguments(
                place.Span,
                string.Create(CultureInfo.InvariantCulture, $"the script reads more than {WindowCallsMax} window values"),
                "split it");
            return Family.Error.Members[0].Value;
        }

        _windowCalls.Add(text, call with { Text = text });
        return new BoundWindowValue(call.Slot, type);
    }

    /// <summary>The letters of a node, for messages.</summary>
    public string TextOf(SyntaxNode node) => source.Text.Substring(node.Span.Start, node.Span.Length);
}
