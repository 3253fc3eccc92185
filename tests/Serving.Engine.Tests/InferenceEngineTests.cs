using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Engine.Tests.Fakes;
using Serving.Engine.Versions;
using Xunit;

namespace Serving.Engine.Tests;

public sealed class InferenceEngineTests : IDisposable
{
    private readonly BundleFolder _folder = new();
    private readonly InferenceEngine _engine;

    public InferenceEngineTests()
    {
        Directory.CreateDirectory(_folder.Models);
        _engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = _folder.Models, LoadInline = true },
            TimeProvider.System,
            new FakeModelReader());
    }

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Score_OneRow_GivesScoreRawScoreAndVersion()
    {
        _folder.Publish("m");
        _engine.Poll();

        using ScoringContext context = Rent("m");
        context.Rows.AddRow();
        Set(context, 0, "amount", 3);
        context.WantsFeatures = true;

        Assert.Equal(ErrorCode.None, _engine.Score(context));
        Assert.Equal(1.5 + (2 * 3) - 0.25, context.RawScores[0]);
        Assert.Equal(7.25 / 8.25, context.Scores[0]);
        Assert.Equal(("m", 1L), (context.Model, context.Version));
        Assert.Equal([0], context.Order.ToArray());
        Assert.Equal(3, context.Features!.GetFloat(0, 0));
        Assert.False(context.Features.IsPresent(0, 1));
    }

    [Fact]
    public void Score_SharedFieldsAndTopK_RowsWinAndTiesGoByPlace()
    {
        _folder.Publish("m");
        _engine.Poll();

        using ScoringContext context = Rent("m");
        context.Shared.AddRow();
        context.Shared.SetFloat(0, 0, 10);
        foreach (double? amount in new double?[] { null, 1, 20, null, 20 })
        {
            int row = context.Rows.AddRow();
            if (amount is { } value)
            {
                context.Rows.SetFloat(row, 0, value);
            }
        }

        context.TopK = 4;
        Assert.Equal(ErrorCode.None, _engine.Score(context));
        Assert.Equal([2, 4, 0, 3], context.Order.ToArray());
        Assert.Equal(context.RawScores[0], context.RawScores[3]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public void Score_NoRowOrTooMany_NamesTheLimit(int rows)
    {
        _folder.Publish("m");
        _engine.Poll();
        using ScoringContext context = Rent("m");
        for (int row = 0; row < rows; row++)
        {
            context.Rows.AddRow();
        }

        Assert.Equal(ErrorCode.InvalidArgument, _engine.Score(context));
        Assert.Contains("1 to 10000", context.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_IdOutsideItsBlock_NamesRowAndField()
    {
        _folder.Publish("m");
        _engine.Poll();
        using ScoringContext context = Rent("m");
        context.Rows.AddRow();
        context.Rows.AddRow();
        context.Rows.Set(1, 2, 10);

        Assert.Equal(ErrorCode.InvalidArgument, _engine.Score(context));
        Assert.Equal((1, 2), (context.ErrorRow, context.ErrorField));
        Assert.Contains("'mcc'", context.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_ScoreThatIsNotFinite_IsRefused()
    {
        _folder.Publish("m");
        _engine.Poll();
        using ScoringContext context = Rent("m");
        context.Rows.AddRow();
        context.Rows.SetFloat(0, 0, double.MaxValue);

        Assert.Equal(ErrorCode.InvalidArgument, _engine.Score(context));
    }

    [Fact]
    public void Rent_UnknownNames_SaysWhatThereIs()
    {
        _folder.Publish("m");
        _engine.Poll();

        Assert.Equal(ErrorCode.NotFound, _engine.Rent("other", 0, out _));
        Assert.Contains("'other'; the models are: m", _engine.Explain("other", 0), StringComparison.Ordinal);
        Assert.Equal(ErrorCode.NotFound, _engine.Rent("m", 9, out _));
        Assert.Contains("no version 9; Ready versions: 1", _engine.Explain("m", 9), StringComparison.Ordinal);
    }

    [Fact]
    public void Poll_NewVersion_IsServedAndTheOldCanBeNamed()
    {
        _folder.Publish("m");
        _engine.Poll();
        _folder.Publish("m", text: "bias 9\ndense amount 2\n");
        _engine.Poll();

        Assert.Equal(2, Served());
        Assert.Equal(1, Served(1));
        Assert.Equal(["Ready", "Ready"], States());
    }

    [Fact]
    public void Poll_BrokenVersion_LeavesTheOldServingAndSaysWhy()
    {
        _folder.Publish("m");
        _engine.Poll();
        string broken = _folder.Publish("m");
        File.AppendAllText(Path.Combine(broken, "model/fake.txt"), " ");
        _engine.Poll();

        Assert.Equal(1, Served());
        Assert.Equal(["Ready", "Failed"], States());
        Assert.Contains("model/fake.txt", _engine.Versions[1].Reason, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.FailedPrecondition, _engine.Rent("m", 2, out _));
    }

    // A copy may bring the manifest before the model.
    [Fact]
    public void Poll_BrokenVersionThatIsCompleted_IsTriedAgain()
    {
        string version = _folder.Publish("m");
        string model = Path.Combine(version, "model/fake.txt");
        File.Move(model, _folder["away"]);
        _engine.Poll();
        Assert.Equal(["Failed"], States());

        File.Move(_folder["away"], model);
        _engine.Poll();
        Assert.Equal(["Ready"], States());
    }

    [Fact]
    public void Poll_RemovedVersion_ServesOnUntilAnotherIsReady()
    {
        string first = _folder.Publish("m");
        _engine.Poll();
        Directory.Delete(first, recursive: true);
        _engine.Poll();
        Assert.Equal(1, Served());
        Assert.Contains("removed", _engine.Versions[0].Reason, StringComparison.Ordinal);

        ScoringContext held = Rent("m");
        _folder.Publish("m", 2);
        _engine.Poll();
        Assert.Equal(["Draining", "Ready"], States());
        Assert.Equal(2, Served());
        held.Rows.AddRow();
        Assert.Equal(ErrorCode.None, _engine.Score(held));

        held.Dispose();
        _engine.Poll();
        Assert.Equal(["Retired", "Ready"], States());
        Assert.Equal(ErrorCode.NotFound, _engine.Rent("m", 1, out _));
    }

    [Fact]
    public void Poll_SameVersionWithOtherBytes_IsIgnoredAndSaid()
    {
        string version = _folder.Publish("m");
        _engine.Poll();
        BundleWriter.WriteTo(_folder.Draft(text: "bias 100\ndense amount 2\n"), version);
        File.SetLastWriteTimeUtc(Path.Combine(version, "manifest.json"), DateTime.UtcNow.AddSeconds(5));
        _engine.Poll();

        Assert.Contains("under another version", _engine.Versions[0].Reason, StringComparison.Ordinal);
        using ScoringContext context = Rent("m");
        context.Rows.AddRow();
        context.Rows.SetFloat(0, 0, 0);
        _engine.Score(context);
        Assert.Equal(1.25, context.RawScores[0]);
    }

    [Theory]
    [InlineData("m/01", "is no version")]
    [InlineData("m/1e3", "is no version")]
    [InlineData("m/-1", "is no version")]
    [InlineData("m/99999999999999999999", "is no version")]
    [InlineData("M/1", "a model's name")]
    public void Poll_NameThatIsNone_IsIgnoredAndSaid(string place, string reason)
    {
        string target = Path.Combine(_folder.Models, place);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        Directory.Move(_folder.Pack(), target);
        _engine.Poll();

        VersionStatus status = Assert.Single(_engine.Versions);
        Assert.Equal(VersionState.Failed, status.State);
        Assert.Contains(reason, status.Reason, StringComparison.Ordinal);
        Assert.Empty(_engine.ReadyModels);
    }

    [Fact]
    public void Poll_BundleUnderAnotherName_Fails()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Models, "other"));
        Directory.Move(_folder.Pack(), Path.Combine(_folder.Models, "other", "3"));
        _engine.Poll();
        Assert.Contains("since it stands there", _engine.Versions[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Poll_OneFileAndFolderWithoutManifest_TheFirstServesTheOtherDoesNotExist()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Models, "m", "2"));
        _folder.Pack("models/m/1.bundle");
        _engine.Poll();
        Assert.Equal(["Ready"], States());
        Assert.Equal(1, Served());
    }

    [Fact]
    public void Poll_FolderThatIsAway_RetiresNothing()
    {
        _folder.Publish("m");
        _engine.Poll();
        Directory.Move(_folder.Models, _folder["away"]);
        _engine.Poll();
        Assert.NotEmpty(_engine.FolderProblem);
        Assert.Equal("", _engine.Versions[0].Reason);
        Assert.Equal(1, Served());
    }

    [Fact]
    public void Schema_OfTwoReadyVersions_KnowsTheOthersFieldsAndHash()
    {
        _folder.Publish("m");
        _folder.Publish("m", text: "bias 9\ndense amount 2\ndense speed 1\n");
        _engine.Poll();

        using ScoringContext second = Rent("m", 2);
        using ScoringContext first = Rent("m", 1);
        Assert.Equal(1, second.Schema.PlaceOf("speed"u8));
        Assert.Equal(RequestSchema.Ignored, second.Schema.PlaceOf("mcc"u8));
        Assert.Equal(RequestSchema.Unknown, second.Schema.PlaceOf("colour"u8));
        Assert.True(second.Schema.TryPlacesOf(first.Schema.Published.Hash, out ReadOnlySpan<int> places));
        Assert.Equal([0, RequestSchema.Ignored, RequestSchema.Ignored], places.ToArray());
        Assert.False(second.Schema.TryPlacesOf(1, out _));
    }

    // From the rent to the return, single rows and batches with shared fields and ranking.
    [Fact]
    public void Score_AfterWarmUp_AllocatesNothing()
    {
        _folder.Publish("m");
        _engine.Poll();
        for (int round = 0; round < 3; round++)
        {
            ScoreSome(1);
            ScoreSome(64);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            ScoreSome(1);
            ScoreSome(64);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // 0 failed and 0 mixed answers while versions come and go: version v has bias v, and its answers must say v.
    [Fact]
    public void Poll_UnderConcurrentScoring_GivesNoErrorAndNoMixedAnswer()
    {
        Publish(1);
        _engine.Poll();
        using var stop = new CancellationTokenSource();
        long wrong = 0;
        long answers = 0;
        Thread[] callers = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (_engine.Rent("m"u8, 0, out ScoringContext? context) != ErrorCode.None)
                {
                    Interlocked.Increment(ref wrong);
                    continue;
                }

                using (context)
                {
                    context!.Rows.AddRow();
                    context.Rows.SetFloat(0, 0, 0);
                    bool isRight = _engine.Score(context) == ErrorCode.None && context.RawScores[0] == context.Version;
                    Interlocked.Add(ref wrong, isRight ? 0 : 1);
                    Interlocked.Increment(ref answers);
                }
            }
        }))];
        Array.ForEach(callers, caller => caller.Start());
        for (long version = 2; version <= 40; version++)
        {
            Publish(version);
            _engine.Poll();
            Directory.Delete(Path.Combine(_folder.Models, "m", $"{version - 1}"), recursive: true);
            _engine.Poll();
        }

        stop.Cancel();
        Array.ForEach(callers, caller => caller.Join());
        Assert.Equal(0, Interlocked.Read(ref wrong));
        Assert.True(Interlocked.Read(ref answers) > 0);
    }

    [Fact]
    public async Task Start_OnItsOwnThreads_SettlesAndNoticesANewVersion()
    {
        _folder.Publish("m");
        using var engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = _folder.Models, PollInterval = TimeSpan.FromMilliseconds(20) },
            TimeProvider.System,
            new FakeModelReader());
        engine.Start();
        await engine.Settled.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal(["m"], engine.ReadyModels);

        _folder.Publish("m");
        Assert.True(SpinWait.SpinUntil(
            () => engine.Versions.Any(status => status is { Version: 2, State: VersionState.Ready }),
            TimeSpan.FromSeconds(30)));
    }

    private void Publish(long version) => _folder.Publish("m", version, $"bias {version}\ndense amount 2\n");

    private void ScoreSome(int rows)
    {
        _engine.Rent("m"u8, 0, out ScoringContext? context);
        using (context)
        {
            context!.Shared.AddRow();
            context.Shared.SetFloat(0, 1, 44);
            for (int row = 0; row < rows; row++)
            {
                context.Rows.AddRow();
                context.Rows.SetFloat(row, context.Schema.PlaceOf("amount"u8), row % 7);
            }

            context.TopK = rows / 2;
            context.WantsFeatures = true;
            if (_engine.Score(context) != ErrorCode.None)
            {
                throw new InvalidOperationException(context.ErrorMessage);
            }
        }
    }

    private ScoringContext Rent(string model, long version = 0)
    {
        Assert.Equal(ErrorCode.None, _engine.Rent(model, version, out ScoringContext? context));
        return context!;
    }

    private long Served(long version = 0)
    {
        using ScoringContext context = Rent("m", version);
        return context.Version;
    }

    private string[] States() => [.. _engine.Versions.Select(status => status.State.ToString())];

    private static void Set(ScoringContext context, int row, string field, double value) =>
        context.Rows.SetFloat(row, context.Schema.Rows.IndexOf(field), value);
}
