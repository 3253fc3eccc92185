using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>Finds out whether values before encoders depend on fitted encoders.</summary>
internal static class FittedUse
{
    /// <summary>Whether an expression reads the encoded cell of a feature whose chain must be fitted.</summary>
    public static bool RawNeedsStatistics(BoundScript script)
    {
        HashSet<Cell> fitted = [.. script.Features.SelectMany(feature => feature.Members)
            .Where(member => member.Encoders.Any(encoder => encoder.NeedsStatistics))
            .SelectMany(member => member.Encoded)];
        return Values(script).SelectMany(BoundChildren.WithDescendants)
            .Any(node => node is BoundCell cell && fitted.Contains(cell.Cell));
    }

    private static IEnumerable<BoundExpression> Values(BoundScript script) => script.Statements.SelectMany(statement =>
        statement switch
        {
            BoundLet let => let.Members.Select(member => member.Value),
            BoundFeature feature => feature.Members.Select(member => member.Value),
            _ => [],
        });
}
