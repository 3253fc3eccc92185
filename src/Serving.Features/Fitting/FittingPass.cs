using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Features.Fitting;

/// <summary>
/// One pass over the data. Threads take pieces of input in turn, parse, evaluate and count them apart; their counts are
/// added at the end. Only the test for repeated request ids goes through the pieces in the input's order.
/// </summary>
internal sealed class FittingPass
{
    private readonly FittingPassPlan _plan;
    private readonly IRowSource _source;
    private readonly FirstRows _firstRows;
    private readonly Action<long, double>? _progress;
    private readonly CancellationToken _cancellation;

    // Guards the source, the number of the next piece to take, and the problems; threads wait in it for their turn.
    private readonly object _gate = new();
    private readonly SortedDictionary<long, InputException> _problems = [];
    private long _problemCount;
    private long _piecesTaken;
    private long _piecesOrdered;
    private long _rowsRead;
    private Exception? _failure;

    private FittingPass(
        FittingPassPlan plan,
        IRowSource source,
        FirstRows firstRows,
        Action<long, double>? progress,
        CancellationToken cancellation)
    {
        _plan = plan;
        _source = source;
        _firstRows = firstRows;
        _progress = progress;
        _cancellation = cancellation;
    }

    /// <summary>Runs the pass and returns what one worker holding the counts of all has found.</summary>
    public static FittingWorker Run(
        FittingPassPlan plan,
        IRowSource source,
        FirstRows firstRows,
        int threads,
        Action<long, double>? progress,
        CancellationToken cancellation)
    {
        var pass = new FittingPass(plan, source, firstRows, progress, cancellation);
        FittingWorker[] workers = [.. Enumerable.Range(0, threads).Select(_ => new FittingWorker(plan, source))];
        Thread[] running = [.. workers.Skip(1).Select(worker => new Thread(() => pass.Work(worker)))];
        foreach (Thread thread in running)
        {
            thread.Start();
        }

        pass.Work(workers[0]);
        foreach (Thread thread in running)
        {
            thread.Join();
        }

        pass.ThrowFailure();
        foreach (FittingWorker worker in workers.Skip(1))
        {
            workers[0].Merge(worker);
        }

        return workers[0];
    }

    private void Work(FittingWorker worker)
    {
        try
        {
            while (Take(out long piece) is { } chunk)
            {
                using (chunk)
                {
                    Fit(worker, chunk, piece);
                }
            }
        }
        catch (Exception failure)
        {
            // Handed to the thread that runs the pass; the others stop.
            lock (_gate)
            {
                _failure ??= failure;
                Monitor.PulseAll(_gate);
            }
        }
    }

    private IRowChunk? Take(out long piece)
    {
        lock (_gate)
        {
            piece = _piecesTaken;
            _cancellation.ThrowIfCancellationRequested();
            IRowChunk? chunk = _failure is not null ? null : _source.ReadChunk();
            _piecesTaken += chunk is null ? 0 : 1;
            return chunk;
        }
    }

    private void Fit(FittingWorker worker, IRowChunk chunk, long piece)
    {
        try
        {
            worker.Parse(chunk);
        }
        catch (InputException found)
        {
            // The piece has no rows to count, but its turn must pass.
            lock (_gate)
            {
                _problems.Add(piece, found);
                _problemCount += found.ProblemCount;

                // Each has one problem at least: the first so many are all that is shown, the rest is counted.
                if (_problems.Count > InputException.ProblemsShownMax)
                {
                    _problems.Remove(_problems.Keys.Last());
                }
            }

            worker.Drop();
        }

        if (!WaitForTurn(piece))
        {
            return;
        }

        _firstRows.Mark(worker.Rows, chunk.FirstRow, worker.IsFirst);
        lock (_gate)
        {
            _piecesOrdered++;
            _rowsRead += worker.Rows.RowCount;
            Monitor.PulseAll(_gate);
            _progress?.Invoke(_rowsRead, _source.Progress);
        }

        worker.Count(_plan);
    }

    private bool WaitForTurn(long piece)
    {
        lock (_gate)
        {
            while (_piecesOrdered != piece && _failure is null)
            {
                Monitor.Wait(_gate);
            }

            return _failure is null;
        }
    }

    private void ThrowFailure()
    {
        if (_problems.Count > 0)
        {
            ImmutableArray<InputProblem> shown =
                [.. _problems.Values.SelectMany(found => found.Problems).Take(InputException.ProblemsShownMax)];
            throw new InputException(shown, _problemCount);
        }

        if (_failure is not null)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_failure);
        }
    }
}
