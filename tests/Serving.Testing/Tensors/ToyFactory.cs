using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.Testing.Tensors;

/// <summary>
/// A tensor runtime without native code: models are files <c>*.toy</c> of a few lines, see <see cref="ToyModel"/>.
/// Safe for use by several threads.
/// </summary>
public sealed class ToyFactory : IScorerFactory
{
    private int _open;
    private int _opened;

    /// <summary>Whether its library is missing, as TensorFlow's may be.</summary>
    public bool IsMissing { get; set; }

    /// <summary>Scorers that were opened and not disposed yet.</summary>
    public int OpenCount => Volatile.Read(ref _open);

    /// <summary>Scorers that were ever opened.</summary>
    public int OpenedCount => Volatile.Read(ref _opened);

    /// <inheritdoc/>
    public string Format => "toy";

    /// <inheritdoc/>
    public string RunsBy => "toybox";

    /// <inheritdoc/>
    public bool Recognises(ModelFiles files) => files.Main.EndsWith(".toy", StringComparison.Ordinal);

    /// <inheritdoc/>
    public TensorModel Check(ModelFiles files, TensorModelOptions options) => ToyModel.Read(files).Model;

    /// <inheritdoc/>
    public ITensorScorer Open(ModelFiles files, TensorModelOptions options)
    {
        ToyModel model = ToyModel.Read(files);
        if (IsMissing)
        {
            throw new RuntimeMissingException("the toy box is not there; install it");
        }

        if (model.Model.Operators.Contains("Unopenable"))
        {
            throw new InputException(new InputProblem(files.Main, "Unopenable", "operators that the toy box knows"));
        }

        Interlocked.Increment(ref _open);
        Interlocked.Increment(ref _opened);
        return new ToyScorer(model, options, () => Interlocked.Decrement(ref _open));
    }
}
