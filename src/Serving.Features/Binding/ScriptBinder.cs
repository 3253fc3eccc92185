using System.Collections.Immutable;
using System.Globalization;
using Serving.Data.Time;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>
/// Binds a whole script in the order of its declarations; a name can be used only after its own (R6).
/// </summary>
internal sealed class ScriptBinder
{
    private readonly ScriptSyntax _script;
    private readonly BindingContext _context;
    private readonly FeatureBinder _features;
    private readonly ExpressionBinder _labels;
    private readonly List<BoundStatement> _statements = [];
    private readonly List<EventDeclaration> _events = [];
    private EventDeclaration? _request;
    private LabelSyntax? _labelSyntax;
    private BoundExpression? _label;

    private ScriptBinder(ScriptSyntax script, SourceText source, DiagnosticBag diagnostics)
    {
        _script = script;
        _context = new BindingContext(source, diagnostics);
        _features = new FeatureBinder(_context, new ExpressionBinder(_context));
        _labels = new ExpressionBinder(_context) { ReadsLabelFields = true };
    }

    /// <summary>The bound script; null where a diagnostic is an error.</summary>
    public static BoundScript? Bind(ScriptSyntax script, SourceText source, DiagnosticBag diagnostics)
    {
        BoundScript? bound = new ScriptBinder(script, source, diagnostics).BindScript();
        return diagnostics.HasErrors ? null : bound;
    }

    private BoundScript? BindScript()
    {
        BindHead(out long version);
        CollectLabelFields();
        foreach (DeclarationSyntax declaration in _script.Declarations)
        {
            BindDeclaration(declaration);
        }

        if (_request is null)
        {
            _context.Diagnostics.WrongArguments(
                _script.Span with { Length = "features".Length },
                "the script declares no request",
                "add request NAME { ... };");
            return null;
        }

        CheckLabels();
        return new BoundScript
        {
            Name = _script.Name.Text,
            Version = version,
            Zone = _context.Zone,
            Request = _request.Schema,
            IdField = _request.IdField,
            TimeField = _request.TimeField,
            Events = [.. _events],
            LabelFields = [.. _context.LabelFields.Select(_request.Schema.IndexOf).Order()],
            Statements = [.. _statements],
            CellCount = _context.CellCount,
            Label = _label,
            LabelName = _labelSyntax?.Name.Text,
            Syntax = _script,
        };
    }

    private void BindHead(out long version)
    {
        if (!long.TryParse(_script.Version.Text, NumberStyles.None, CultureInfo.InvariantCulture, out version))
        {
            _context.Diagnostics.LiteralOutOfRange(_script.Version.Span, "int");
        }

        if (_script.Zone is { } zone)
        {
            ZoneTable? found = ZoneTable.Find(zone.Text);
            if (found is null)
            {
                _context.Diagnostics.WrongArguments(
                    zone.Span,
                    $"there is no time zone '{zone.Text}' in tzdb {ZoneTable.TzdbVersion}",
                    "e.g. \"Europe/Berlin\"");
            }

            _context.Zone = found ?? ZoneTable.Utc;
        }
    }

    /// <summary>
    /// Request fields that the expression label names, before anything is bound: features may stand first.
    /// </summary>
    private void CollectLabelFields()
    {
        HashSet<string> fields = [.. _script.Declarations.OfType<EventSyntax>().Where(node => node.IsRequest)
            .SelectMany(node => node.Fields).Select(field => field.Name.Text)];
        foreach (LabelSyntax label in _script.Declarations.OfType<LabelSyntax>())
        {
            if (label.Value is not null)
            {
                _context.LabelFields.UnionWith(References.In(label.Value).Where(fields.Contains));
            }
        }
    }

    private void BindDeclaration(DeclarationSyntax declaration)
    {
        switch (declaration)
        {
            case EventSyntax node:
                BindEvent(node);
                break;
            case LetSyntax node:
                AddStatement(_features.BindLet(node));
                break;
            case FeatureSyntax node:
                AddStatement(_features.BindFeature(node));
                break;
            case LabelSyntax node:
                BindLabel(node);
                break;
            case WindowSyntax node:
                _context.Diagnostics.NotSupportedYet(node.Keyword, "windows");
                break;
            default:
                // Tests are bound when they run.
                break;
        }
    }

    private void AddStatement(BoundStatement? statement)
    {
        if (statement is not null)
        {
            _statements.Add(statement);
        }
    }

    private void BindEvent(EventSyntax node)
    {
        if (_events.Exists(known => known.Schema.Name == node.Name.Text))
        {
            _context.Diagnostics.Duplicate(node.Keyword, node.Name.Text, "an event");
        }

        EventDeclaration bound = new EventBinder(_context).Bind(node);
        _events.Add(bound);
        if (!node.IsRequest)
        {
            return;
        }

        if (_request is not null)
        {
            _context.Diagnostics.Duplicate(node.Keyword, node.Name.Text, "the request; a script has exactly one");
            return;
        }

        _request = bound;
        for (int index = 0; index < bound.Schema.Fields.Length; index++)
        {
            _context.Declare(
                bound.Schema.Fields[index].Name,
                new FieldSymbol(index, ScriptType.Of(bound.Schema.Fields[index].Type)),
                node.Keyword);
        }
    }

    private void BindLabel(LabelSyntax node)
    {
        if (_labelSyntax is not null)
        {
            _context.Diagnostics.Duplicate(node.Keyword, node.Name.Text, "the label; a script has at most one");
            return;
        }

        _labelSyntax = node;
        if (node.Value is null)
        {
            _context.Diagnostics.NotSupportedYet(node.Keyword, "labels by any(...)");
            return;
        }

        Family family = _labels.Bind(node.Value);
        if (!family.HasError && !family.IsPlain)
        {
            _context.Diagnostics.FamiliesDiffer(node.Value.Span, "the label is one value, not a family", "pick one");
        }

        _label = family.Members[0].Value;
        bool usable = _label.Type.IsError || _label.Type.IsNumber || _label.Type.Kind == TypeKind.Bool;
        if (!usable)
        {
            _context.Diagnostics.WrongType(node.Value.Span, $"the label is a bool or a number, not {_label.Type}");
        }

        _context.Declare(node.Name.Text, new LabelSymbol(), node.Keyword);
    }

    /// <summary>Encoders that are fitted against the label need one, and a bool.</summary>
    private void CheckLabels()
    {
        foreach (BoundEncoder encoder in _statements.OfType<BoundFeature>()
            .SelectMany(feature => feature.Members).SelectMany(member => member.Encoders)
            .Where(encoder => encoder.NeedsLabel))
        {
            string name = encoder.Kind.ToString().ToLowerInvariant();
            if (_labelSyntax is null)
            {
                _context.Diagnostics.WrongArguments(
                    encoder.Span,
                    $"{name} is fitted against the label, and the script has none",
                    "add label NAME = ...;");
            }
            else if (_label is { Type.IsError: false } && _label.Type.Kind != TypeKind.Bool)
            {
                _context.Diagnostics.WrongType(
                    encoder.Span, $"{name} needs a bool label, and this one is {_label.Type}");
            }
        }
    }
}
