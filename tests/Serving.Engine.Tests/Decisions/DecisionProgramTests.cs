using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Decisions;
using Serving.Features;
using Xunit;

namespace Serving.Engine.Tests.Decisions;

/// <summary>What is decided for a row and its score: rules, thresholds at their edge, costs and ties.</summary>
public sealed class DecisionProgramTests
{
    private const string Head = "\"format\": \"serving.decision\", \"version\": 1";

    private const string Thresholds =
        "\"thresholds\": [{ \"from\": 0.6, \"decision\": \"review\", \"reason\": \"R60\" }, "
        + "{ \"from\": 0.9, \"decision\": \"decline\", \"reason\": \"R90\" }], \"otherwise\": \"approve\"";

    private static readonly RowSchema s_rows = new(
        "m",
        [
            new Field("amount", new FieldType(ValueKind.Float)),
            new Field("age", new FieldType(ValueKind.Float, Optional: true)),
        ]);

    [Theory]
    [InlineData(0.0, "approve ")]
    [InlineData(0.59, "approve ")]
    [InlineData(0.6, "review R60")]
    [InlineData(0.7, "review R60")]
    [InlineData(0.9, "decline R90")]
    [InlineData(1.0, "decline R90")]
    public void Decide_Thresholds_GreatestThatIsAtMostTheScore(double score, string expected) =>
        Assert.Equal(expected, Decide(Thresholds, score));

    [Theory]
    [InlineData(0.6, "review R60", "approve ")]
    [InlineData(0.9, "decline R90", "review R60")]
    public void Decide_NextNumberBelowAnEdge_IsBelowIt(double edge, string at, string below)
    {
        Assert.Equal(at, Decide(Thresholds, edge));
        Assert.Equal(at, Decide(Thresholds, Math.BitIncrement(edge)));
        Assert.Equal(below, Decide(Thresholds, Math.BitDecrement(edge)));
    }

    [Theory]
    [InlineData(0.1, 80, "approve ")]
    [InlineData(0.25, 80, "approve ")]
    [InlineData(0.26, 80, "review ")]
    [InlineData(0.5, 80, "review ")]
    [InlineData(0.51, 80, "decline ")]
    [InlineData(1.0, 0, "approve ")]
    [InlineData(2.0, 80, "decline ")]
    [InlineData(-1.0, 80, "approve ")]
    public void Decide_Costs_LeastExpectedAndTiesInOrder(double score, double amount, string expected)
    {
        // Approve costs 80 p, review 20, decline 40 (1 - p): ties at 0.25, 0.5 and, where approving is free, 1.
        const string Costs = "\"costs\": { \"decline\": { \"positive\": \"0\", \"negative\": \"40\" }, "
            + "\"approve\": { \"positive\": \"amount\", \"negative\": \"0\" }, "
            + "\"review\": { \"positive\": \"20\", \"negative\": \"20\" } }";
        Assert.Equal(expected, Decide(Costs, score, amount));
    }

    [Theory]
    [InlineData("age > 30.0", double.NaN, "approve ")]
    [InlineData("not (age > 30.0)", double.NaN, "approve ")]
    [InlineData("age is missing", double.NaN, "decline R1")]
    [InlineData("(age ?? 99.0) > 30.0", double.NaN, "decline R1")]
    [InlineData("age > 30.0", 31, "decline R1")]
    [InlineData("age > 30.0 or amount > 1.0", double.NaN, "approve ")]
    [InlineData("((age > 30.0) ?? false) or amount > 1.0", double.NaN, "decline R1")]
    public void Decide_RuleOverAMissingField_DoesNotFireUnlessItSaysSo(string when, double age, string expected) =>
        Assert.Equal(
            expected,
            Decide(
                $"\"rules\": [{{ \"when\": \"{when}\", \"decision\": \"decline\", \"reason\": \"R1\" }}], {Thresholds}",
                0.1, 5, age));

