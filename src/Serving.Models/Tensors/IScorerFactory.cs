using Serving.Data;

namespace Serving.Models.Tensors;

/// <summary>
/// Reads, checks and opens models of one native runtime. Engine gets factories from Server and Cli and knows no
/// runtime. Safe for use by several threads.
/// </summary>
public interface IScorerFactory
{
    /// <summary>Format as <c>--format</c> and <c>model show</c> spell it: <c>onnx</c>, <c>savedmodel</c>.</summary>
    string Format { get; }

    /// <summary>What runs its models: <c>onnxruntime</c>, <c>tensorflow</c>.</summary>
    string RunsBy { get; }

    /// <summary>Execution providers that would run a model, the chosen one first, e.g. <c>cpu</c>.</summary>
    IReadOnlyList<string> ProvidersFor(TensorModelOptions options) => ["cpu"];

    /// <summary>Loads the runtime's library, so that the first model finds it there; a process that waits for a model
    /// does so.</summary>
    /// <exception cref="RuntimeMissingException">The library is not there.</exception>
    void Prepare()
    {
    }

    /// <summary>Whether files look like a model of this format, by name and first bytes alone.</summary>
    bool Recognises(ModelFiles files);

    /// <summary>
    /// Reads and checks a model without its runtime: total on hostile bytes, bounded in time and memory, and never near
    /// native code.
    /// </summary>
    /// <exception cref="InputException">The files are no such model or a broken one: every problem found.</exception>
    TensorModel Check(ModelFiles files, TensorModelOptions options);

    /// <summary>Checks a model and opens it in its runtime.</summary>
    /// <exception cref="InputException">The files are no such model, or the runtime refuses them.</exception>
    /// <exception cref="RuntimeMissingException">The runtime's library is not there.</exception>
    ITensorScorer Open(ModelFiles files, TensorModelOptions options);
}
