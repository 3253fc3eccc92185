using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Bundles;
using Serving.Features;
using Serving.Features.Scoring;

namespace Serving.Engine.Decisions;

/// <summary>
/// The decisions of a bundle, bound against its script: pure, the same for a server and a replay. Immutable and safe
/// for use by several threads, each with a frame of its own; deciding allocates nothing after warm-up.
/// </summary>
internal sealed class DecisionProgram
{
    // Conditions of the rules first, then two numbers for each cost.
    private readonly ScoredExpressions? _expressions;
    private readonly DecisionOutcome[] _rules;
    private readonly bool[] _needsScore;
    private readonly Decision[] _costs;

    // The greatest first.
    private readonly double[] _from;
    private readonly DecisionOutcome[] _thresholds;

    private DecisionProgram(DecisionDocument document, ScoredExpressions? expressions)
    {
        Document = document;
        _expressions = expressions;
        Texts = new DecisionTexts(document);
        _rules = [.. document.Rules.Select(rule => OutcomeOf(rule.Decision, rule.Reason))];
        _needsScore = [.. Enumerable.Range(0, _rules.Length).Select(rule => expressions!.ReadsScore(rule))];
        _costs = [.. document.Costs.Select(cost => cost.Decision)];
        _from = [.. document.Thresholds.Select(threshold => threshold.From)];
        _thresholds = [.. document.Thresholds.Select(item => OutcomeOf(item.Decision, item.Reason))];
        OfPolicy = document.Policy is { } policy ? OutcomeOf(policy.Decision, policy.Reason) : DecisionOutcome.None;
        HasRulesWithoutScore = _needsScore.Contains(false);
    }

    /// <summary>What it was made of.</summary>
    public DecisionDocument Document { get; }

    /// <summary>Its codes and their texts.</summary>
    public DecisionTexts Texts { get; }

    /// <summary>What the fixed answer decides.</summary>
    public DecisionOutcome OfPolicy { get; }

    /// <summary>Whether a rule needs no score.</summary>
    public bool HasRulesWithoutScore { get; }

    /// <summary>
    /// Binds a document against a script, or where there is none against the request's fields; null after noting every
    /// problem.
    /// </summary>
    public static DecisionProgram? Bind(
        DecisionDocument document,
        FeatureScript? script,
        FittedStatistics? statistics,
        RowSchema rows,
        BundleProblems problems)
    {
        ImmutableArray<ScoredExpression> sources = [.. SourcesOf(document)];
        if (sources.IsEmpty)
        {
            return new DecisionProgram(document, null);
        }

        ScoredExpressions? expressions = script is null
            ? ScoredExpressions.Bind(rows, sources, out ImmutableArray<Diagnostic> found)
            : ScoredExpressions.Bind(script, statistics, sources, out found);
        foreach (Diagnostic error in found.Where(diagnostic => diagnostic.IsError))
        {
            problems.Add(
                $"{error.Path}:{error.Line}:{error.Column}", $"{error.Code} {error.Message}",
                "an expression over the request's fields, lets, features and score", error.Help);
        }

        return expressions is null ? null : new DecisionProgram(document, expressions);
    }

    /// <summary>Scratch memory of one deciding thread; null where none is needed.</summary>
    public FeatureFrame? CreateFrame() => _expressions?.CreateFrame();

    /// <summary>What is decided at a step of the ladder for a row with its score.</summary>
    [HotPath]
    public DecisionOutcome DecideAt(
        ScoringStep step, RowBatch rows, WindowValues? windows, int row, double score, FeatureFrame? frame) =>
            step switch
    {
        ScoringStep.Policy => OfPolicy,
        ScoringStep.Rules => TryRules(rows, windows, row, frame, out DecisionOutcome found) ? found : OfPolicy,
        _ => Decide(rows, windows, row, score, frame),
    };

    /// <summary>
    /// What is decided for a score: by the first rule that fires, else by the cheapest decision or by the greatest
    /// threshold that is at most the score.
    /// </summary>
    [HotPath]
    public DecisionOutcome Decide(
        RowBatch rows, WindowValues? windows, int row, double score, FeatureFrame? frame)
    {
        if (_expressions is not null)
        {
            _expressions.Evaluate(rows, windows, row, score, frame!);
            for (int rule = 0; rule < _rules.Length; rule++)
            {
                if (_expressions.IsTrue(frame!, rule))
                {
                    return _rules[rule];
                }
            }
        }

        return _costs.Length > 0 ? new DecisionOutcome(Cheapest(score, frame!), -1) : ByThreshold(score);
    }

    /// <summary>What the rules that need no score decide; false where none of them fires.</summary>
    [HotPath]
    public bool TryRules(
        RowBatch rows, WindowValues? windows, int row, FeatureFrame? frame, out DecisionOutcome outcome)
    {
        outcome = DecisionOutcome.None;
        if (!HasRulesWithoutScore)
        {
            return false;
        }

        _expressions!.Evaluate(rows, windows, row, double.NaN, frame!);
        for (int rule = 0; rule < _rules.Length; rule++)
        {
            if (!_needsScore[rule] && _expressions.IsTrue(frame!, rule))
            {
                outcome = _rules[rule];
                return true;
            }
        }

        return false;
    }

    [HotPath]
    private DecisionOutcome ByThreshold(double score)
    {
        for (int place = 0; place < _from.Length; place++)
        {
            if (_from[place] <= score)
            {
                return _thresholds[place];
            }
        }

        return new DecisionOutcome(Document.Otherwise, -1);
    }

    // A score that is no probability is taken as the nearest one. Costs stand in the order that decides ties.
    [HotPath]
    private Decision Cheapest(double score, FeatureFrame frame)
    {
        double probability = Math.Clamp(score, 0, 1);
        Decision best = _costs[0];
        double least = double.PositiveInfinity;
        for (int cost = 0; cost < _costs.Length; cost++)
        {
            int place = _rules.Length + (2 * cost);
            double expected = (probability * _expressions!.NumberOf(frame, place))
                + ((1 - probability) * _expressions.NumberOf(frame, place + 1));
            if (expected < least)
            {
                least = expected;
                best = _costs[cost];
            }
        }

        return best;
    }

    private static IEnumerable<ScoredExpression> SourcesOf(DecisionDocument document)
    {
        const string Name = DecisionDocument.FileName;
        for (int rule = 0; rule < document.Rules.Length; rule++)
        {
            yield return new ScoredExpression(
                $"{Name}, rules[{rule}], when", document.Rules[rule].When, ScoredKind.Condition);
        }

        foreach (DecisionCost cost in document.Costs)
        {
            string place = $"{Name}, costs, {DecisionWords.Of(cost.Decision)}";
            yield return new ScoredExpression($"{place}, positive", cost.Positive, ScoredKind.Number);
            yield return new ScoredExpression($"{place}, negative", cost.Negative, ScoredKind.Number);
        }
    }

    private DecisionOutcome OutcomeOf(Decision decision, string? reason) => new(decision, Texts.PlaceOf(reason));
}
