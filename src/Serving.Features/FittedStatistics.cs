using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Serving.Data;
using Serving.Features.Binding.Tree;
using Serving.Features.Fitting;

namespace Serving.Features;

/// <summary>
/// What fitting found for every encoder of a script (borders, vocabularies, means ...), as canonical JSON. Immutable
/// and safe for use by several threads.
/// </summary>
public sealed class FittedStatistics
{
    private readonly FrozenDictionary<(string Member, int Position), FittedEncoder> _encoders;
    private readonly FrozenDictionary<string, ImmutableArray<long>> _idCounts;

    internal FittedStatistics(
        string scriptSha256,
        ReadOnlyMemory<byte> canonicalJson,
        FrozenDictionary<(string Member, int Position), FittedEncoder> encoders)
        : this(scriptSha256, canonicalJson, encoders, FrozenDictionary<string, ImmutableArray<long>>.Empty)
    {
    }

    private FittedStatistics(
        string scriptSha256,
        ReadOnlyMemory<byte> canonicalJson,
        FrozenDictionary<(string Member, int Position), FittedEncoder> encoders,
        FrozenDictionary<string, ImmutableArray<long>> idCounts)
    {
        ScriptSha256 = scriptSha256;
        CanonicalJson = canonicalJson;
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(canonicalJson.Span));
        _encoders = encoders;
        _idCounts = idCounts;
    }

    /// <summary>Hash of the script that was fitted; another script refuses these statistics.</summary>
    public string ScriptSha256 { get; }

    /// <summary>The statistics as RFC 8785 canonical JSON, byte for byte what is stored and hashed.</summary>
    public ReadOnlyMemory<byte> CanonicalJson { get; }

    /// <summary>SHA-256 of <see cref="CanonicalJson"/>, 64 lower-case hex digits.</summary>
    public string Sha256 { get; }

    /// <summary>Rows that were fitted.</summary>
    public long RowCount { get; private init; }

    /// <summary>Least time of a fitted row in ms since 1970 UTC; null of none.</summary>
    public long? FirstTime { get; private init; }

    /// <summary>Greatest time of a fitted row in ms since 1970 UTC; null of none.</summary>
    public long? LastTime { get; private init; }

    /// <summary>
    /// Features whose distinct values exceeded the memory, so that their encoders were fitted by a sketch; in order.
    /// </summary>
    public ImmutableArray<string> ApproximateFeatures { get; private init; } = [];

    /// <summary>Members and positions of all encoders that have statistics.</summary>
    internal ImmutableArray<(string Member, int Position)> Encoders => _encoders.Keys;

    /// <summary>
    /// Stands in for statistics where only values before encoders are wanted and none of them needs any
    /// (<see cref="FeatureScript.RawNeedsStatistics"/>).
    /// </summary>
    public static FittedStatistics NeutralFor(FeatureScript script) => NeutralStatistics.Of(script);

    /// <summary>
    /// Reads statistics. Total on hostile bytes. JSON that is not canonical is taken too; its canonical form is what
    /// is kept.
    /// </summary>
    /// <exception cref="InputException">The bytes are no statistics; names every problem.</exception>
    public static FittedStatistics Read(ReadOnlyMemory<byte> json, string path) =>
        Of(StatisticsReader.Read(json, path));

    /// <summary>
    /// How often each id of a fitted discrete column was given while fitting: 0 missing, 1 unseen, then the real ones;
    /// an element of a list counts by itself. Empty for any other column.
    /// </summary>
    public ImmutableArray<long> FindIdCounts(string column) => _idCounts.GetValueOrDefault(column, []);

    /// <summary>The statistics of a document.</summary>
    internal static FittedStatistics Of(StatisticsDocument document)
    {
        IEnumerable<KeyValuePair<string, ImmutableArray<long>>> counts = document.Entries.SelectMany(
            entry => entry.Columns.Zip(entry.Fitted.Observed.Ids, (column, ids) => KeyValuePair.Create(column, ids)));
        return new FittedStatistics(
            document.ScriptSha256,
            StatisticsWriter.Write(document),
            document.Entries.ToFrozenDictionary(entry => (entry.Member, entry.Position), entry => entry.Fitted),
            counts.DistinctBy(pair => pair.Key).ToFrozenDictionary())
        {
            RowCount = document.Facts.Rows,
            FirstTime = document.Facts.FirstTime,
            LastTime = document.Facts.LastTime,
            ApproximateFeatures =
            [
                .. document.Entries.Where(entry => entry.Fitted.Sketch is not null)
                    .Select(entry => entry.Member).Distinct(),
            ],
        };
    }

    /// <summary>
    /// What a bound script misses in these statistics, or finds of another shape; empty where they fit.
    /// </summary>
    internal ImmutableArray<InputProblem> CheckFor(BoundScript script) => ScriptMatch.ProblemsOf(this, script);

    /// <summary>
    /// What was found for the encoder at a position of a feature member's chain; null where nothing was.
    /// </summary>
    internal FittedEncoder? Find(string member, int position) => _encoders.GetValueOrDefault((member, position));
}
