using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Tensors;

namespace Serving.Models.Tensors;

/// <summary>
/// Inputs and outputs of one call of a tensor model at a time, kept for the next: after the first calls of a shape
/// nothing is allocated. Not safe for use by several threads, and at no time two calls at once.
/// </summary>
/// <remarks>
/// Use: <see cref="Begin"/>, then <see cref="Input"/> for each input that is given, then <see cref="RunAsync"/>, then
/// <see cref="Output"/> until the next <see cref="Begin"/>.
/// </remarks>
public abstract class TensorCall : ITensorExchange, IDisposable
{
    private readonly TensorBuffer[] _inputs;
    private readonly TensorValue[] _outputs;
    private readonly bool[] _isGiven;
    private readonly bool[] _isWanted;

    /// <summary>Makes the buffers of a signature.</summary>
    protected TensorCall(TensorSignature signature)
    {
        Signature = signature;
        _inputs = [.. signature.Inputs.Select(_ => new TensorBuffer())];
        _outputs = [.. signature.Outputs.Select(_ => new TensorValue())];
        _isGiven = new bool[_inputs.Length];
        _isWanted = new bool[_outputs.Length];
        Array.Fill(_isWanted, true);
    }

    /// <summary>Makes a call on the buffers of another, which it runs: what is filled here is filled there.</summary>
    protected TensorCall(TensorCall inner)
    {
        Signature = inner.Signature;
        _inputs = inner._inputs;
        _outputs = inner._outputs;
        _isGiven = inner._isGiven;
        _isWanted = inner._isWanted;
    }

    /// <summary>What is called.</summary>
    public TensorSignature Signature { get; }

    /// <summary>Begins a call: no input is given, every output is wanted.</summary>
    public void Begin()
    {
        Array.Clear(_isGiven);
        Array.Fill(_isWanted, true);
    }

    /// <summary>The input to fill, which counts as given from now on.</summary>
    public TensorBuffer Input(int index)
    {
        _isGiven[index] = true;
        return _inputs[index];
    }

    /// <summary>Whether an input was given.</summary>
    public bool IsGiven(int index) => _isGiven[index];

    /// <summary>Chooses whether an output is wanted; one at least must be.</summary>
    public void Want(int index, bool isWanted) => _isWanted[index] = isWanted;

    /// <summary>Whether an output is wanted.</summary>
    public bool IsWanted(int index) => _isWanted[index];

    /// <summary>An output that was wanted, after <see cref="RunAsync"/>.</summary>
    public TensorValue Output(int index) => _outputs[index];

    /// <summary>
    /// Runs the model on the inputs. Completes synchronously where the model runs in the caller's thread.
    /// </summary>
    /// <param name="timeLeft">How long it may take, waiting included; at most the model's own limit counts.</param>
    /// <param name="cancellation">Ends a call that nobody waits for any more, as soon as its runtime can.</param>
    /// <exception cref="InputException">An input that has no default is missing, or type or shape are not the
    /// model's: all that is wrong, each named with what was expected.</exception>
    /// <exception cref="TensorRunException">The run failed, or had no time, memory or worker left.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public ValueTask RunAsync(TimeSpan timeLeft, CancellationToken cancellation)
    {
        CheckInputs();
        return RunCheckedAsync(timeLeft, cancellation);
    }

    /// <summary>As <see cref="RunAsync"/>, for callers that may block.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public void Run(TimeSpan timeLeft)
    {
        ValueTask run = RunAsync(timeLeft, CancellationToken.None);
        if (run.IsCompleted)
        {
            run.GetAwaiter().GetResult();
        }
        else
        {
            run.AsTask().GetAwaiter().GetResult();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs inputs whose names, types and shapes fit.</summary>
    protected abstract ValueTask RunCheckedAsync(TimeSpan timeLeft, CancellationToken cancellation);

    /// <summary>Frees what the runtime holds for this call.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>The buffer of an input, given or not.</summary>
    protected TensorBuffer InputBuffer(int index) => _inputs[index];

    // The usual call is right: nothing is allocated until something is found.
    private void CheckInputs()
    {
        ImmutableArray<InputProblem>.Builder? problems = null;
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (ProblemOf(Signature.Inputs[i], _inputs[i], _isGiven[i]) is { } problem)
            {
                (problems ??= ImmutableArray.CreateBuilder<InputProblem>()).Add(problem);
            }
        }

        if (problems is not null)
        {
            throw new InputException(problems.ToImmutable());
        }
    }

    private static InputProblem? ProblemOf(TensorSpec spec, TensorBuffer tensor, bool isGiven)
    {
        if (!isGiven)
        {
            return spec.HasDefault
                ? null
                : new InputProblem($"input '{spec.Name}'", "nothing", spec.TypeText);
        }

        bool isWhole = tensor.Type != TensorType.Text || tensor.TextCount == tensor.Count;
        return tensor.Type == spec.Type && spec.Accepts(tensor.Shape) && isWhole
            ? null
            : new InputProblem(
                $"input '{spec.Name}'",
                new TensorSpec("", tensor.Type, [.. tensor.Shape]).TypeText
                    + (isWhole ? "" : $" with {tensor.TextCount} texts"),
                spec.TypeText);
    }
}
