using System.Globalization;
using System.Text.Json;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// The serial oracle of two servers on one store: what their record files, merged, say about each key, computed by
/// plain sums over the events in the order in which the store took them.
/// </summary>
internal sealed class RecordedEvents
{
    private const int Unplaced = int.MaxValue;

    private readonly List<Taken> _taken = [];

    public RecordedEvents(params IEnumerable<string> files)
    {
        foreach (string line in files.SelectMany(File.ReadLines))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            Read(document.RootElement);
        }
    }

    /// <summary>Answers of scores.</summary>
    public int Answers { get; private set; }

    /// <summary>Lines of ingested events.</summary>
    public int Ingests { get; private set; }

    /// <summary>Accesses that the store did not take at once, by outcome.</summary>
    public Dictionary<string, int> Missing { get; } = [];

    /// <summary>
    /// Whether the store may have taken events of one id in another order than is known here: the place of one that had
    /// to wait is not told.
    /// </summary>
    public bool IsUncertain(string log, string card) => _taken
        .Where(one => one.Log == log && one.Card == card)
        .GroupBy(one => one.Id)
        .Any(same => same.Any(one => one.Place == Unplaced) && same.Distinct().Count() > 1
            && same.Select(one => one.Cents).Distinct().Count() > 1);

    /// <summary>Count, sum, maximum and last value of a key's windows, in cents.</summary>
    public (int Count, long Sum, long? Max, long? Last) Of(string log, string card)
    {
        // The first of an id counts: by known time, then by its place.
        var seen = new HashSet<long>();
        Taken[] events = [.. _taken.Where(one => one.Log == log && one.Card == card)
            .OrderBy(one => one.Known).ThenBy(one => one.Epoch).ThenBy(one => one.Place)
            .Where(one => seen.Add(one.Id))];
        Taken? last = events.MaxBy(one => (one.Time, one.Id));
        return (
            events.Length, events.Sum(one => one.Cents),
            events.Length == 0 ? null : events.Max(one => one.Cents), last?.Cents);
    }

    private void Read(JsonElement line)
    {
        if (line.TryGetProperty("ingest", out JsonElement ingest))
        {
            Ingests++;
            JsonElement row = ingest.GetProperty("row");
            Add(line, "chargeback", row, "cb", "money", "known_at");
        }
        else if (line.TryGetProperty("request", out JsonElement request))
        {
            Answers++;
            Assert.False(line.TryGetProperty("error", out _), line.ToString());
            Add(line, "txn", request, "id", "amount", "at");
        }
    }

    private void Add(JsonElement line, string log, JsonElement row, string id, string money, string known)
    {
        bool isLearned = !line.TryGetProperty("score_only", out JsonElement only) || !only.GetBoolean();
        JsonElement access = line.GetProperty("state").EnumerateArray()
            .Single(one => one.GetProperty("event").GetString() == log);
        if (access.TryGetProperty("missing", out JsonElement missing))
        {
            string outcome = missing.GetString()!;
            Missing[outcome] = Missing.GetValueOrDefault(outcome) + 1;
        }

        bool isPlaced = missing.ValueKind == JsonValueKind.Undefined;
        int place = isPlaced ? access.GetProperty("read").GetInt32() : Unplaced;
        if (isLearned && (!isPlaced || access.GetProperty("after").GetInt32() > place))
        {
            _taken.Add(new Taken(
                log, row.GetProperty("card").GetString()!, row.GetProperty(id).GetInt64(), TimeOf(row, "at"),
                TimeOf(row, known), CentsOf(row.GetProperty(money)),
                isPlaced ? access.GetProperty("epoch").GetUInt32() : uint.MaxValue, place));
        }
    }

    private static long TimeOf(JsonElement row, string field) => row.GetProperty(field) is { } time
        && time.ValueKind == JsonValueKind.Number
            ? time.GetInt64()
            : DateTimeOffset.Parse(row.GetProperty(field).GetString()!, CultureInfo.InvariantCulture)
                .ToUnixTimeMilliseconds();

    private static long CentsOf(JsonElement money) => (long)(decimal.Parse(
        money.ValueKind == JsonValueKind.String ? money.GetString()! : money.GetRawText(),
        CultureInfo.InvariantCulture) * 100);

    private sealed record Taken(
        string Log, string Card, long Id, long Time, long Known, long Cents, uint Epoch, int Place);
}
