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

    /// <summary>
    /// Greatest number of nodes of all trees together: each member of a family has its own, so that a short text can
    /// grow into many.
    /// </summary>
    private const int NodesMax = 2_000_000;

    private readonly Dictionary<string, Symbol> _symbols = [];
    private readonly Dictionary<string, BoundWindow?> _windows = [];
    private readonly Dictionary<string, BoundWindowCall> _windowCalls = [];
    private readonly List<EventDeclaration> _events = [];
    private readonly Dictionary<string, EventDeclaration> _eventsByName = [];
    private int _cellCount;
    private int _nodeCount;

    public DiagnosticBag Diagnostics { get; } = diagnostics;

    /// <summary>The zone of the script's head; UTC without one (R58).</summary>
    public ZoneTable Zone { get; set; } = ZoneTable.Utc;

    /// <summary>Request fields that an expression label names (R57): lets and features may not.</summary>
    public HashSet<string> LabelFields { get; } = [];

    public int CellCount => _cellCount;

    /// <summary>The events declared so far.</summary>
    public IReadOnlyList<EventDeclaration> Events => _events;

    /// <summary>The request; null before its declaration.</summary>
    public EventDeclaration? Request { get; private set; }

    /// <summary>The windows declared so far.</summary>
    public IEnumerable<BoundWindow> Windows => _windows.Values.OfType<BoundWindow>();

    /// <summary>The window values that were used so far, by slot.</summary>
    public ImmutableArray<BoundWindowCall> WindowCalls => [.. _windowCalls.Values.OrderBy(call => call.Slot)];

    public IEnumerable<string> Names => _symbols.Keys;

    /// <summary>The same names for another text beside the script, whose findings are its own.</summary>
    public BindingContext Beside(SourceText text, DiagnosticBag findings)
    {
        var beside = new BindingContext(text, findings) { Zone = Zone, Request = Request };
        beside.LabelFields.UnionWith(LabelFields);
        foreach ((string name, Symbol symbol) in _symbols)
        {
            beside._symbols.Add(name, symbol);
        }

        return beside;
    }

    public Cell NewCell(string name, ScriptType type) => new(_cellCount++, name, type);

    /// <summary>Whether so many nodes more may be made; E006 where they may not.</summary>
    public bool HasRoomFor(int nodes, SyntaxNode place)
    {
        _nodeCount += nodes;
        if (_nodeCount <= NodesMax)
        {
            return true;
        }

        Diagnostics.WrongArguments(
            place.Span, "the script has too many operations with those of all members of its families", "split it");
        return false;
    }

    public Symbol? Find(string name) => _symbols.GetValueOrDefault(name);

    /// <summary>Declares a name; a second declaration is E003 at the given place.</summary>
    public void Declare(string name, Symbol symbol, TextSpan place)
    {
        if (!_symbols.TryAdd(name, symbol))
        {
            Diagnostics.Duplicate(place, name, _symbols[name].Description);
        }
    }

    /// <summary>Declares an event; a second one of its name, or a second request, is E003.</summary>
    public bool Declare(EventSyntax place, EventDeclaration source)
    {
        if (source.IsRequest && Request is not null)
        {
            Diagnostics.Duplicate(place.Keyword, source.Schema.Name, "the request; a script has exactly one");
            return false;
        }

        if (!_eventsByName.TryAdd(source.Schema.Name, source))
        {
            Diagnostics.Duplicate(place.Keyword, source.Schema.Name, "an event");
        }

        _events.Add(source);
        Request ??= source.IsRequest ? source : null;
        return true;
    }

    /// <summary>The event of a name; null after a reported E002.</summary>
    public EventDeclaration? FindEvent(NameSyntax name)
    {
        EventDeclaration? found = _eventsByName.GetValueOrDefault(name.Text);
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
    /// <param name="place">The call, for messages.</param>
    /// <param name="parts">What is computed.</param>
    /// <param name="partsText">Its canonical text.</param>
    /// <param name="window">The window.</param>
    /// <param name="span">Place of the span.</param>
    public BoundExpression UseWindow(
        CallSyntax place, WindowCallParts parts, string partsText, BoundWindow window, int span)
    {
        string spanText = window.IsLifetime ? "" : $"[{window.Spans[span].Text}]";
        string text = $"{partsText} over {window.Name}{spanText}";
        if (_windowCalls.TryGetValue(text, out BoundWindowCall? known))
        {
            return new BoundWindowValue(known.Slot, known.Type);
        }

        if (_windowCalls.Count == WindowCallsMax)
        {
            Diagnostics.WrongArguments(
                place.Span,
                string.Create(
                    CultureInfo.InvariantCulture, $"the script reads more than {WindowCallsMax} window values"),
                "split it");
            return Family.Error.Members[0].Value;
        }

        var call = new BoundWindowCall
        {
            Slot = _windowCalls.Count,
            Window = window,
            Span = span,
            Parts = parts,
            Type = WindowCallTypes.Of(
                parts.Function, parts.Argument?.Type ?? ScriptType.Error, window.KeyMayBeMissing),
            Text = text,
        };
        _windowCalls.Add(text, call);
        return new BoundWindowValue(call.Slot, call.Type);
    }

    /// <summary>The letters of a node, for messages.</summary>
    public string TextOf(SyntaxNode node) => source.Text.Substring(node.Span.Start, node.Span.Length);
}
