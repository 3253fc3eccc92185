using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Serving.Data;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions.Replays;
using Serving.Features;
using Serving.State;
using Xunit;

namespace Serving.Engine.Tests.Predictions.Replays;

/// <summary>
/// One key's blob as a store changes it, and the lines that servers would write of it. What a line read is kept beside
/// it, so that a replay's prefix can be compared byte for byte.
/// </summary>
internal sealed class SimulatedStore
{
    private const string Text = """
        features pay 1;
        request txn { id: string; at: time; card: string; amount: decimal(2); } id id, time at;
        window c = txn by card last 1h, 1d;
        feature n = count() over c;
        feature total = sum(amount) over c;
        """;

    private const long Start = 1_772_359_200_000;

    private readonly RowBatch _rows;
    private readonly List<RecordLine> _lines = [];
    private readonly List<(KeyAccess Access, byte[] Read)> _reads = [];
    private readonly List<KeyAppend> _queue = [];
    private byte[] _blob = [];
    private int _events;

    public SimulatedStore()
    {
        FeatureScript script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(Text), "pay.feat", out ImmutableArray<Diagnostic> diagnostics)
            ?? throw new InvalidOperationException(string.Join('\n', diagnostics));
        Log = new ReplayLog(new WindowLog(script, script.Windows.Logs[0]));
        _rows = new RowBatch(script.Request);
        Fill();
        Assert.True(Log.Codec.TryKeyOfEvent(_rows, 0, out StateKey key));
        Key = new ReplayKey(key, Log);
    }

    public ReplayLog Log { get; }

    public ReplayKey Key { get; }

    public uint Epoch => _blob.Length == 0 ? 0 : BlobHeader.EpochOf(_blob);

    public int Length => _blob.Length;

    /// <summary>A request that reads and appends; the line is lost when a kill takes it.</summary>
    public void Append(bool isTold = true)
    {
        KeyAppend append = NextRecord();
        byte[] before = _blob;
        uint epoch = Epoch;
        Put(append.Record);
        if (isTold)
        {
            Tell(append, new StateEntry(Hex, epoch, before.Length, _blob.Length, StateOutcome.Read), before);
        }
    }

    /// <summary>A request that only reads.</summary>
    public void Read() => Tell(null, new StateEntry(Hex, Epoch, Length, Length, StateOutcome.Read), _blob);

    /// <summary>A request that the store did not answer: its record waits.</summary>
    public void Queue()
    {
        KeyAppend append = NextRecord();
        _queue.Add(append);
        Tell(append, new StateEntry(Hex, 0, 0, 0, StateOutcome.Unavailable), null);
    }

    /// <summary>The store takes what waited.</summary>
    public void Drain()
    {
        foreach (KeyAppend append in _queue)
        {
            Put(append.Record);
        }

        _queue.Clear();
    }

    /// <summary>Folds what the blob held some appends ago; they stay behind it.</summary>
    public bool Compact(int appendedMeanwhile, bool isTold = true)
    {
        byte[] seen = _blob;
        for (int index = 0; index < appendedMeanwhile; index++)
        {
            Append();
        }

        var replacement = new ArrayBufferWriter<byte>();
        int folded = Log.Compactor.Compact(seen, replacement);
        if (folded == 0)
        {
            return false;
        }

        _blob = [.. replacement.WrittenSpan, .. _blob[seen.Length..]];
        if (isTold)
        {
            var line = new RecordLine
            {
                Place = "",
                Kind = RecordKind.Compacted,
                Key = Hex,
                Epoch = Epoch,
                FoldedCount = folded,

                // Lines of older servers do not say what their compactor saw.
                FoldedLength = Epoch % 2 == 0 ? seen.Length : -1,
            };
            _lines.Add(line);
        }

        return true;
    }

    /// <summary>A kill: the store forgets what lies behind a length, or all of it.</summary>
    public void Crash(int length)
    {
        _blob = _blob[..length];
        _lines.Add(new RecordLine { Place = "", Kind = RecordKind.Started, IsClean = false });
    }

    /// <summary>The key expires.</summary>
    public void Expire() => _blob = [];

    /// <summary>
    /// Replays the lines. Returns for each read whether its prefix is known; a known one must be what was read.
    /// </summary>
    public bool[] Replay()
    {
        RecordParser.Ordered(_lines);
        foreach (RecordLine line in _lines.Where(line => line.Kind == RecordKind.Compacted))
        {
            Key.Add(line);
        }

        Key.Resolve();
        return [.. _reads.Select(read => IsKnown(read.Access, read.Read))];
    }

    private string Hex => Key.Key.ToString();

    private static bool IsKnown(KeyAccess access, byte[] read)
    {
        EpochBytes? bytes = access.Life!.BytesOf(access.Entry.Epoch);
        if (bytes is null || !bytes.IsKnown(read.Length))
        {
            return false;
        }

        Assert.Equal(read, bytes.Prefix(read.Length).ToArray());
        return true;
    }

    private KeyAppend NextRecord()
    {
        Fill();
        return Log.RecordOf(_rows, 0, null, out _)!;
    }

    private void Fill()
    {
        _rows.Clear();
        _rows.AddRow();
        _rows.SetText(0, 0, Encoding.UTF8.GetBytes($"t{_events}"));
        _rows.Set(0, 1, Start + (_events * 7000L));
        _rows.SetText(0, 2, "card"u8);
        _rows.Set(0, 3, _events * 199);
        _events++;
    }

    private void Put(byte[] record)
    {
        byte[] head = _blob.Length == 0 ? Key.NewHeader() : [];
        _blob = [.. head, .. _blob, .. record];
    }

    private void Tell(KeyAppend? append, StateEntry entry, byte[]? read)
    {
        var line = new RecordLine
        {
            Place = "",
            Kind = RecordKind.Answer,
            Fields = default(JsonElement),
            State = [entry],
        };
        _lines.Add(line);
        var access = new KeyAccess(line, entry, append is null ? null : append with { Line = line });
        Key.Add(access);
        if (read is not null)
        {
            _reads.Add((access, read));
        }
    }
}
