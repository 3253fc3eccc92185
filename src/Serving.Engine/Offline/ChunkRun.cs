using System.Runtime.ExceptionServices;
using Serving.Data;

namespace Serving.Engine.Offline;

/// <summary>
/// Takes chunks in order, has every core parse, evaluate and format one, and writes the pieces in order. At most
/// <see cref="PiecesPerThread"/> pieces for each thread are under way, so memory is bounded whatever the file's size.
/// </summary>
/// <remarks>
/// Which threads meet where: workers take chunks one at a time under the read gate; under the window gate they put
/// their piece in its place, and whoever finds the next piece in order there, while nobody writes, writes. After the
/// first wrong chunk nothing is written and the others are only parsed, so that all problems are shown together.
/// </remarks>
internal sealed class ChunkRun
{
    private const int PiecesPerThread = 4;

    private readonly IRowSource _source;
    private readonly IRowSink _sink;
    private readonly OfflineOptions _options;
    private readonly RowFilter? _filter;
    private readonly Func<ChunkWorker> _createWorker;
    private readonly Lock _readGate = new();
    private readonly object _windowGate = new();

    // The piece with number n stands at n % length until it is written; under the window gate.
    private readonly ChunkPiece?[] _pieces;
    private readonly List<InputProblem> _problems = [];
    private long _nextRead;
    private long _nextWrite;
    private long _problemCount;
    private long _rowsRead;
    private long _rowsWritten;
    private bool _isWriting;
    private bool _isAtEnd;
    private volatile bool _isWrong;
    private volatile Exception? _fault;
    private long _saturationCount;
    private long _notFiniteCount;

    /// <summary>Makes a run; <paramref name="createWorker"/> is called once on each thread.</summary>
    public ChunkRun(
        IRowSource source, IRowSink sink, OfflineOptions options, int timeField, Func<ChunkWorker> createWorker)
    {
        _source = source;
        _sink = sink;
        _options = options;
        _filter = RowFilter.Of(options, timeField);
        _createWorker = createWorker;
        int threads = options.Threads > 0 ? options.Threads : Environment.ProcessorCount;
        _pieces = new ChunkPiece?[threads * PiecesPerThread];
    }

    /// <summary>Runs to the end and completes the sink.</summary>
    /// <exception cref="InputException">Rows are wrong; holds all problems of all chunks.</exception>
    public OfflineResult Run()
    {
        Thread[] threads = [.. Enumerable.Range(1, (_pieces.Length / PiecesPerThread) - 1).Select(StartThread)];
        Work();
        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        if (_fault is { } fault)
        {
            DropPieces();
            ExceptionDispatchInfo.Throw(fault);
        }

        if (_problemCount > 0)
        {
            throw new InputException([.. _problems], _problemCount);
        }

        _sink.Complete();
        return new OfflineResult(_rowsRead, _rowsWritten, _saturationCount, _notFiniteCount);
    }

    private Thread StartThread(int number)
    {
        var thread = new Thread(Work) { Name = $"serving-offline-{number}", IsBackground = true };
        thread.Start();
        return thread;
    }

    private void Work()
    {
        try
        {
            ChunkWorker worker = _createWorker();
            while (_fault is null)
            {
                IRowChunk? chunk = Take(out long number);
                if (chunk is null)
                {
                    break;
                }

                Deliver(number, PieceOf(chunk, worker));
            }

            Interlocked.Add(ref _saturationCount, worker.SaturationCount);
            Interlocked.Add(ref _notFiniteCount, worker.NotFiniteCount);
        }
        catch (Exception exception)
        {
            // The first fault ends the run on every thread and is thrown by Run.
            Interlocked.CompareExchange(ref _fault, exception, null);
            lock (_windowGate)
            {
                Monitor.PulseAll(_windowGate);
            }
        }
    }

    private IRowChunk? Take(out long number)
    {
        lock (_readGate)
        {
            number = _nextRead;
            if (_isAtEnd || !WaitForRoom())
            {
                return null;
            }

            _options.Cancellation.ThrowIfCancellationRequested();
            try
            {
                IRowChunk? chunk = _source.ReadChunk();
                _isAtEnd = chunk is null;
                _nextRead += chunk is null ? 0 : 1;
                return chunk;
            }
            catch (InputException exception)
            {
                // A damaged source ends here; the problems of the rows before it are shown too.
                _isAtEnd = true;
                _nextRead++;
                Deliver(number, new ChunkPiece(0, null, exception));
                return null;
            }
        }
    }

    private bool WaitForRoom()
    {
        lock (_windowGate)
        {
            while (_fault is null && _nextRead - _nextWrite >= _pieces.Length)
            {
                Monitor.Wait(_windowGate);
            }

            return _fault is null;
        }
    }

    private ChunkPiece PieceOf(IRowChunk chunk, ChunkWorker worker)
    {
        using (chunk)
        {
            try
            {
                worker.Parse(chunk);
                int rowsRead = worker.Rows.RowCount;
                if (_isWrong)
                {
                    return new ChunkPiece(rowsRead, null, null);
                }

                _filter?.Apply(worker.Rows, worker.Kept, worker.Windows?.Rows);
                worker.Output.Clear();
                worker.Fill(chunk.FirstRow);
                return new ChunkPiece(rowsRead, _sink.Format(worker.Output, worker.Kept), null);
            }
            catch (InputException exception)
            {
                _isWrong = true;
                return new ChunkPiece(0, null, exception);
            }
        }
    }

    private void Deliver(long number, ChunkPiece piece)
    {
        lock (_windowGate)
        {
            _pieces[number % _pieces.Length] = piece;
            if (_isWriting)
            {
                return;
            }

            _isWriting = true;
        }

        while (TryNext(out ChunkPiece? next))
        {
            Write(next!);
            lock (_windowGate)
            {
                _pieces[_nextWrite % _pieces.Length] = null;
                _nextWrite++;
                Monitor.PulseAll(_windowGate);
            }

            _options.Progress?.Invoke(new OfflineProgress(_rowsWritten, _source.Progress));
        }
    }

    // Gives the right to write back when the next piece is not there yet; its deliverer will find it free.
    private bool TryNext(out ChunkPiece? next)
    {
        lock (_windowGate)
        {
            next = _pieces[_nextWrite % _pieces.Length];
            _isWriting = next is not null;
            return _isWriting;
        }
    }

    private void Write(ChunkPiece piece)
    {
        _rowsRead += piece.RowsRead;
        if (piece.Problems is { } wrong)
        {
            _problemCount += wrong.ProblemCount;
            _problems.AddRange(wrong.Problems.Take(InputException.ProblemsShownMax - _problems.Count));
        }

        if (piece.Formatted is not { } formatted)
        {
            return;
        }

        if (_problemCount > 0)
        {
            formatted.Dispose();
            return;
        }

        _rowsWritten += formatted.RowCount;
        _sink.Write(formatted);
    }

    private void DropPieces()
    {
        foreach (ChunkPiece? piece in _pieces)
        {
            piece?.Formatted?.Dispose();
        }
    }
}
