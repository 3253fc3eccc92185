using System.Collections.Frozen;
using Serving.Data;
using Serving.Features.Fitting;

namespace Serving.Features;

/// <summary>
/// What fitting found for every encoder of a script (borders, vocabularies, means ...), as canonical JSON. Immutable and
/// safe for use by several threads.
/// </summary>
public sealed class FittedStatistics
{
    private readonly FrozenDictionary<(string Member, int Position), FittedEncoder> _encoders;

    internal FittedStatistics(
        string scriptSha256,
        ReadOnlyMemory<byte> canonicalJson,
        FrozenDictionary<(string Member, int Position), FittedEncoder> encoders)
    {
        ScriptSha256 = scriptSha256;
        CanonicalJson = canonicalJson;
        _encoders = encoders;
    }

    /// <summary>Hash of the script that was fitted; another script refuses these statistics.</summary>
    public string ScriptSha256 { get; }

    /// <summary>The statistics as RFC 8785 canonical JSON, byte for byte what is stored and hashed.</summary>
    public ReadOnlyMemory<byte> CanonicalJson { get; }

    /// <summary>Reads statistics. Total on hostile bytes.</summary>
    /// <exception cref="InputException">The bytes are no statistics; names every problem.</exception>
    public static FittedStatistics Read(ReadOnlyMemory<byte> json, string path) => throw new NotSupportedException();

    /// <summary>What was found for the encoder at a position of a feature member's chain; null where nothing was.</summary>
    internal FittedEncoder? Find(string member, int position) => _encoders.GetValueOrDefault((member, position));
}
