using Serving.Data.Time;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>What the parts of the binder share while one script is bound.</summary>
internal sealed class BindingContext(SourceText source, DiagnosticBag diagnostics)
{
    private readonly Dictionary<string, Symbol> _symbols = [];
    private int _cellCount;

    public DiagnosticBag Diagnostics { get; } = diagnostics;

    /// <summary>The zone of the script's head; UTC without one (R58).</summary>
    public ZoneTable Zone { get; set; } = ZoneTable.Utc;

    /// <summary>Request fields that an expression label names (R57): lets and features may not.</summary>
    public HashSet<string> LabelFields { get; } = [];

    public int CellCount => _cellCount;

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

    /// <summary>The letters of a node, for messages.</summary>
    public string TextOf(SyntaxNode node) => source.Text.Substring(node.Span.Start, node.Span.Length);
}
