using System.Text;
using Serving.Engine.Bundles;
using Serving.Engine.Decisions;
using Xunit;

namespace Serving.Engine.Tests.Decisions;

/// <summary>What a decision.json may say, and where a wrong one is named.</summary>
public sealed class DecisionReaderTests
{
    private const string Head = "\"format\": \"serving.decision\", \"version\": 1";

    [Fact]
    public void Read_TheContractsExample_IsTaken()
    {
        DecisionDocument document = Read("""
            { "format": "serving.decision", "version": 1,
              "rules": [{ "when": "amount > 5000.00 and foreign", "decision": "review", "reason": "R12" }],
              "thresholds": [{ "from": 0.6, "decision": "review", "reason": "R60" },
                { "from": 0.9, "decision": "decline", "reason": "R90" }], "otherwise": "approve",
              "explore": 0.005, "languages": ["en", "cs"],
              "fallback": { "max_missing": 0.5, "policy": { "decision": "review", "score": 0.5, "reason": "R00" } },
              "reasons": { "R12": { "en": "Large amount abroad", "cs": "x" } } }
            """, out BundleProblems problems)!;
        Assert.Equal(0, problems.Count);
        Assert.Equal([new DecisionRule("amount > 5000.00 and foreign", Decision.Review, "R12")], document.Rules);
        Assert.Equal(
            [new DecisionThreshold(0.9, Decision.Decline, "R90"), new DecisionThreshold(0.6, Decision.Review, "R60")],
            document.Thresholds);
        Assert.Equal(Decision.Approve, document.Otherwise);
        Assert.Equal(50, document.ExploredBuckets);
        Assert.Equal(["en", "cs"], document.Languages);
        Assert.Equal(0.5, document.MissingMax);
        Assert.Equal(new FallbackPolicy(Decision.Review, 0.5, "R00"), document.Policy);
        Assert.Equal("x", document.Reasons["R12"]["cs"]);
    }

    [Fact]
    public void Read_HeadAlone_DecidesNothing()
    {
        DecisionDocument document = Read($"{{ {Head} }}", out _)!;
        Assert.Empty(document.Rules);
        Assert.Equal(Decision.None, document.Otherwise);
        Assert.Null(document.Policy);
        Assert.Equal(1, document.MissingMax);
    }

    [Theory]
    [InlineData("", "decision.json")]
    [InlineData("[]", "decision.json")]
    [InlineData("{ \"version\": 1 }", "decision.json, format")]
    [InlineData("{ \"format\": \"serving.bundle\", \"version\": 1 }", "decision.json, format")]
    [InlineData("{ \"format\": \"serving.decision\", \"version\": 2 }", "decision.json, version")]
    [InlineData("{ HEAD, \"rulez\": [] }", "decision.json")]
    [InlineData("{ HEAD, \"rules\": {} }", "decision.json, rules")]
    [InlineData("{ HEAD, \"rules\": [{ \"when\": \"true\" }] }", "decision.json, rules[0], decision")]
    [InlineData("{ HEAD, \"rules\": [{ \"decision\": \"review\" }] }", "decision.json, rules[0], when")]
    [InlineData("{ HEAD, \"rules\": [{ \"when\": 1, \"decision\": \"review\" }] }", "decision.json, rules[0], when")]
    [InlineData("{ HEAD, \"otherwise\": \"block\" }", "decision.json, otherwise")]
    [InlineData(
        "{ HEAD, \"thresholds\": [{ \"from\": \"0.5\", \"decision\": \"review\" }] }",
        "decision.json, thresholds[0], from")]
    [InlineData(
        "{ HEAD, \"thresholds\": [{ \"from\": 1e999, \"decision\": \"review\" }] }",
        "decision.json, thresholds[0], from")]
    [InlineData(
        "{ HEAD, \"thresholds\": [{ \"from\": 1, \"decision\": \"review\" }, "
        + "{ \"from\": 1.0, \"decision\": \"decline\" }] }",
        "decision.json, thresholds")]
    [InlineData(
        "{ HEAD, \"thresholds\": [], \"costs\": { \"approve\": { \"positive\": \"1\", \"negative\": \"0\" } } }",
        "decision.json")]
    [InlineData("{ HEAD, \"costs\": {} }", "decision.json, costs")]
    [InlineData(
        "{ HEAD, \"costs\": { \"block\": { \"positive\": \"1\", \"negative\": \"0\" } } }",
        "decision.json, costs")]
    [InlineData(
        "{ HEAD, \"costs\": { \"approve\": { \"positive\": \"1\" } } }",
        "decision.json, costs, approve, negative")]
    [InlineData("{ HEAD, \"explore\": 1.5 }", "decision.json, explore")]
    [InlineData("{ HEAD, \"explore\": 0.00001 }", "decision.json, explore")]
    [InlineData("{ HEAD, \"languages\": [\"e\"] }", "decision.json, languages[0]")]
    [InlineData("{ HEAD, \"languages\": [\"en\", \"EN\"] }", "decision.json, languages")]
    [InlineData(
        "{ HEAD, \"languages\": [\"en\"], \"reasons\": { \"R\": { \"de\": \"x\" } } }",
        "decision.json, reasons, 'R'")]
    [InlineData("{ HEAD, \"reasons\": { \"R\": { \"en\": 5 } } }", "decision.json, reasons, 'R', en")]
    [InlineData("{ HEAD, \"fallback\": { \"max_missing\": 2 } }", "decision.json, fallback, max_missing")]
    [InlineData(
        "{ HEAD, \"fallback\": { \"policy\": { \"score\": 0.5 } } }",
        "decision.json, fallback, policy, decision")]
    [InlineData(
        "{ HEAD, \"fallback\": { \"policy\": { \"decision\": \"review\" } } }",
        "decision.json, fallback, policy, score")]
    [InlineData("{ HEAD, \"explore\": 0, \"explore\": 0 }", "decision.json")]
    [InlineData("{ HEAD, \"otherwise\": \"\\ud800\" }", "decision.json")]
    public void Read_WrongDocument_IsRefusedAtItsPlace(string text, string place)
    {
        Assert.Null(Read(text.Replace("HEAD", Head, StringComparison.Ordinal), out BundleProblems problems));
        Assert.Equal([place], problems.Shown.Select(problem => problem.Place).Distinct());
    }

    [Fact]
    public void Read_ManyProblems_AreAllCollected()
    {
        Read(
            $"{{ {Head}, \"otherwise\": 1, \"explore\": 2, \"rules\": [1, {{}}], \"fallback\": {{ \"policy\": 5 }} }}",
            out BundleProblems problems);
        Assert.True(problems.Count >= 6, $"{problems.Count}");
    }

    private static DecisionDocument? Read(string text, out BundleProblems problems)
    {
        problems = new BundleProblems();
        return DecisionReader.Read(Encoding.UTF8.GetBytes(text), problems);
    }
}
