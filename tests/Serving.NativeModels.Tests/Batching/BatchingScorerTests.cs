using Microsoft.Extensions.Time.Testing;
using Serving.Data;
using Serving.Models.Tensors;
using Serving.NativeModels.Batching;
using Serving.NativeModels.Tests.Fakes;

namespace Serving.NativeModels.Tests.Batching;

public sealed class BatchingScorerTests : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);

    private readonly RowSumScorer _model = new();
    private readonly RunList _runs = new();
    private readonly FakeTimeProvider _time = new();
    private readonly SemaphoreSlim _hold = new(0);

    public void Dispose()
    {
        _hold.Dispose();
        _model.Dispose();
    }

    [Fact]
    public void Run_FreeLane_EndsInTheCallersThread()
    {
        using BatchingScorer scorer = Create();
        using TensorCall call = scorer.CreateCall(0);
        RowSumScorer.Fill(call, 7, 2);
        ValueTask run = call.RunAsync(s_long, Token);
        Assert.True(run.IsCompletedSuccessfully);
        RowSumScorer.AssertAnswer(call, 7, 2);
        Assert.Equal([(1, 2, 2)], _runs.Runs);
    }

    [Fact]
    public async Task Run_CallsThatCameMeanwhile_AreOneBatch()
    {
        using BatchingScorer scorer = Create();
        (TensorCall Call, Task Run)[] all = await StartAsync(scorer, Enumerable.Repeat(1, 9));
        _model.Hold = null;
        _hold.Release(9);
        await Task.WhenAll(all.Select(one => one.Run));
        AssertAnswers(all);
        Assert.Equal([(1, 1, 1), (8, 8, 8)], _runs.Runs);
    }

    [Theory]
    [InlineData(new[] { 1, 3 }, new[] { 3, 4 })]
    [InlineData(new[] { 1, 3, 3, 1 }, new[] { 4, 4, 3, 4 })]
    [InlineData(new[] { 1, 1, 1, 1 }, new[] { 2, 2, 1, 1 })]
    public async Task Run_RowsBetweenSizes_AreFilledOrLeft(int[] rows, int[] sizes)
    {
        using BatchingScorer scorer = Create(BatchingOptions.Default with { Sizes = [1, 2, 4, 8] });
        (TensorCall Call, Task Run)[] all = await StartAsync(scorer, rows);
        _model.Hold = null;
        _hold.Release(9);
        await Task.WhenAll(all.Select(one => one.Run));
        AssertAnswers(all, rows);
        (int Rows, int Size)[] ran = [.. _runs.Runs.Skip(1).Select(run => (run.Rows, run.Size))];
        Assert.Equal(sizes.Chunk(2).Select(pair => (pair[0], pair[1])), ran);
    }

    [Fact]
    public async Task Run_OtherShapesOrOutputs_AreOtherBatches()
    {
        using BatchingScorer scorer = Create();
        (TensorCall Call, Task Run)[] first = await StartAsync(scorer, [1]);
        TensorCall[] calls = [.. Enumerable.Range(0, 6).Select(_ => scorer.CreateCall(0))];
        for (int i = 0; i < calls.Length; i++)
        {
            RowSumScorer.Fill(calls[i], i, 1, width: 2 + (i % 2));
            calls[i].Want(1, i < 4);
        }

        Task[] runs = [.. calls.Select(call => call.RunAsync(s_long, Token).AsTask())];
        _model.Hold = null;
        _hold.Release(9);
        await Task.WhenAll([.. runs, first[0].Run]);
        for (int i = 0; i < calls.Length; i++)
        {
            Assert.Equal(i * (2 + (i % 2)), calls[i].Output(0).Tensor.Values<float>()[0]);
        }

        Assert.Equal([1, 2, 2, 1, 1], _runs.Runs.Select(run => run.Calls));
    }

    [Fact]
    public async Task Run_TooManyWait_IsRefusedAtOnce()
    {
        using BatchingScorer scorer = Create(BatchingOptions.Default with { WaitingMax = 2 });
        (TensorCall Call, Task Run)[] all = await StartAsync(scorer, [1, 1, 1]);
        using TensorCall call = scorer.CreateCall(0);
        RowSumScorer.Fill(call, 1, 1);
        TensorRunException error = await Assert.ThrowsAsync<TensorRunException>(
            () => call.RunAsync(s_long, Token).AsTask());
        Assert.Equal(ErrorCode.ResourceExhausted, error.Code);
        Assert.Equal(1, _runs.Refused);
        _hold.Release(9);
        await Task.WhenAll(all.Select(one => one.Run));
    }

    [Fact]
    public async Task Run_TimeEndsInTheQueue_IsAnsweredThenAndCanBeUsedAgain()
    {
        using BatchingScorer scorer = Create();
        (TensorCall Call, Task Run)[] first = await StartAsync(scorer, [1]);
        using TensorCall call = scorer.CreateCall(0);
        RowSumScorer.Fill(call, 1, 1);
        Task run = call.RunAsync(TimeSpan.FromMilliseconds(20), Token).AsTask();
        _time.Advance(TimeSpan.FromMilliseconds(30));
        TensorRunException error = await Assert.ThrowsAsync<TensorRunException>(() => run);
        Assert.Equal(ErrorCode.DeadlineExceeded, error.Code);
        RowSumScorer.Fill(call, 5, 2);
        Task again = call.RunAsync(s_long, Token).AsTask();
        _model.Hold = null;
        _hold.Release(9);
        await Task.WhenAll(again, first[0].Run);
        RowSumScorer.AssertAnswer(call, 5, 2);
    }

    [Fact]
    public async Task Run_TimeEndsInTheBatch_TheOldAnswerNeverComes()
    {
        using BatchingScorer scorer = Create();
        (TensorCall Call, Task Run)[] first = await StartAsync(scorer, [1]);
        using TensorCall call = scorer.CreateCall(0);
        RowSumScorer.Fill(call, 1, 1);
        Task run = call.RunAsync(TimeSpan.FromMilliseconds(20), Token).AsTask();
        _hold.Release();
        await first[0].Run;

        // The batch holds the second call now; its time ends, and it asks for other rows while the batch still runs.
        await _model.Came.WaitAsync(Token);
        _time.Advance(TimeSpan.FromMilliseconds(30));
        await Assert.ThrowsAsync<TensorRunException>(() => run);
        RowSumScorer.Fill(call, 5, 2);
        Task again = call.RunAsync(s_long, Token).AsTask();
        _hold.Release();
        await _model.Came.WaitAsync(Token);
        Assert.False(again.IsCompleted);
        _hold.Release();
        await again;
        RowSumScorer.AssertAnswer(call, 5, 2);
    }

    [Fact]
    public async Task Run_OneBadRow_FailsItsOwnCallAlone()
    {
        using BatchingScorer scorer = Create();
        (TensorCall Call, Task Run)[] all = await StartAsync(scorer, [1, 1, 1]);
        using TensorCall bad = scorer.CreateCall(0);
        RowSumScorer.Fill(bad, 1, 1);
        bad.Input(0).Values<float>()[1] = float.NaN;
        Task run = bad.RunAsync(s_long, Token).AsTask();
        _model.Hold = null;
        _hold.Release(9);
        TensorRunException error = await Assert.ThrowsAsync<TensorRunException>(() => run);
        Assert.Equal(ErrorCode.InvalidArgument, error.Code);
        await Task.WhenAll(all.Select(one => one.Run));
        AssertAnswers(all);
    }

    [Fact]
    public async Task Run_Cancelled_LeavesTheQueue()
    {
        using BatchingScorer scorer = Create();
        (TensorCall Call, Task Run)[] first = await StartAsync(scorer, [1]);
        using CancellationTokenSource gone = new();
        using TensorCall call = scorer.CreateCall(0);
        RowSumScorer.Fill(call, 1, 1);
        Task run = call.RunAsync(s_long, gone.Token).AsTask();
        await gone.CancelAsync();
        _model.Hold = null;
        _hold.Release(9);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        await first[0].Run;
        Assert.Equal([1], _runs.Runs.Select(one => one.Calls));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Run_ManyCallers_EachGetsItsOwnRows(int lanes)
    {
        using BatchingScorer scorer = new(
            _model, BatchingOptions.Default with { Lanes = lanes, WaitingMax = 20 }, [true], TimeProvider.System,
                _runs);
        int refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 32).Select(caller => Task.Run(async () =>
        {
            Random random = new(caller);
            using TensorCall call = scorer.CreateCall(0);
            for (int i = 0; i < 200; i++)
            {
                int rows = random.Next(1, 6);
                int number = (caller * 1000) + i;
                RowSumScorer.Fill(call, number, rows);
                try
                {
                    await call.RunAsync(s_long, Token);
                    RowSumScorer.AssertAnswer(call, number, rows);
                }
                catch (TensorRunException error) when (error.Code == ErrorCode.ResourceExhausted)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        })));
        Assert.Equal((32 * 200) - refused, _runs.Runs.Sum(run => run.Calls));
        Assert.Equal(refused, _runs.Refused);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void AssertAnswers((TensorCall Call, Task Run)[] all, int[]? rows = null)
    {
        for (int i = 0; i < all.Length; i++)
        {
            RowSumScorer.AssertAnswer(all[i].Call, i, rows?[i] ?? 1);
            all[i].Call.Dispose();
        }
    }

    private BatchingScorer Create(BatchingOptions? options = null) =>
        new(_model, options ?? BatchingOptions.Default, [true], _time, _runs);

    // The first call is under way when the others come: they wait.
    private async Task<(TensorCall Call, Task Run)[]> StartAsync(BatchingScorer scorer, IEnumerable<int> rows)
    {
        _model.Hold = _hold;
        List<(TensorCall Call, Task Run)> all = [];
        foreach (int count in rows)
        {
            TensorCall call = scorer.CreateCall(0);
            RowSumScorer.Fill(call, all.Count, count);
            Task run = call.RunAsync(s_long, Token).AsTask();
            all.Add((call, run));
            if (all.Count == 1)
            {
                await _model.Came.WaitAsync(Token);
            }
        }

        return [.. all];
    }
}
