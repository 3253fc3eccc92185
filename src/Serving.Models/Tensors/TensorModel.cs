using System.Collections.Immutable;
using Serving.Data.Tensors;

namespace Serving.Models.Tensors;

/// <summary>
/// What the files of a tensor model say of it, read and checked without its runtime. Immutable, safe for use by several
/// threads.
/// </summary>
/// <param name="Format">Format of the files: <c>onnx</c> or <c>savedmodel</c>.</param>
/// <param name="Tool">The tool that wrote it, as the file says; empty where it does not.</param>
/// <param name="ToolVersion">Its version; empty where the file does not say.</param>
/// <param name="Signatures">Ways to call it, at least one.</param>
public sealed record TensorModel(
    string Format, string Tool, string ToolVersion, ImmutableArray<TensorSignature> Signatures)
{
    /// <summary>Tolerance of models that compute in binary32 or more.</summary>
    public const double FullTolerance = 1e-5;

    /// <summary>Tolerance of models of reduced precision.</summary>
    public const double ReducedTolerance = 2e-2;

    /// <summary>Index of the signature that a call without a name means; -1 where the model has none.</summary>
    public int DefaultSignature { get; init; }

    /// <summary>
    /// Operators that its graph and functions use, sorted, e.g. <c>MatMul</c>, <c>ai.onnx.ml.Scaler</c>.
    /// </summary>
    public ImmutableArray<string> Operators { get; init; } = [];

    /// <summary>How often each operator stands in its graph and functions, by the same names.</summary>
    public ImmutableSortedDictionary<string, int> OperatorCounts { get; init; } =
        ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Tags of the graph of a SavedModel; empty of other models.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>
    /// Operators that reach outside the process; it runs only where bundle and server both allow them.
    /// </summary>
    public ImmutableArray<string> UnsafeOperators { get; init; } = [];

    /// <summary>
    /// Whether calls change what later calls answer (counters, variables): never batched, not replicated.
    /// </summary>
    public bool IsStateful { get; init; }

    /// <summary>Whether equal calls may answer differently (random operators).</summary>
    public bool IsRandom { get; init; }

    /// <summary>Whether weights or activations are narrower than binary32, so that processors differ by more.</summary>
    public bool IsReduced { get; init; }

    /// <summary>
    /// How far its floats may differ, absolute or relative, between processors and between runs that ought to be equal.
    /// </summary>
    public double Tolerance => IsReduced ? ReducedTolerance : FullTolerance;

    /// <summary>Bytes of weights and constants.</summary>
    public long WeightBytes { get; init; }

    /// <summary>
    /// Names of its files by plain relative path, the main one first; what else lies there is left out.
    /// </summary>
    public ImmutableArray<string> Files { get; init; } = [];

    /// <summary>What the files hold and serving does not use, one sentence each.</summary>
    public ImmutableArray<string> NotCarriedOver { get; init; } = [];

    /// <summary>
    /// Index of the signature of a name, empty for the default one; -1 where there is none.
    /// </summary>
    public int SignatureIndex(ReadOnlySpan<char> name)
    {
        if (name.IsEmpty)
        {
            return DefaultSignature;
        }

        for (int i = 0; i < Signatures.Length; i++)
        {
            if (name.SequenceEqual(Signatures[i].Name))
            {
                return i;
            }
        }

        return -1;
    }
}
