using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// What one pass evaluates and counts. The values of a row are the raw cells of the members, then the label, then the
/// condition, where there are any.
/// </summary>
internal sealed class FittingPassPlan
{
    public FittingPassPlan(
        FeatureScript script,
        FittingOptions options,
        BoundExpression? condition,
        ImmutableArray<BoundFeatureMember> members,
        MemoryBudget budget,
        CellCompiler compile,
        FittedStatistics known)
    {
        Script = script;
        Options = options;
        Members = members;
        Budget = budget;
        var wanted = ImmutableArray.CreateBuilder<BoundExpression>();
        wanted.AddRange(members.Select(member => new BoundCell(member.Raw)));
        bool needsLabel = members.SelectMany(member => member.Encoders).Any(encoder => encoder.NeedsLabel);
        if (needsLabel && options.LabelField is null)
        {
            LabelPlace = wanted.Count;
            wanted.Add(script.Bound.Label ?? throw new InputException(new InputProblem(
                $"script {script.Name}",
                "no label that a row alone tells",
                "one, since encoders are fitted against it")));
        }

        if (condition is not null)
        {
            ConditionPlace = wanted.Count;
            wanted.Add(condition);
        }

        Cells = FittingCells.Of(script.Bound, wanted.ToImmutable());
        Program = compile(Cells, known);
    }

    public FeatureScript Script { get; }

    public FittingOptions Options { get; }

    public ImmutableArray<BoundFeatureMember> Members { get; }

    public MemoryBudget Budget { get; }

    /// <summary>Whether numbers are sketched beyond a number of distinct ones; then the pass has one thread.</summary>
    public bool Sketches { get; init; }

    /// <summary>What is evaluated for every row.</summary>
    public FittingCells Cells { get; }

    /// <summary>Evaluates the cells.</summary>
    public CellProgram Program { get; }

    /// <summary>Place of the label's value, or -1.</summary>
    public int LabelPlace { get; } = -1;

    /// <summary>Place of the condition's value, or -1.</summary>
    public int ConditionPlace { get; } = -1;
}
