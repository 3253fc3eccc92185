using System.Collections.Immutable;
using System.Numerics;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Features.Evaluation;

/// <summary>
/// All events of one kind that the oracle was given, less those that are refused (R54, R55); under each key those that
/// are no repetitions (R44).
/// </summary>
/// <param name="declaration">The kind.</param>
/// <param name="repetitionMs">How long an id is remembered; negative: for ever.</param>
internal sealed class OracleHistory(EventDeclaration declaration, BigInteger repetitionMs)
{
    /// <summary>Ids that a key remembers (R44).</summary>
    private const int RememberedMax = 4096;

    private readonly List<OracleEvent> _events = [];
    private readonly Dictionary<string, Dictionary<string, OracleEvent[]>> _byKey = new(StringComparer.Ordinal);
    private long _rowCount;

    /// <summary>Events that became known later than their kind allows (R54).</summary>
    public long LateCount { get; private set; }

    /// <summary>Events that were known more than 5 s before their time (R55).</summary>
    public long FutureCount { get; private set; }

    public void Add(RowBatch rows)
    {
        // The caller reuses its batch, so the history has one of its own.
        var copy = new RowBatch(rows.Schema);
        copy.CopyFrom(rows);
        for (int row = 0; row < copy.RowCount; row++)
        {
            var item = new OracleEvent(declaration, copy, row, _rowCount++);
            if (IsAdmitted(item))
            {
                _events.Add(item);
            }
        }

        _byKey.Clear();
    }

    /// <summary>The accepted events under a key, by time, then id.</summary>
    public OracleEvent[] Under(ImmutableArray<int> keyFields, string key)
    {
        string fields = OracleKey.OfFields(keyFields);
        if (!_byKey.TryGetValue(fields, out Dictionary<string, OracleEvent[]>? byKey))
        {
            byKey = Accept(keyFields);
            _byKey.Add(fields, byKey);
        }

        return byKey.GetValueOrDefault(key, []);
    }

    private bool IsAdmitted(OracleEvent item)
    {
        if (item.Time - item.Known > 5000)
        {
            FutureCount++;
            return false;
        }

        if (declaration.LateMs >= 0 && item.Known - item.Time > declaration.LateMs)
        {
            LateCount++;
            return false;
        }

        return true;
    }

    private Dictionary<string, OracleEvent[]> Accept(ImmutableArray<int> keyFields)
    {
        var accepted = new Dictionary<string, List<OracleEvent>>(StringComparer.Ordinal);
        foreach (OracleEvent item in _events.Order(Comparer<OracleEvent>.Create(OracleEvent.ByKnown)))
        {
            if (OracleKey.Of(item.Rows, item.Row, keyFields) is not { } key)
            {
                continue;
            }

            if (!accepted.TryGetValue(key, out List<OracleEvent>? before))
            {
                before = [];
                accepted.Add(key, before);
            }

            if (!IsRepetition(item, before))
            {
                before.Add(item);
            }
        }

        return accepted.ToDictionary(
            pair => pair.Key,
            pair => pair.Value.Order(Comparer<OracleEvent>.Create(OracleEvent.ByTime)).ToArray(),
            StringComparer.Ordinal);
    }

    private bool IsRepetition(OracleEvent item, List<OracleEvent> before)
    {
        for (int index = before.Count - 1; index >= Math.Max(0, before.Count - RememberedMax); index--)
        {
            // They stand in the order in which they became known: what lies behind is older still.
            if (repetitionMs.Sign >= 0 && item.Known - before[index].Known > repetitionMs)
            {
                return false;
            }

            if (InterpretedComparison.AreEqual(item.Id, before[index].Id))
            {
                return true;
            }
        }

        return false;
    }
}
