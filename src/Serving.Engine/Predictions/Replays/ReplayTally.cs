using System.Collections.Immutable;

namespace Serving.Engine.Predictions.Replays;

/// <summary>Counts what a replay finds.</summary>
internal sealed class ReplayTally
{
    private readonly long[] _history = new long[(int)HistoryClass.Unexplained + 1];

    // What differs from its recorded prefix is shown first: thousands that history explains must not hide it.
    private readonly List<ReplayDifference> _wrong = [];
    private readonly List<ReplayDifference> _classified = [];

    private long _records;
    private long _equal;
    private long _different;
    private long _fromFeatures;
    private long _masked;

    /// <summary>Counts an answer whose state was rebuilt.</summary>
    public void Add(IReadOnlyList<ReplayDifference> differences)
    {
        _records++;
        _equal += differences.Count == 0 ? 1 : 0;
        _different += differences.Count == 0 ? 0 : 1;
        Show(differences, _wrong);
    }

    /// <summary>
    /// Counts an answer whose state could not be rebuilt, so that it was rescored from its features: different only
    /// where these do not give its score.
    /// </summary>
    public void AddFromFeatures(IReadOnlyList<ReplayDifference> differences)
    {
        _records++;
        _fromFeatures += differences.Count == 0 ? 1 : 0;
        _different += differences.Count == 0 ? 0 : 1;
        Show(differences, _wrong);
    }

    /// <summary>Counts an answer whose request is masked; it is rescored from its features.</summary>
    public void AddMasked(IReadOnlyList<ReplayDifference> differences)
    {
        _masked++;
        AddFromFeatures(differences);
    }

    /// <summary>Counts how an answer compares with history.</summary>
    public void AddHistory(HistoryClass found, IReadOnlyList<ReplayDifference> differences)
    {
        _history[(int)found]++;
        Show(differences, _classified);
    }

    /// <summary>All counts.</summary>
    public ReplayReport ToReport() => new()
    {
        Records = _records,
        Equal = _equal,
        Different = _different,
        FromFeatures = _fromFeatures,
        Masked = _masked,
        History = Enum.GetValues<HistoryClass>().ToImmutableDictionary(found => found, found => _history[(int)found]),
        Differences = [.. _wrong.Concat(_classified).Take(ReplayReport.DifferencesShownMax)],
    };

    private static void Show(IReadOnlyList<ReplayDifference> differences, List<ReplayDifference> list)
    {
        int room = Math.Max(0, ReplayReport.DifferencesShownMax - list.Count);
        list.AddRange(differences.Take(room));
    }
}
