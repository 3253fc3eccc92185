using Serving.Data;
using Serving.Engine.Decisions;
using Serving.Engine.Pipeline;
using Serving.Engine.Tests.Fakes;
using Xunit;

namespace Serving.Engine.Tests.Decisions;

/// <summary>
/// Every step of the ladder, by what is wrong and what the bundle has: which step answers, with which score and
/// decision.
/// </summary>
public sealed class ScoringLadderTests : IDisposable
{
    private const string Policy = "\"policy\": { \"decision\": \"review\", \"score\": 0.25, \"reason\": \"R00\" }";

    private const string Rest = "\"thresholds\": [{ \"from\": 0.6, \"decision\": \"decline\", \"reason\": \"R60\" }], "
        + "\"otherwise\": \"approve\", \"languages\": [\"en\", \"cs\"], "
        + "\"reasons\": { \"R60\": { \"en\": \"High\", \"cs\": \"Vysoké\" }, \"R1\": { \"en\": \"Large\" } }";

    private const string Rules =
        "\"rules\": [{ \"when\": \"score > 0.99\", \"decision\": \"decline\", \"reason\": \"R9\" }, "
        + "{ \"when\": \"amount > 50.0\", \"decision\": \"decline\", \"reason\": \"R1\" }], ";

    private readonly BundleFolder _folder = new();
    private FaultyModelReader? _reader;
    private InferenceEngine? _engine;

    public void Dispose()
    {
        _reader?.Dispose();
        _engine?.Dispose();
        _folder.Dispose();
    }

    // amount 4 gives score 0.8, the request model for it 7 / 8, amount 100 fires the rule; age 1 keeps its share low.
    [Theory]
    [InlineData("none", "f r p", 5, 1, "full decline R60 0.8 false")]
    [InlineData("none", "", 5, 1, "full decline R60 0.8 false")]
    [InlineData("none", "f r p", 1.5, 1, "full approve  0.3333333333333333 false")]
    [InlineData("none", "r p", 100, 1, "full decline R1 0.99 false")]
    [InlineData("throws", "f r p", 5, 1, "request_model decline R60 0.8888888888888888 true")]
    [InlineData("throws", "r p", 100, 1, "rules decline R1 0.25 true")]
    [InlineData("throws", "r p", 5, 1, "policy review R00 0.25 true")]
    [InlineData("throws", "p", 5, 1, "policy review R00 0.25 true")]
    [InlineData("throws", "", 5, 1, "Internal")]
    [InlineData("nan", "f r p", 5, 1, "request_model decline R60 0.8888888888888888 true")]
    [InlineData("nan", "r p", 100, 1, "rules decline R1 0.25 true")]
    [InlineData("nan", "p", 5, 1, "policy review R00 0.25 true")]
    [InlineData("nan", "", 5, 1, "InvalidArgument")]
    [InlineData("none", "f r p", 5, double.NaN, "request_model decline R60 0.8888888888888888 true")]
    [InlineData("none", "r p", double.NaN, double.NaN, "policy review R00 0.25 true")]
    [InlineData("none", "f p", double.NaN, double.NaN, "policy review R00 0.25 true")]
    [InlineData("none", "f", double.NaN, double.NaN, "request_model decline R60 0.7777777777777778 true")]
    [InlineData("none", "", 4.5, double.NaN, "full decline R60 0.8 true")]
    public async Task Answer_WhatIsWrong_IsAnsweredByTheNextStep(
        string wrong, string has, double amount, double age, string expected)
    {
        Start(has, mayBlock: false);
        _reader!.Fault = wrong switch
        {
            "throws" => ScorerFault.Throws,
            "nan" => ScorerFault.GivesNaN,
            _ => ScorerFault.None,
        };
        Assert.Equal(expected, await AnswerAsync(amount, age));
    }

    [Theory]
    [InlineData("f r p", 5, "request_model decline R60 0.8888888888888888 true")]
    [InlineData("r p", 100, "rules decline R1 0.25 true")]
    [InlineData("p", 5, "policy review R00 0.25 true")]
    public async Task Answer_ScorerHangs_IsAnsweredInTimeAndTheNextIsItsOwn(
        string has, double amount, string expected)
    {
        Start(has, mayBlock: true);
        Assert.StartsWith("full", await AnswerAsync(amount, 1, deadlineMs: 10_000), StringComparison.Ordinal);
        _reader!.Fault = ScorerFault.Hangs;
        Assert.Equal(expected, await AnswerAsync(amount, 1, deadlineMs: 1_000));

        // What the scorer writes once it goes on belongs to nobody: the next answer is its own.
        _reader.Fault = ScorerFault.None;
        _reader.Release();
        _reader.Ended.Wait(TestContext.Current.CancellationToken);
        Assert.Equal(
            "full approve  0.3333333333333333 false", await AnswerAsync(1.5, 1, deadlineMs: 10_000));
    }

    [Fact]
    public async Task Answer_NoTimeLeft_AsksNoModel()
    {
        Start("f r p", mayBlock: false);
        Assert.Equal("policy review R00 0.25 true", await AnswerAsync(5, 1, deadlineMs: 0));
        Assert.Equal("rules decline R1 0.25 true", await AnswerAsync(100, 1, deadlineMs: 0));
    }

