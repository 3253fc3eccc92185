namespace Serving.Models.Tensors;

/// <summary>How an open model is hosted, for status. Immutable.</summary>
public sealed record TensorHost
{
    /// <summary>Isolation of a model in a process of its own.</summary>
    public const string Process = "process";

    /// <summary>Isolation of a model in this process.</summary>
    public const string NoIsolation = "none";

    /// <summary>In this process, call by call.</summary>
    public static TensorHost Plain { get; } = new();

    /// <summary><c>none</c>, or <c>process</c> of a model in a worker process.</summary>
    public string Isolation { get; init; } = NoIsolation;

    /// <summary>The worker process now; 0 without one.</summary>
    public int ProcessId { get; init; }

    /// <summary>
    /// <c>on</c> where calls form batches; else <c>off</c>, with the reason where nobody asked for it.
    /// </summary>
    public string Batching { get; init; } = "off";
}
