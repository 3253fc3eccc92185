using System.Collections.Immutable;
using Serving.Features.Binding.Tree;
using Serving.Features.Formatting;
using Serving.Features.Syntax;

namespace Serving.Features.Explanation;

/// <summary>Builds the explanation of a script.</summary>
internal sealed class ScriptExplainer(FeatureScript script)
{
    private readonly ILookup<string, FeatureSyntax> _features =
        script.Bound.Syntax.Declarations.OfType<FeatureSyntax>().ToLookup(node => node.Name.Text);

    public ScriptExplanation Explain()
    {
        BoundScript bound = script.Bound;
        ImmutableArray<FeatureExplanation> items = [.. bound.Statements.SelectMany(Explain)];
        ImmutableArray<LogExplanation> state = new StateExplainer(script).Explain();
        return new ScriptExplanation(
            bound.Name,
            bound.Version,
            bound.Zone.Id,
            [.. bound.Request.Fields.Select(field => $"{field.Name}: {field.Type}")],
            items,
            items.Sum(item => item.Operations) + state.Sum(log => log.Operations),
            items.Sum(item => item.Nanoseconds) + state.Sum(log => log.Nanoseconds))
        {
            State = state,
        };
    }

    private IEnumerable<FeatureExplanation> Explain(BoundStatement statement) => statement switch
    {
        BoundLet let => let.Members.Select(member => Explain(member.Cell, member.Value)),
        BoundFeature feature => feature.Members.Select(member => Explain(feature, member)),
        _ => [],
    };

    private FeatureExplanation Explain(Cell cell, BoundExpression value)
    {
        (int operations, double nanoseconds) = OperationCost.Of(value);
        return new FeatureExplanation(
            cell.Name, "let", cell.Type.ToString(), "", [], 0, ReadsOf(value), operations, nanoseconds);
    }

    private FeatureExplanation Explain(BoundFeature feature, BoundFeatureMember member)
    {
        (int operations, double nanoseconds) = OperationCost.Of(member.Value);
        FeatureSyntax syntax = _features[feature.Name].First();
        return new FeatureExplanation(
            member.Name,
            "feature",
            member.Raw.Type.ToString(),
            string.Join(" -> ", syntax.Encoders.Select(DeclarationText.OfEncoder)),
            member.ColumnNames,
            IdsOf(member),
            ReadsOf(member.Value),
            operations + member.Encoders.Length,
            nanoseconds + member.Encoders.Sum(OperationCost.Of));
    }

    private static long IdsOf(BoundFeatureMember member)
    {
        if (!member.IsDiscrete)
        {
            return 0;
        }

        if (member.Encoders.Length == 0)
        {
            return 4;
        }

        BoundEncoder last = member.Encoders[^1];
        return last.Kind switch
        {
            EncoderKind.Hash or EncoderKind.Bits => last.Sizes[0] + 2,
            EncoderKind.Edges => last.Numbers.Length + 3,
            _ => -1,
        };
    }

    private ImmutableArray<string> ReadsOf(BoundExpression value) =>
    [
        .. BoundChildren.WithDescendants(value)
            .Select(node => node switch
            {
                BoundField field => field.Name,
                BoundCell cell => cell.Cell.Name,
                BoundWindowValue read => SpanOf(script.Bound.WindowCalls[read.Slot]),
                _ => "",
            })
            .Where(name => name.Length > 0)
            .Distinct(StringComparer.Ordinal),
    ];

    // As an expression names it.
    private static string SpanOf(BoundWindowCall call) => call.Window.Spans.Length == 1
        ? call.Window.Name
        : $"{call.Window.Name}[{call.Window.Spans[call.Span].Text}]";
}
