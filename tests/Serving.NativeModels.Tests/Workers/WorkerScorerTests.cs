using System.Collections.Concurrent;
using System.Diagnostics;
using Serving.Data;
using Serving.Models.Tensors;
using Serving.NativeModels.Tests.Fakes;
using Serving.NativeModels.Workers;

namespace Serving.NativeModels.Tests.Workers;

/// <summary>Real worker processes with a model that can kill and hang them.</summary>
public sealed class WorkerScorerTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serving-worker-tests-");
    private readonly DeathList _deaths = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Run_InAWorker_GivesTheSameAnswer()
    {
        using ITensorScorer scorer = Open();
        Assert.EndsWith("in a worker process", scorer.RunsOn, StringComparison.Ordinal);
        using TensorCall call = scorer.CreateCall(0);
        for (int rows = 1; rows < 2000; rows *= 7)
        {
            // The greater ones need more memory than the first had.
            RowSumScorer.Fill(call, rows, rows, width: 500);
            await call.RunAsync(s_patience, Token);
            RowSumScorer.AssertAnswer(call, rows, rows, width: 500);
        }
    }

    [Fact]
    public async Task Run_CallThatKillsItsWorker_IsUnavailableAndTheNextWorkerServes()
    {
        using ITensorScorer scorer = Open();
        await RunUntilServedAsync(scorer, 1);
        using TensorCall call = scorer.CreateCall(0);
        RowSumScorer.Fill(call, RowSumScorer.Deadly, 1);
        TensorRunException error = await Assert.ThrowsAsync<TensorRunException>(
            () => call.RunAsync(s_patience, Token).AsTask());
        Assert.Equal(ErrorCode.Unavailable, error.Code);
        await RunUntilServedAsync(scorer, 2);
        Assert.Equal(["was killed by signal 9"], _deaths.Reasons);
    }

    [Fact]
    public async Task Run_CallThatNeverEnds_IsAnsweredInTimeAndItsWorkerReplaced()
    {
        using ITensorScorer scorer = Open();
        using TensorCall call = scorer.CreateCall(0);
        RowSumScorer.Fill(call, RowSumScorer.Endless, 1);
        TensorRunException error = await Assert.ThrowsAsync<TensorRunException>(
            () => call.RunAsync(TimeSpan.FromMilliseconds(50), Token).AsTask());
        Assert.Equal(ErrorCode.DeadlineExceeded, error.Code);
        await RunUntilServedAsync(scorer, 2);
    }

    [Fact]
    public async Task Run_CallThatTakesTooMuchMemory_IsRefusedAndItsWorkerServesOn()
    {
        using WorkerScorer scorer = (WorkerScorer)Open(
            TensorModelOptions.Default with { CallMemoryBytes = 64 << 20 });
        int worker = scorer.ProcessId;
        using TensorCall call = scorer.CreateCall(0);
        RowSumScorer.Fill(call, RowSumScorer.Greedy, 1);
        TensorRunException error = await Assert.ThrowsAsync<TensorRunException>(
            () => call.RunAsync(s_patience, Token).AsTask());
        Assert.Equal(ErrorCode.ResourceExhausted, error.Code);
        RowSumScorer.Fill(call, 1, 1);
        await call.RunAsync(s_patience, Token);
        Assert.Equal(worker, scorer.ProcessId);
    }

    [Fact]
    public void Open_WithVariablesToHide_ItsWorkerDoesNotHaveThem()
    {
        const string Shown = "SERVING_TEST_SHOWN";
        const string Hidden = "SERVING_TEST_HIDDEN";
        Environment.SetEnvironmentVariable(Shown, "1");
        Environment.SetEnvironmentVariable(Hidden, "1");
        WorkerScorerFactory factory = new(
            new RowSumFactory(), Options() with { HiddenVariables = [Hidden] }, TimeProvider.System);
        using WorkerScorer scorer = (WorkerScorer)factory.Open(Files(), TensorModelOptions.Default);
        string environment = File.ReadAllText($"/proc/{scorer.ProcessId}/environ");
        Assert.Contains(Shown, environment, StringComparison.Ordinal);
        Assert.DoesNotContain(Hidden, environment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_MoreCallsThanPlaces_AreLateWithoutCostingTheWorker()
    {
        using WorkerScorer scorer = (WorkerScorer)Open();
        using TensorCall first = scorer.CreateCall(0);
        using TensorCall second = scorer.CreateCall(0);
        using TensorCall third = scorer.CreateCall(0);
        RowSumScorer.Fill(first, RowSumScorer.Endless, 1);
        RowSumScorer.Fill(second, RowSumScorer.Endless, 1);
        RowSumScorer.Fill(third, 1, 1);
        Task[] held = [first.RunAsync(s_patience, Token).AsTask(), second.RunAsync(s_patience, Token).AsTask()];
        int worker = scorer.ProcessId;
        TensorRunException error = await Assert.ThrowsAsync<TensorRunException>(
            () => third.RunAsync(TimeSpan.FromMilliseconds(20), Token).AsTask());
        Assert.Equal(ErrorCode.DeadlineExceeded, error.Code);
        Assert.Equal(worker, scorer.ProcessId);
        Assert.DoesNotContain(held, task => task.IsCompleted);
        using Process process = Process.GetProcessById(worker);
        process.Kill();
        foreach (Task task in held)
        {
            await Assert.ThrowsAsync<TensorRunException>(() => task);
        }
    }

    [Theory]
    [InlineData(10)]
    public Task Kill_UnderLoad_EveryCallIsAnswered(int kills) => KillAsync(kills);

    [Theory]
    [InlineData(100)]
    [Trait("Category", "Nightly")]
    public Task Kill_ManyTimesUnderLoad_EveryCallIsAnswered(int kills) => KillAsync(kills);

    [Fact]
    public void Open_WorkerThatDiesAtOnce_IsRefusedWithItsExit()
    {
        WorkerScorerFactory factory = new(
            new RowSumFactory(), Options() with { Program = "false" }, TimeProvider.System, _deaths);
        InputException error = Assert.Throws<InputException>(() => factory.Open(Files(), TensorModelOptions.Default));
        Assert.Contains("ended with exit code 1", error.Message, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static WorkerOptions Options() => new()
    {
        Program = "bash",
        Arguments =
        [
            "-c",
            $"{WorkerChild.Variable}=\"$0\" exec '{Environment.ProcessPath}' -noLogo -class "
                + $"{typeof(WorkerChild).FullName} > /dev/null 2>&1",
        ],
        HangTime = TimeSpan.FromMilliseconds(500),
    };

    private FolderModelFiles Files()
    {
        string path = Path.Combine(_folder.FullName, "model.fake");
        File.WriteAllText(path, "a model");
        return FolderModelFiles.Open(path);
    }

    private ITensorScorer Open(TensorModelOptions? options = null) =>
        new WorkerScorerFactory(new RowSumFactory(), Options(), TimeProvider.System, _deaths)
            .Open(Files(), options ?? TensorModelOptions.Default);

    private async Task KillAsync(int kills)
    {
        using WorkerScorer scorer = (WorkerScorer)Open();
        using CancellationTokenSource over = new();
        ConcurrentDictionary<ErrorCode, int> codes = new();
        Task[] load = StartLoad(scorer, codes, over.Token);
        for (int kill = 0; kill < kills; kill++)
        {
            await RunUntilServedAsync(scorer, kill);
            int id = scorer.ProcessId;
            using Process worker = Process.GetProcessById(id);
            worker.Kill();
            await worker.WaitForExitAsync(Token);
        }

        await RunUntilServedAsync(scorer, kills);
        await over.CancelAsync();
        await Task.WhenAll(load);
        Assert.Subset(new HashSet<ErrorCode> { ErrorCode.None, ErrorCode.Unavailable }, codes.Keys.ToHashSet());
        Assert.True(codes[ErrorCode.None] > kills);
        Assert.Equal(kills, _deaths.Reasons.Count(reason => reason == "was killed by signal 9"));
    }

    private Task[] StartLoad(
        WorkerScorer scorer, ConcurrentDictionary<ErrorCode, int> codes, CancellationToken over) =>
        [.. Enumerable.Range(0, 4).Select(
            caller => Task.Run(() => LoadAsync(scorer, caller, codes, over), CancellationToken.None))];

    private async Task LoadAsync(
        WorkerScorer scorer, int caller, ConcurrentDictionary<ErrorCode, int> codes, CancellationToken over)
    {
        using TensorCall call = scorer.CreateCall(0);
        for (int i = 0; !over.IsCancellationRequested; i++)
        {
            ErrorCode code = ErrorCode.None;
            Task next = _deaths.NextReady;
            RowSumScorer.Fill(call, (caller * 100) + (i % 100), 3);
            try
            {
                await call.RunAsync(s_patience, CancellationToken.None);
                RowSumScorer.AssertAnswer(call, (caller * 100) + (i % 100), 3);
            }
            catch (TensorRunException error)
            {
                code = error.Code;
                await next.WaitAsync(over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            codes.AddOrUpdate(code, 1, (_, count) => count + 1);
        }
    }

    private async Task RunUntilServedAsync(ITensorScorer scorer, int number)
    {
        using TensorCall call = scorer.CreateCall(0);
        while (true)
        {
            Task next = _deaths.NextReady;
            try
            {
                RowSumScorer.Fill(call, number, 2);
                await call.RunAsync(s_patience, Token);
                RowSumScorer.AssertAnswer(call, number, 2);
                return;
            }
            catch (TensorRunException error) when (error.Code == ErrorCode.Unavailable)
            {
                await next.WaitAsync(s_patience, Token);
            }
        }
    }

    private sealed class DeathList : IWorkerObserver
    {
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<string> Reasons { get; } = [];

        /// <summary>Ends when the next worker is ready: to be taken before the call that may need one.</summary>
        public Task NextReady => Volatile.Read(ref _next).Task;

        public void OnReady(int processId, TimeSpan took) =>
            Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

        public void OnDied(int processId, string why, int callsLost) => Reasons.Enqueue(why);
    }
}
