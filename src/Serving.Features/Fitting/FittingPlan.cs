using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// Which members are fitted in which pass over the data: the fewest passes are as many as the longest chain of features
/// that name one another with fitted encoders between them (R23); a member's own chain needs one pass.
/// </summary>
internal static class FittingPlan
{
    /// <summary>The members to fit in each pass; empty where nothing is fitted.</summary>
    public static ImmutableArray<ImmutableArray<BoundFeatureMember>> Of(BoundScript script)
    {
        var passOf = new Dictionary<BoundFeatureMember, int>();
        foreach (BoundFeatureMember member in script.Features.SelectMany(feature => feature.Members).Where(IsFitted))
        {
            CellUse use = CellUse.Of(script, [new BoundCell(member.Raw)]);
            passOf[member] = use.EncodedMembers.Where(IsFitted)
                .Select(named => passOf[named] + 1).DefaultIfEmpty(0).Max();
        }

        return
        [
            .. passOf.GroupBy(pair => pair.Value).OrderBy(pass => pass.Key)
                .Select(pass => pass.Select(pair => pair.Key).ToImmutableArray()),
        ];
    }

    /// <summary>Refuses a label or condition that reads what is to be fitted with its help.</summary>
    /// <exception cref="InputException">It does.</exception>
    public static void RefuseFitted(BoundScript script, BoundExpression? expression, string what)
    {
        if (expression is not null
            && CellUse.Of(script, [expression]).EncodedMembers.FirstOrDefault(IsFitted) is { } fitted)
        {
            throw new InputException(new InputProblem(
                what,
                $"feature '{fitted.Name}', whose encoders are being fitted",
                "request fields, lets, and features without fitted encoders",
                "name the value before its encoder, e.g. through a let"));
        }
    }

    private static bool IsFitted(BoundFeatureMember member) => member.Encoders.Any(encoder => encoder.NeedsStatistics);
}
