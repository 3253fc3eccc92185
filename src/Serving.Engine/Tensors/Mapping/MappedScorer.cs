using System.Collections.Immutable;
using Serving.Data;
using Serving.Models;
using Serving.Models.Tensors;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>
/// A tensor model behind a script: columns fill its inputs, an output of it is the raw score. Safe for use by several
/// threads; allocates nothing after warm-up, but for inputs that are <c>tf.Example</c> messages.
/// </summary>
internal sealed class MappedScorer : IScorer
{
    private TensorMapping _mapping;
    private readonly InputFiller _filler;
    private readonly ScoreReader _reader;
    private readonly Lazy<ServedTensors> _own;
    private readonly long _weightBytes;
    private volatile ServedTensors? _given;

    /// <summary>Makes the scorer of a mapping.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="weightBytes">Memory of the weights.</param>
    /// <param name="open">Opens the model where nobody gave an open one until the first score.</param>
    public MappedScorer(TensorMapping mapping, long weightBytes, Func<ServedTensors> open)
    {
        _mapping = mapping;
        _weightBytes = weightBytes;
        _filler = new InputFiller(mapping);
        _reader = new ScoreReader(mapping);
        _own = new Lazy<ServedTensors>(open);
    }

    /// <inheritdoc/>
    public ImmutableArray<ModelInput> Inputs => _mapping.ModelInputs;

    /// <inheritdoc/>
    public int OutputCount => Math.Max(1, _mapping.Score.Count);

    /// <inheritdoc/>
    public ScoreLink Link => _mapping.Link;

    /// <inheritdoc/>
    public long MemoryBytes => _weightBytes;

    /// <inheritdoc/>
    public bool MayBlock => true;

    /// <inheritdoc/>
    public bool IsDeferred => _given is { Scorer.IsDeferred: true };

    /// <summary>Has it score by an open model, which stays its owner's. To be called before the first score.</summary>
    public void Use(ServedTensors tensors) => _given = tensors;

    /// <summary>How it is filled and read.</summary>
    public TensorMapping Mapping => _mapping;

    /// <summary>Has each row go to the model alone. To be called before rows are scored by several threads.</summary>
    public void ScoreRowsApart() => _mapping = _mapping with { RowsPerCall = 1 };

    /// <summary>Fills a call of the mapping's signature from one row, without running it.</summary>
    public void FillRow(TensorCall call, FeatureBatch batch, int row) => Fill(call, batch, row, 1);

    /// <summary>Raw scores of a row, by running one whose numbers are all 0.</summary>
    /// <exception cref="TensorRunException">The model refuses it.</exception>
    public int CountScores()
    {
        var batch = new FeatureBatch();
        int ids = Inputs.Count(input => input.TakesIds);
        batch.Reset(1, Inputs.Length - ids, ids, 0);
        Array.Clear(batch.Dense);
        Array.Clear(batch.IdEnds);
        ServedTensors tensors = Tensors;
        using var lease = new CallLease(tensors, _mapping.SignatureIndex);
        Run(tensors, lease.Call, batch, 0, 1);
        return _reader.CountOf(lease.Call, 1);
    }

    /// <inheritdoc/>
    /// <exception cref="TensorRunException">The run failed, or had no time, memory or worker left.</exception>
    [HotPath]
    public void Score(FeatureBatch batch, Span<double> rawScores)
    {
        ServedTensors tensors = Tensors;
        using var lease = new CallLease(tensors, _mapping.SignatureIndex);
        for (int first = 0; first < batch.RowCount; first += _mapping.RowsPerCall)
        {
            int rows = Math.Min(_mapping.RowsPerCall, batch.RowCount - first);
            Run(tensors, lease.Call, batch, first, rows);
            _reader.Read(lease.Call, rows, rawScores.Slice(first * OutputCount, rows * OutputCount));
        }
    }

    /// <inheritdoc/>
    /// <exception cref="TensorRunException">The run failed, or had no time, memory or worker left.</exception>
    public async ValueTask ScoreAsync(
        FeatureBatch batch, Memory<double> rawScores, TimeSpan timeLeft, CancellationToken cancellation)
    {
        ServedTensors tensors = Tensors;
        using var lease = new CallLease(tensors, _mapping.SignatureIndex);
        for (int first = 0; first < batch.RowCount; first += _mapping.RowsPerCall)
        {
            int rows = Math.Min(_mapping.RowsPerCall, batch.RowCount - first);
            Fill(lease.Call, batch, first, rows);
            TimeSpan limit = tensors.Options.CallTime;
            await lease.Call.RunAsync(timeLeft < limit ? timeLeft : limit, cancellation);
            _reader.Read(lease.Call, rows, rawScores.Span.Slice(first * OutputCount, rows * OutputCount));
        }
    }

    private ServedTensors Tensors => _given ?? _own.Value;

    [HotPath]
    private void Run(ServedTensors tensors, TensorCall call, FeatureBatch batch, int first, int rows)
    {
        Fill(call, batch, first, rows);
        call.Run(tensors.Options.CallTime);
    }

    [HotPath]
    private void Fill(TensorCall call, FeatureBatch batch, int first, int rows)
    {
        call.Begin();
        for (int output = 0; output < _mapping.Signature.Outputs.Length; output++)
        {
            call.Want(output, output == _mapping.Score.Output);
        }

        _filler.Fill(call, batch, first, rows);
    }
}
