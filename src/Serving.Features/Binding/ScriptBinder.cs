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
    private readonly LabelBinder _labels;
    private readonly WindowBinder _windows;
    private readonly List<BoundStatement> _statements = [];

    private ScriptBinder(ScriptSyntax script, SourceText source, DiagnosticBag diagnostics)
    {
        _script = script;
        _context = new BindingContext(source, diagnostics);
        _features = new FeatureBinder(
            _context, new ExpressionBinder(_context, new RequestScope(_context, readsLabelFields: false)));
        _labels = new LabelBinder(_context);
        _windows = new WindowBinder(_context);
    }

    /// <summary>The bound script; null where a diagnostic is an error.</summary>
    public static BoundScript? Bind(ScriptSyntax script, SourceText source, DiagnosticBag diagnostics)
    {
        BoundScript? bound = new ScriptBinder(script, source, diagnostics).BindScript();
        return diagnostics.HasErrors ? null : bound;
    }

    /// <summary>The names of a script that binds, for expressions beside it.</summary>
    public static BindingContext ContextOf(BoundScript script)
    {
        SourceText source = SourceText.Decode([], script.Name, out _);
        var binder = new ScriptBinder(script.Syntax, source, new DiagnosticBag(source));
        binder.BindScript();
        return binder._context;
    }

    private BoundScript? BindScript()
    {
        BindHead(out long version);
        CollectLabelFields();
        foreach (DeclarationSyntax declaration in _script.Declarations)
        {
            BindDeclaration(declaration);
        }

        if (_context.Request is not { } request)
        {
            _context.Diagnostics.WrongArguments(
                _script.Span with { Length = "features".Length },
                "the script declares no request",
                "add request NAME { ... };");
            return null;
        }

        _labels.CheckEncoders(_statements);
        return new BoundScript
        {
            Name = _script.Name.Text,
            Version = version,
            Zone = _context.Zone,
            Request = request.Schema,
            IdField = request.IdField,
            TimeField = request.TimeField,
            Events = [.. _context.Events],
            LabelFields = [.. _context.LabelFields.Select(request.Schema.IndexOf).Order()],
            Statements = [.. _statements],
            CellCount = _context.CellCount,
            Label = _labels.Expression,
            AnyLabel = _labels.OverEvents,
            LabelName = _labels.Name,
            Windows = [.. _context.Windows],
            WindowCalls = _context.WindowCalls,
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
                _labels.Bind(node);
                break;
            case WindowSyntax node:
                _context.DeclareWindow(node, _windows.Bind(node));
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
        EventDeclaration bound = new EventBinder(_context).Bind(node);
        if (!_context.Declare(node, bound) || !node.IsRequest)
        {
            return;
        }

        for (int index = 0; index < bound.Schema.Fields.Length; index++)
        {
            _context.Declare(
                bound.Schema.Fields[index].Name,
                new FieldSymbol(index, ScriptType.Of(bound.Schema.Fields[index].Type)),
                node.Keyword);
        }
    }
}