    [Fact]
    public void Decide_SeveralRules_TheFirstThatFires()
    {
        const string Rules = "\"rules\": [{ \"when\": \"score > 0.5\", \"decision\": \"review\", \"reason\": \"A\" }, "
            + "{ \"when\": \"true\", \"decision\": \"approve\" }], ";
        Assert.Equal("review A", Decide(Rules + Thresholds, 0.95));
        Assert.Equal("approve ", Decide(Rules + Thresholds, 0.5));
    }

    [Fact]
    public void DecideAt_LowerSteps_NeedNoScore()
    {
        DecisionProgram program = Bind(
            "\"rules\": [{ \"when\": \"score > 0.0\", \"decision\": \"approve\" }, "
            + "{ \"when\": \"amount > 10.0\", \"decision\": \"decline\", \"reason\": \"R1\" }], "
            + "\"fallback\": { \"policy\": { \"decision\": \"review\", \"score\": 0.5, \"reason\": \"R0\" } }");
        Assert.Equal("decline R1", Text(program, Outcome(program, ScoringStep.Rules, double.NaN, 11)));
        Assert.Equal("review R0", Text(program, Outcome(program, ScoringStep.Rules, double.NaN, 9)));
        Assert.Equal("review R0", Text(program, Outcome(program, ScoringStep.Policy, double.NaN, 11)));
        Assert.Equal("approve ", Text(program, Outcome(program, ScoringStep.RequestModel, 0.5, 11)));
    }

    [Theory]
    [InlineData(
        "\"rules\": [{ \"when\": \"amuont > 1.0\", \"decision\": \"review\" }]", "decision.json, rules[0], when:1:1")]
    [InlineData("\"rules\": [{ \"when\": \"amount\", \"decision\": \"review\" }]", "decision.json, rules[0], when:1:1")]
    [InlineData(
        "\"costs\": { \"review\": { \"positive\": \"1\", \"negative\": \"age\" } }",
        "decision.json, costs, review, negative:1:1")]
    public void Bind_WrongExpression_IsNamedWithItsPlace(string parts, string place)
    {
        var problems = new BundleProblems();
        Assert.Null(DecisionProgram.Bind(Document(parts), null, null, s_rows, problems));
        Assert.Equal(place, Assert.Single(problems.Shown).Place);
    }

    private static string Decide(string parts, double score, double amount = 5, double age = 20)
    {
        DecisionProgram program = Bind(parts);
        return Text(program, Outcome(program, ScoringStep.Full, score, amount, age));
    }

    private static DecisionProgram Bind(string parts)
    {
        var problems = new BundleProblems();
        DecisionProgram? program = DecisionProgram.Bind(Document(parts), null, null, s_rows, problems);
        Assert.True(program is not null, string.Join('\n', problems.Shown));
        return program;
    }

    private static DecisionDocument Document(string parts)
    {
        var problems = new BundleProblems();
        DecisionDocument? document = DecisionReader.Read(Encoding.UTF8.GetBytes($"{{ {Head}, {parts} }}"), problems);
        Assert.True(document is not null, string.Join('\n', problems.Shown));
        return document;
    }

    private static DecisionOutcome Outcome(
        DecisionProgram program, ScoringStep step, double score, double amount, double age = 20)
    {
        var rows = new RowBatch(s_rows);
        rows.AddRow();
        rows.SetFloat(0, 0, amount);
        if (!double.IsNaN(age))
        {
            rows.SetFloat(0, 1, age);
        }

        FeatureFrame? frame = program.CreateFrame();
        return program.DecideAt(step, rows, null, 0, score, frame);
    }

    private static string Text(DecisionProgram program, DecisionOutcome outcome) => string.Create(
        CultureInfo.InvariantCulture,
        $"{DecisionWords.Of(outcome.Decision)} {program.Texts.CodeAt(outcome.Reason)}");
}