    [Fact]
    public void Answer_Batch_EachRowHasItsStep()
    {
        Start("f r p", mayBlock: false);
        using ScoringContext context = Rent();
        Add(context, 5, 1);
        Add(context, 5, double.NaN);
        Add(context, double.NaN, double.NaN);
        Assert.Equal(ErrorCode.None, _engine!.Score(context));
        Assert.Equal(
            [ScoringStep.Full, ScoringStep.RequestModel, ScoringStep.Policy],
            Enumerable.Range(0, 3).Select(context.StepOf));
        Assert.Equal(ScoringStep.Policy, context.Step);
        Assert.True(context.IsDegraded);
        Assert.False(context.IsDegradedRow(0));
        Assert.Equal([0.8, 8.0 / 9, 0.25], context.Scores.ToArray());
    }

    [Theory]
    [InlineData("en", "High")]
    [InlineData("cs", "Vysoké")]
    [InlineData("CS", "Vysoké")]
    [InlineData("de", "High")]
    [InlineData("", "High")]
    public void Reasons_Language_IsTheOneAskedForElseTheFirst(string language, string text)
    {
        Start("p", mayBlock: false);
        using ScoringContext context = Rent();
        context.UseLanguage(System.Text.Encoding.UTF8.GetBytes(language));
        Add(context, 5, 1);
        Assert.Equal(ErrorCode.None, _engine!.Score(context));
        Assert.Equal(text, context.DecisionReasonsOf(0)[0].Text);
    }

    // One language lacks the text of this code.
    [Fact]
    public void Reasons_TextMissing_IsTheFirstLanguages()
    {
        Start("r p", mayBlock: false);
        using ScoringContext context = Rent();
        context.UseLanguage("cs"u8);
        Add(context, 60, 1);
        Assert.Equal(ErrorCode.None, _engine!.Score(context));
        Assert.Equal("Large", context.DecisionReasonsOf(0)[0].Text);
    }

    [Fact]
    public void Answer_WithoutDecisions_IsFull()
    {
        _folder.Publish("m");
        _engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = _folder.Models, LoadInline = true }, TimeProvider.System,
            new FakeModelReader());
        _engine.Poll();
        using ScoringContext context = Rent();
        context.Rows.AddRow();
        Assert.Equal(ErrorCode.None, _engine.Score(context));
        Assert.Equal((ScoringStep.Full, Decision.None), (context.StepOf(0), context.DecisionOf(0)));
        Assert.False(context.HasDecisions);
        Assert.False(context.IsDegraded);
        Assert.Empty(context.DecisionReasonsOf(0).ToArray());
    }

    [Theory]
    [InlineData(ScorerFault.None)]
    [InlineData(ScorerFault.GivesNaN)]
    public void Answer_AfterWarmUp_AllocatesNothing(ScorerFault fault)
    {
        Start("f r p", mayBlock: false);
        _reader!.Fault = fault;
        Score();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Score();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Score()
        {
            for (int round = 0; round < 3; round++)
            {
                _engine!.Rent("m"u8, 0, out ScoringContext? context);
                Add(context!, 5, 1);
                Add(context!, double.NaN, double.NaN);
                _ = _engine.Score(context!);
                context!.Dispose();
            }
        }
    }

    // f: a fallback bundle; r: rules; p: a policy. More than half of the features may not be missing.
    private void Start(string has, bool mayBlock)
    {
        _reader = new FaultyModelReader { MayBlock = mayBlock };
        string rules = has.Contains('r', StringComparison.Ordinal) ? Rules : "";
        string policy = has.Contains('p', StringComparison.Ordinal) ? $", {Policy}" : "";
        string decision = $"{{ \"format\": \"serving.decision\", \"version\": 1, {rules} {Rest}, "
            + $"\"fallback\": {{ \"max_missing\": 0.4{policy} }} }}";
        string? fallback = has.Contains('f', StringComparison.Ordinal) ? _folder.PackFallback() : null;
        _folder.Publish(decision, fallback, _reader);
        _engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = _folder.Models, LoadInline = true }, TimeProvider.System, _reader);
        _engine.Poll();
    }

    private ScoringContext Rent()
    {
        Assert.Equal(ErrorCode.None, _engine!.Rent("m", 0, out ScoringContext? context));
        return context!;
    }

    private static void Add(ScoringContext context, double amount, double age)
    {
        int row = context.Rows.AddRow();
        if (!double.IsNaN(amount))
        {
            context.Rows.SetFloat(row, 0, amount);
        }

        if (!double.IsNaN(age))
        {
            context.Rows.SetFloat(row, 1, age);
        }
    }

    private async Task<string> AnswerAsync(double amount, double age, int deadlineMs = -1)
    {
        using ScoringContext context = Rent();
        Add(context, amount, age);
        context.DeadlineAt = deadlineMs < 0
            ? 0
            : TimeProvider.System.GetTimestamp() + (deadlineMs * TimeProvider.System.TimestampFrequency / 1000);
        ErrorCode code = await _engine!.ScoreAsync(context, TestContext.Current.CancellationToken);
        if (code != ErrorCode.None)
        {
            return code.ToString();
        }

        string reasons = string.Join(',', context.DecisionReasonsOf(0).ToArray().Select(reason => reason.Code));
        string step = DecisionWords.Of(context.StepOf(0));
        string decision = DecisionWords.Of(context.DecisionOf(0));
        return FormattableString.Invariant($"{step} {decision} {reasons} {context.Scores[0]}")
            + (context.IsDegradedRow(0) ? " true" : " false");
    }
}
