using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Pipeline;
using Serving.Engine.Tests.Fakes;
using Serving.Engine.Versions;
using Xunit;

namespace Serving.Engine.Tests.Versions;

public sealed class VersionControlTests : EngineTest
{
    // Far longer than it takes: a thread that yields to all others waits for a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(4);

    [Fact]
    public void Poll_NewVersion_IsServedAndTheOldCanBeNamed()
    {
        Folder.Publish("m");
        Engine.Poll();
        Folder.Publish("m", text: "bias 9\ndense amount 2\n");
        Engine.Poll();

        Assert.Equal(2, Served());
        Assert.Equal(1, Served(1));
        Assert.Equal(["Ready", "Ready"], States());
    }

    [Fact]
    public void Poll_BrokenVersion_LeavesTheOldServingAndSaysWhy()
    {
        Folder.Publish("m");
        Engine.Poll();
        string broken = Folder.Publish("m");
        File.AppendAllText(Path.Combine(broken, "model/fake.txt"), " ");
        Engine.Poll();

        Assert.Equal(1, Served());
        Assert.Equal(["Ready", "Failed"], States());
        Assert.Contains("model/fake.txt", Engine.Versions[1].Reason, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.FailedPrecondition, Engine.Rent("m", 2, out _));
    }

    [Fact]
    public void Poll_BrokenVersionThatIsCompleted_IsTriedAgain()
    {
        string version = Folder.Publish("m");
        string model = Path.Combine(version, "model/fake.txt");
        File.Move(model, Folder["away"]);
        Engine.Poll();
        Assert.Equal(["Failed"], States());

        File.Move(Folder["away"], model);
        Engine.Poll();
        Assert.Equal(["Ready"], States());
    }

    [Fact]
    public void Poll_RemovedVersion_ServesOnUntilAnotherIsReady()
    {
        string first = Folder.Publish("m");
        Engine.Poll();
        Directory.Delete(first, recursive: true);
        Engine.Poll();
        Assert.Equal(1, Served());
        Assert.Contains("removed", Engine.Versions[0].Reason, StringComparison.Ordinal);

        ScoringContext held = Rent("m");
        Folder.Publish("m", 2);
        Engine.Poll();
        Assert.Equal(["Draining", "Ready"], States());
        Assert.Equal(2, Served());
        held.Rows.AddRow();
        Assert.Equal(ErrorCode.None, Engine.Score(held));

        held.Dispose();
        Engine.Poll();
        Assert.Equal(["Retired", "Ready"], States());
        Assert.Equal(ErrorCode.NotFound, Engine.Rent("m", 1, out _));
    }

    [Fact]
    public void Poll_SameVersionWithOtherBytes_IsIgnoredAndSaid()
    {
        string version = Folder.Publish("m");
        Engine.Poll();
        BundleWriter.WriteTo(Folder.Draft(text: "bias 100\ndense amount 2\n"), version);
        string manifest = Path.Combine(version, "manifest.json");
        File.SetLastWriteTimeUtc(manifest, File.GetLastWriteTimeUtc(manifest).AddSeconds(5));
        Engine.Poll();

        Assert.Contains("under another version", Engine.Versions[0].Reason, StringComparison.Ordinal);
        using ScoringContext context = Rent("m");
        context.Rows.AddRow();
        context.Rows.SetFloat(0, 0, 0);
        Engine.Score(context);
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
        string target = Path.Combine(Folder.Models, place);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        Directory.Move(Folder.Pack(), target);
        Engine.Poll();

        VersionStatus status = Assert.Single(Engine.Versions);
        Assert.Equal(VersionState.Failed, status.State);
        Assert.Contains(reason, status.Reason, StringComparison.Ordinal);
        Assert.Empty(Engine.ReadyModels);
    }

    [Fact]
    public void Poll_BundleUnderAnotherName_Fails()
    {
        Directory.CreateDirectory(Path.Combine(Folder.Models, "other"));
        Directory.Move(Folder.Pack(), Path.Combine(Folder.Models, "other", "3"));
        Engine.Poll();
        Assert.Contains("since it stands there", Engine.Versions[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Poll_OneFileAndFolderWithoutManifest_TheFirstServesTheOtherDoesNotExist()
    {
        Directory.CreateDirectory(Path.Combine(Folder.Models, "m", "2"));
        Folder.Pack("models/m/1.bundle");
        Engine.Poll();
        Assert.Equal(["Ready"], States());
        Assert.Equal(1, Served());
    }

    [Fact]
    public void Poll_FolderThatIsAway_RetiresNothing()
    {
        Folder.Publish("m");
        Engine.Poll();
        Directory.Move(Folder.Models, Folder["away"]);
        Engine.Poll();
        Assert.NotEmpty(Engine.FolderProblem);
        Assert.Equal("", Engine.Versions[0].Reason);
        Assert.Equal(1, Served());
    }

    [Fact]
    public void Poll_UnderConcurrentScoring_GivesNoErrorAndNoMixedAnswer()
    {
        Publish(1);
        Engine.Poll();
        using var stop = new CancellationTokenSource();
        long wrong = 0;
        long answers = 0;
        Thread[] callers = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (Engine.Rent("m"u8, 0, out ScoringContext? context) != ErrorCode.None)
                {
                    Interlocked.Increment(ref wrong);
                    continue;
                }

                using (context)
                {
                    context!.Rows.AddRow();
                    context.Rows.SetFloat(0, 0, 0);
                    bool isRight = Engine.Score(context) == ErrorCode.None && context.RawScores[0] == context.Version;
                    Interlocked.Add(ref wrong, isRight ? 0 : 1);
                    Interlocked.Increment(ref answers);
                }
            }
        }))];
        Array.ForEach(callers, caller => caller.Start());
        for (long version = 2; version <= 40; version++)
        {
            Publish(version);
            Engine.Poll();
            Directory.Delete(Path.Combine(Folder.Models, "m", $"{version - 1}"), recursive: true);
            Engine.Poll();
        }

        stop.Cancel();
        Array.ForEach(callers, caller => caller.Join());
        Assert.Equal(0, Interlocked.Read(ref wrong));
        Assert.True(Interlocked.Read(ref answers) > 0);
    }

    [Fact]
    public async Task Start_OnItsOwnThreads_SettlesAndNoticesANewVersion()
    {
        Folder.Publish("m");
        var reader = new FakeModelReader();
        using var engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = Folder.Models, PollInterval = TimeSpan.FromMilliseconds(20) },
            TimeProvider.System,
            reader);
        engine.Start();
        await engine.Settled.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.Equal(["m"], engine.ReadyModels);

        var isReady = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        engine.Subscribe(() =>
        {
            if (engine.Versions.Any(status => status is { Version: 2, State: VersionState.Ready }))
            {
                isReady.TrySetResult();
            }
        });
        Folder.Publish("m");
        await isReady.Task.WaitAsync(s_patience, TestContext.Current.CancellationToken);
        if (OperatingSystem.IsLinux())
        {
            // Before anything is served there is nobody to yield to.
            Assert.Equal(FakeModelReader.NicenessOfThisThread(), reader.Niceness.First());
            Assert.Equal("19", reader.Niceness.Last());
        }
    }

    private void Publish(long version) => Folder.Publish("m", version, $"bias {version}\ndense amount 2\n");
}
