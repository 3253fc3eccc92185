using System.Collections.Immutable;

namespace Serving.Engine.Predictions.Replays;

/// <summary>Counts what a replay finds.</summary>
internal sealed class ReplayTally
{
    private readonly long[] _history = new long[(int)HistoryClass.Unexplained + 1];
    private readonly ImmutableArray<ReplayDifference>.Builder _differences =
        ImmutableArray.CreateBuilder<ReplayDifference>();

    private long _records;
    private long _equal;
    private long _different;
    private long _fromFeatures;

    /// <summary>Counts an answer whose state was rebuilt.</summary>
    public void Add(IReadOnlyList<ReplayDifference> differences)
    {
        _records++;
        _equal += differences.Count == 0 ? 1 : 0;
        _different += differences.Count == 0 ? 0 : 1;
        Show(differences);
    }

    /// <summary>Counts an answer whose state could not be rebuilt.</summary>
    public void AddFromFeatures(IReadOnlyList<ReplayDifference> differences)
    {
        _records++;
        _fromFeatures++;
        Show(differences);
    }

    /// <summary>Counts how an answer compares with history.</summary>
    public void AddHistory(HistoryClass found, IReadOnlyList<ReplayDifference> differences)
    {
        _history[(int)found]++;
        Show(differences);
    }

    /// <summary>All counts.</summary>
    public ReplayReport ToReport() => new()
    {
        Records = _records,
        Equal = _equal,
        Different = _different,
        FromFeatures = _fromFeatures,
        History = Enum.GetValues<HistoryClass>().ToImmutableDictionary(found => found, found => _history[(int)found]),
        Differences = _differences.ToImmutable(),
    };

    private void Show(IReadOnlyList<ReplayDifference> differences)
    {
        int room = Math.Max(0, ReplayReport.DifferencesShownMax - _differences.Count);
        _differences.AddRange(differences.Take(room));
    }
}
