using System.Collections.Immutable;

namespace Serving.Engine.Bundles;

/// <summary>The head of a bundle, <c>manifest.json</c>. Immutable.</summary>
public sealed record BundleManifest
{
    /// <summary>The manifest's own name: the commit marker of a bundle.</summary>
    public const string FileName = "manifest.json";

    /// <summary>Word that tells the format.</summary>
    public const string Format = "serving.bundle";

    /// <summary>Version of the format that is written and the newest that is read.</summary>
    public const int FormatVersion = 1;

    /// <summary>Name of the model.</summary>
    public required string Name { get; init; }

    /// <summary>Version of the model, 1 .. 2^53 - 1.</summary>
    public required long Version { get; init; }

    /// <summary>When it was packed.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Every other file by its name, <c>/</c> between folders.</summary>
    public required ImmutableSortedDictionary<string, BundleFile> Files { get; init; }

    /// <summary>File of the script, or null.</summary>
    public string? Script { get; init; }

    /// <summary>File of the statistics, or null.</summary>
    public string? Statistics { get; init; }

    /// <summary>File of the baseline that drift is compared with, or null.</summary>
    public string? Baseline { get; init; }

    /// <summary>File of the decisions, or null.</summary>
    public string? Decision { get; init; }

    /// <summary>File of what fills the inputs of a tensor model behind the script, or null.</summary>
    public string? Mapping { get; init; }

    /// <summary>Manifest of the bundle of the fallback, or null; its files stand beside it.</summary>
    public string? Fallback { get; init; }

    /// <summary>File of the model; files that it names stand beside it.</summary>
    public required string Model { get; init; }

    /// <summary>Format of the model, as <c>model show</c> names it.</summary>
    public required string ModelFormat { get; init; }

    /// <summary>How trees are added: <c>exact</c> or <c>fast</c>.</summary>
    public string Sum { get; init; } = "exact";

    /// <summary>File of the sample requests, JSON lines.</summary>
    public required string Samples { get; init; }

    /// <summary>File of the samples' expected values, JSON lines.</summary>
    public required string Expected { get; init; }

    /// <summary>Samples in these files.</summary>
    public required int SampleCount { get; init; }

    /// <summary>Hash of the published request schema, 16 hex digits.</summary>
    public required string SchemaHash { get; init; }

    /// <summary>Memory that the model held when it was packed, in bytes.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Most rows in one request.</summary>
    public int RowsMax { get; init; } = 10_000;

    /// <summary>What is to be known of a tensor model; null for other models.</summary>
    public TensorManifest? Tensors { get; init; }

    /// <summary>Request fields that are logged masked.</summary>
    public ImmutableArray<string> Masked { get; init; } = [];

    /// <summary>SHA-256 of the script, or null.</summary>
    public string? ScriptSha256 => Script is null ? null : Files[Script].Sha256;

    /// <summary>SHA-256 of the model's file.</summary>
    public string ModelSha256 => Files[Model].Sha256;
}
