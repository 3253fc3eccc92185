using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Data.Time;
using Serving.Features.Binding;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Scoring;

/// <summary>Binds expressions beside a script; all their findings are collected.</summary>
internal sealed class ScoredBinder
{
    private readonly BindingContext _context;
    private readonly WindowDependence _dependence;
    private readonly List<Diagnostic> _found = [];

    private ScoredBinder(BindingContext context, BoundScript script)
    {
        _context = context;
        Score = new Cell(script.CellCount, ScoredScope.ScoreName, ScriptType.Float);
        Script = script with { CellCount = script.CellCount + 1 };
        _dependence = new WindowDependence(Script);
    }

    /// <summary>The script with a cell for the score that no statement fills.</summary>
    public BoundScript Script { get; }

    /// <summary>That cell.</summary>
    public Cell Score { get; }

    /// <summary>What was found, in the order of the expressions.</summary>
    public ImmutableArray<Diagnostic> Found => [.. _found];

    /// <summary>Binds beside a script.</summary>
    public static ScoredBinder Of(FeatureScript script) =>
        new(ScriptBinder.ContextOf(script.Bound), script.Bound);

    /// <summary>Binds beside the fields of a request without a script.</summary>
    public static ScoredBinder Of(RowSchema rows)
    {
        SourceText source = SourceText.Decode([], rows.Name, out _);
        var context = new BindingContext(source, new DiagnosticBag(source));
        for (int index = 0; index < rows.Fields.Length; index++)
        {
            context.Declare(
                rows.Fields[index].Name, new FieldSymbol(index, ScriptType.Of(rows.Fields[index].Type)), default);
        }

        var nowhere = new TextSpan(0, 0);
        var word = new NameSyntax(nowhere, rows.Name);
        return new ScoredBinder(context, new BoundScript
        {
            Name = rows.Name,
            Version = 1,
            Zone = ZoneTable.Utc,
            Request = rows,
            IdField = -1,
            TimeField = -1,
            Events = [],
            LabelFields = [],
            Statements = [],
            CellCount = 0,
            Syntax = new ScriptSyntax(nowhere, word, default, null, [], []),
        });
    }

    /// <summary>The bound expression, a number as a float; null after a finding.</summary>
    public BoundExpression? Bind(ScoredExpression expression)
    {
        SourceText source = ScriptReader.Read(
            Encoding.UTF8.GetBytes(expression.Text), expression.Place, out DiagnosticBag findings);
        ExpressionSyntax? syntax = findings.HasErrors ? null : Parser.ParseExpression(source, findings);
        BoundExpression? bound = syntax is null ? null : Bind(expression.Kind, syntax, source, findings);
        _found.AddRange(findings.ToImmutable().Where(found => found.IsError));
        return findings.HasErrors ? null : bound;
    }

    /// <summary>Whether an expression names the score.</summary>
    public bool ReadsScore(BoundExpression expression) => BoundChildren.WithDescendants(expression)
        .Any(node => node is BoundCell use && use.Cell.Index == Score.Index);

    private BoundExpression? Bind(
        ScoredKind kind, ExpressionSyntax syntax, SourceText source, DiagnosticBag findings)
    {
        BindingContext context = _context.Beside(source, findings);
        var scope = new ScoredScope(context, Script.Statements, _dependence, Score);
        Family family = new ExpressionBinder(context, scope).Bind(syntax);
        if (family.HasError)
        {
            return null;
        }

        if (!family.IsPlain)
        {
            findings.FamiliesDiffer(syntax.Span, "this is a family of values, not one", "pick one, e.g. name[1h]");
            return null;
        }

        BoundExpression value = family.Members[0].Value;
        return kind == ScoredKind.Condition
            ? AsCondition(value, syntax, findings)
            : AsNumber(value, syntax, findings);
    }

    private static BoundExpression? AsCondition(
        BoundExpression value, ExpressionSyntax syntax, DiagnosticBag findings)
    {
        if (value.Type.Kind == TypeKind.Bool)
        {
            return value;
        }

        findings.WrongType(syntax.Span, $"a condition is a bool, not {value.Type}");
        return null;
    }

    private static BoundExpression? AsNumber(BoundExpression value, ExpressionSyntax syntax, DiagnosticBag findings)
    {
        if (!value.Type.IsNumber)
        {
            findings.WrongType(syntax.Span, $"a number is expected, not {value.Type}");
            return null;
        }

        if (value.Type.Optional)
        {
            findings.WrongType(
                syntax.Span, $"this number may be missing{OptionalCause.Of(value)}", "write (...) ?? 0");
            return null;
        }

        return TypeRules.ToFloat(value);
    }
}
