using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Features;

/// <summary>
/// A feature script that compiles: names and types are bound, nothing is fitted yet. Immutable and safe for use by
/// several threads.
/// </summary>
public sealed class FeatureScript
{
    private FeatureScript(string name, long version, string sha256, RowSchema request)
    {
        Name = name;
        Version = version;
        Sha256 = sha256;
        Request = request;
    }

    /// <summary>The name after <c>features</c>.</summary>
    public string Name { get; }

    /// <summary>The number after the name.</summary>
    public long Version { get; }

    /// <summary>SHA-256 of the script's bytes (R108), 64 lower-case hex digits.</summary>
    public string Sha256 { get; }

    /// <summary>The fields of the request event, in the script's order.</summary>
    public RowSchema Request { get; }

    /// <summary>Place of the request's id field (string or int, never optional).</summary>
    public int IdField { get; }

    /// <summary>Place of the request's time field.</summary>
    public int TimeField { get; }

    /// <summary>Places of the request fields that an expression label reads (R57): masked at serving.</summary>
    public ImmutableArray<int> LabelFields { get; } = [];

    /// <summary>Whether an encoder needs fitted statistics, so that a program cannot be made without them.</summary>
    public bool NeedsStatistics { get; }

    /// <summary>
    /// Compiles the text of a script. Returns null when it has errors; diagnostics (errors, warnings) are collected in
    /// both cases. Total: hostile text gives diagnostics, never an exception.
    /// </summary>
    /// <param name="utf8">The script's bytes.</param>
    /// <param name="path">Name used in diagnostics.</param>
    /// <param name="diagnostics">What was found, in the order of the text, at most 50.</param>
    public static FeatureScript? Compile(ReadOnlyMemory<byte> utf8, string path, out ImmutableArray<Diagnostic> diagnostics)
        => throw new NotImplementedException();
}
