using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Features;
using Serving.Models;
using Xunit;

namespace Serving.Engine.Tests.Bundles;

public sealed class ColumnMappingTests
{
    // Columns and inputs: NAME is continuous or dense, NAME:SIZE is ids, NAME:SIZE* is a list of ids.
    [Theory]
    [InlineData("a b:4", "b:4 a", false, "0 -1 | -1 0")]
    [InlineData("a b c", "c a", false, "1 -1 0 | -1 -1 -1")]
    [InlineData("a b", "f0 f1", true, "0 1 | -1 -1")]
    [InlineData("a b:4", "f0 f1", true, "0 1 | -1 -1")]
    [InlineData("a t:9*", "t:10", false, "-1 -1 | -1 0")]
    public void Create_SidesThatFit_GivesTheLayout(string columns, string inputs, bool hasDefaultNames, string expected)
    {
        var problems = new BundleProblems();
        FeatureLayout layout = ColumnMapping.Create(Columns(columns), Model(inputs, hasDefaultNames, false), problems)!;
        Assert.Equal(0, problems.Count);
        Assert.Equal(expected, $"{string.Join(' ', layout.DensePlaces)} | {string.Join(' ', layout.IdPlaces)}");
    }

    [Theory]
    [InlineData("a b", "a c", false, false, "a, c (2), expected names of feature columns: a, b (2)")]
    [InlineData("a b c", "f0 f1", true, false, "default names")]
    [InlineData("a b", "f0 f1", false, false, "name them alike")]
    [InlineData("a", "a:4", false, true, "a column of ids")]
    [InlineData("a:5", "a:4", false, true, "at least 5")]
    [InlineData("a:5", "a", false, true, "under ids")]
    [InlineData("a:5*", "a", false, false, "several ids")]
    public void Create_SidesThatDoNotFit_ListsBoth(
        string columns, string inputs, bool hasDefaultNames, bool isLinear, string reason)
    {
        var problems = new BundleProblems();
        Assert.Null(ColumnMapping.Create(Columns(columns), Model(inputs, hasDefaultNames, isLinear), problems));
        Assert.Contains(reason, problems.ToException().Message, StringComparison.Ordinal);
    }

    private static ImmutableArray<FeatureColumn> Columns(string text) => [.. text.Split(' ').Select(word =>
    {
        string[] parts = word.TrimEnd('*').Split(':');
        bool isMulti = word.EndsWith('*');
        return parts.Length == 1
            ? new FeatureColumn(parts[0], false, 0, 0)
            : new FeatureColumn(parts[0], true, uint.Parse(parts[1]), isMulti ? 8 : 1, isMulti);
    })];

    private static BundleModel Model(string text, bool hasDefaultNames, bool isLinear)
    {
        ImmutableArray<ModelInput> inputs = [.. text.Split(' ').Select(word => word.Split(':')).Select(parts =>
            new ModelInput(parts[0], parts.Length > 1, parts.Length > 1 ? uint.Parse(parts[1]) : 0))];
        return new BundleModel
        {
            Format = "fake",
            Inputs = inputs,
            Categories = [.. inputs.Select(_ => ImmutableArray<string>.Empty)],
            HasDefaultNames = hasDefaultNames,
            IsLinear = isLinear,
            MemoryBytes = 0,
            CreateScorer = () => throw new NotSupportedException(),
            CreateReference = () => throw new NotSupportedException(),
        };
    }
}
