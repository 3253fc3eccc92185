using System.Collections.Immutable;
using Serving.Features.Binding.Tree;
using Serving.Features.Explanation;
using Serving.Features.Syntax;
using Serving.Features.Text;

namespace Serving.Features.Linting;

/// <summary>
/// Finds what compiles and is probably a mistake: leaks, names that nothing reads, conditions that say nothing.
/// Findings are warnings and never refuse a script.
/// </summary>
public static class ScriptLinter
{
    /// <summary>The warnings about a script that compiles.</summary>
    public static ImmutableArray<Diagnostic> Lint(FeatureScript script, string path)
    {
        SourceText source = SourceText.Decode(script.Utf8.Span, path, out _);
        var diagnostics = new DiagnosticBag(source);
        BoundScript bound = script.Bound;
        WarnOfUnread(bound, diagnostics);
        WarnOfIdentifiers(bound, diagnostics);
        foreach (ExpressionSyntax expression in Expressions(bound.Syntax))
        {
            WarnOfRepeatedItems(expression, diagnostics);
        }

        var ratios = new RatioLinter(bound, diagnostics);
        foreach ((BoundStatement statement, TextSpan place) in Statements(bound))
        {
            ratios.Lint(statement, place);
            foreach (BoundExpression value in ValuesOf(statement))
            {
                WarnOfNeedlessTests(value, place, diagnostics);
            }
        }

        new WindowLinter(bound, diagnostics).Lint();
        return
        [
            .. diagnostics.ToImmutable().Concat(StateBudget.Check(script, path, null))
                .OrderBy(found => found.Line).ThenBy(found => found.Column).Take(DiagnosticBag.ShownMax),
        ];
    }

    private static void WarnOfUnread(BoundScript bound, DiagnosticBag diagnostics)
    {
        HashSet<string> read =
        [
            .. Expressions(bound.Syntax).SelectMany(SyntaxChildren.WithDescendants).OfType<ReferenceSyntax>()
                .Select(reference => reference.Name.Text),
        ];
        foreach (LetSyntax let in bound.Syntax.Declarations.OfType<LetSyntax>())
        {
            if (!read.Contains(let.Name.Text))
            {
                diagnostics.Warn("W201", let.Name.Span, $"nothing reads the let '{let.Name.Text}'", "leave it out");
            }
        }

        string[] known = [bound.Request.Fields[bound.IdField].Name, bound.Request.Fields[bound.TimeField].Name];
        foreach (FieldSyntax field in bound.Syntax.Declarations.OfType<EventSyntax>()
            .Where(node => node.IsRequest).SelectMany(node => node.Fields))
        {
            bool used = read.Contains(field.Name.Text) || known.Contains(field.Name.Text)
                || IsUsedByOtherDeclarations(bound.Syntax, field.Name.Text);
            if (!used)
            {
                diagnostics.Warn(
                    "W202",
                    field.Name.Span,
                    $"nothing reads the field '{field.Name.Text}'",
                    "every client must send it; leave it out");
            }
        }
    }

    private static bool IsUsedByOtherDeclarations(ScriptSyntax script, string field) =>
        script.Declarations.OfType<WindowSyntax>().Any(window => window.Keys.Any(key => key.Text == field))
        || script.Declarations.OfType<LabelSyntax>().Any(label => label.Any?.RequestField.Text == field);

    // An id is new in every row: a model that sees it learns the training rows by heart.
    private static void WarnOfIdentifiers(BoundScript bound, DiagnosticBag diagnostics)
    {
        string id = bound.Request.Fields[bound.IdField].Name;
        foreach (FeatureSyntax feature in bound.Syntax.Declarations.OfType<FeatureSyntax>())
        {
            if (SyntaxChildren.OutsideWindows(feature.Value).OfType<ReferenceSyntax>()
                .Any(reference => reference.Name.Text == id))
            {
                diagnostics.Warn(
                    "W210",
                    feature.Value.Span,
                    $"feature '{feature.Name.Text}' reads the request's id '{id}', which is new in every row",
                    "the model would learn rows by heart; use a part of it that repeats");
            }
        }
    }

    private static void WarnOfRepeatedItems(ExpressionSyntax expression, DiagnosticBag diagnostics)
    {
        foreach (InSyntax contained in SyntaxChildren.WithDescendants(expression).OfType<InSyntax>())
        {
            var seen = new HashSet<string>();
            foreach (LiteralSyntax item in contained.Items)
            {
                if (!seen.Add(item.NumberText))
                {
                    diagnostics.Warn(
                        "W220", item.Span, $"{item.NumberText} stands twice in this list", "leave one out");
                }
            }
        }
    }

    private static void WarnOfNeedlessTests(BoundExpression value, TextSpan place, DiagnosticBag diagnostics)
    {
        foreach (BoundExpression node in BoundChildren.WithDescendants(value))
        {
            switch (node)
            {
                case BoundCoalesce { Left.Type.Optional: false }:
                    diagnostics.Warn("W221", place, "the left side of ?? is never missing", "leave ?? out");
                    break;
                case BoundIsMissing { Operand.Type.Optional: false } test:
                    string result = test.IsNegated ? "true" : "false";
                    diagnostics.Warn(
                        "W222", place, $"this is never missing, so the test is always {result}", "leave it out");
                    break;
                case BoundArithmetic { Operator: ArithmeticOperator.Divide, Right: BoundLiteral { Slot: 0 } }:
                    diagnostics.Warn("W223", place, "a division by 0 is always missing", "");
                    break;
                default:
                    break;
            }
        }
    }

    private static IEnumerable<(BoundStatement Statement, TextSpan Place)> Statements(BoundScript bound)
    {
        Dictionary<string, TextSpan> places = bound.Syntax.Declarations.Select(node => node switch
        {
            LetSyntax let => (let.Name.Text, let.Value.Span),
            FeatureSyntax feature => (feature.Name.Text, feature.Value.Span),
            _ => ("", node.Span),
        }).Where(pair => pair.Item1.Length > 0).ToDictionary(pair => pair.Item1, pair => pair.Item2);
        return bound.Statements.Select(statement => (statement, places[statement.Name]));
    }

    private static IEnumerable<BoundExpression> ValuesOf(BoundStatement statement) => statement switch
    {
        BoundLet let => let.Members.Select(member => member.Value),
        BoundFeature feature => feature.Members.Select(member => member.Value),
        _ => [],
    };

    private static IEnumerable<ExpressionSyntax> Expressions(ScriptSyntax script) =>
        script.Declarations.SelectMany(node =>
        node switch
        {
            LetSyntax let => [let.Value],
            FeatureSyntax feature => [feature.Value],
            LabelSyntax { Value: { } value } => [value],
            LabelSyntax { Any.Where: { } where } => [where],
            WindowSyntax { Where: { } where } => [where],
            _ => Enumerable.Empty<ExpressionSyntax>(),
        });
}
