using System.Collections.Immutable;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>What a bundle is made of. Immutable.</summary>
public sealed record PackRequest
{
    /// <summary>Name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>Path of the model's file; files that it names stand beside it.</summary>
    public required string ModelPath { get; init; }

    /// <summary>Path of the script, or null.</summary>
    public string? ScriptPath { get; init; }

    /// <summary>Path of the statistics, or null.</summary>
    public string? StatisticsPath { get; init; }

    /// <summary>Path of what fills the inputs of a tensor model behind the script; null leaves it to names.</summary>
    public string? MappingPath { get; init; }

    /// <summary>Path of the decisions, or null.</summary>
    public string? DecisionPath { get; init; }

    /// <summary>Path of the bundle of the fallback, or null.</summary>
    public string? FallbackPath { get; init; }

    /// <summary><c>exact</c> or <c>fast</c>.</summary>
    public string Sum { get; init; } = "exact";

    /// <summary>Request fields that are logged masked.</summary>
    public ImmutableArray<string> Masked { get; init; } = [];

    /// <summary>How a tensor model is opened, and the limits of its calls.</summary>
    public TensorModelOptions Tensors { get; init; } = TensorModelOptions.Default;

    /// <summary>Most rows in one request.</summary>
    public int RowsMax { get; init; } = 10_000;
}
