using System.Collections.Immutable;
using Serving.Data;
using Serving.State;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Reads the payloads of frames into one record that is reused. Total on hostile bytes: what does not fit its schema is
/// no record. Not safe for use by several threads.
/// </summary>
internal sealed class LogRecordReader
{
    private const int TraceSize = 16;

    private readonly Dictionary<uint, LogSchema> _schemas = [];
    private readonly Dictionary<LogSchema, (RowBatch Request, RowBatch Features)> _rows =
        new(ReferenceEqualityComparer.Instance);

    /// <summary>The record that was read last.</summary>
    public LogRecord Record { get; } = new();

    /// <summary>Forgets the schemas of the segment before.</summary>
    /// <param name="key">Name of the segment's key; empty without one.</param>
    public void BeginSegment(string key)
    {
        Record.Key = key;
        _schemas.Clear();
        _rows.Clear();
    }

    /// <summary>
    /// Takes a frame. True where it was a record that could be read, which <see cref="Record"/> then shows.
    /// </summary>
    /// <param name="frame">The frame.</param>
    /// <param name="payload">Its payload, decrypted.</param>
    /// <param name="cipher">Opens masked fields; null where the key is not there.</param>
    public bool Take(in LogFrame frame, ReadOnlySpan<byte> payload, LogCipher? cipher)
    {
        if (frame.Kind == LogFrameKind.Schema && LogSchema.Read(payload) is { } schema
            && _schemas.TryAdd(schema.Id, schema))
        {
            _rows[schema] = (new RowBatch(schema.Request), new RowBatch(schema.Features));
        }

        if (!frame.IsRecord)
        {
            return false;
        }

        Record.Kind = frame.Kind;
        Record.Sequence = frame.Sequence;
        Record.At = frame.At;
        var bytes = new LogReadBytes(payload);
        switch (frame.Kind)
        {
            case LogFrameKind.Answer:
                return ReadAnswer(ref bytes, cipher);
            case LogFrameKind.Ingest:
                return ReadIngest(ref bytes, cipher);
            case LogFrameKind.Compacted:
                Record.Compaction = (
                    new StateKey(bytes.ReadUInt32(), (ulong)bytes.ReadInt64(), 0), bytes.ReadUInt32(),
                    bytes.ReadUInt32(), bytes.ReadUInt32());
                return !bytes.IsWrong;
            case LogFrameKind.Started:
                Record.IsClean = bytes.ReadByte() != 0;
                Record.Server = bytes.ReadText();
                return !bytes.IsWrong;
            case LogFrameKind.Lost:
                Record.Lost = bytes.ReadInt64();
                return !bytes.IsWrong;
            default:
                return false;
        }
    }

    private bool ReadAnswer(ref LogReadBytes bytes, LogCipher? cipher)
    {
        if (!TryUse(bytes.ReadUInt32()))
        {
            return false;
        }

        Record.Flags = bytes.ReadUInt16();
        Record.Error = (ErrorCode)bytes.ReadUInt16();
        bytes.ReadUInt32();
        for (int step = 0; step < Record.Timings.Length; step++)
        {
            Record.Timings[step] = bytes.ReadUInt32();
        }

        ReadOnlySpan<byte> trace = bytes.Take(TraceSize);
        Record.Trace = trace.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(trace) : "";
        Record.Label = bytes.ReadText();
        Record.Bucket = bytes.ReadUInt16() - 1;
        Record.Generation = bytes.ReadInt64();
        Record.Step = bytes.ReadText();
        Record.Decision = bytes.ReadText();
        Record.Explored = bytes.ReadDouble();
        var reasons = ImmutableArray.CreateBuilder<string>();
        uint count = bytes.ReadVarint();
        for (uint reason = 0; reason < count && !bytes.IsWrong; reason++)
        {
            reasons.Add(bytes.ReadText());
        }

        Record.Reasons = reasons.ToImmutable();
        Record.Scores = ReadNumbers(ref bytes);
        Record.RawScores = ReadNumbers(ref bytes);
        ReadState(ref bytes);
        ReadRequest(ref bytes, cipher);
        ReadFeatures(ref bytes);
        return !bytes.IsWrong && (HasAnswer() == (Record.Scores.Length > 0 && Record.RawScores.Length > 0));
    }

    private bool ReadIngest(ref LogReadBytes bytes, LogCipher? cipher)
    {
        if (!TryUse(bytes.ReadUInt32()))
        {
            return false;
        }

        bytes.ReadInt64();
        Record.Features = null;
        ReadState(ref bytes);
        ReadRequest(ref bytes, cipher);
        return !bytes.IsWrong;
    }

    private bool TryUse(uint id)
    {
        Record.Masked.Clear();
        if (!_schemas.TryGetValue(id, out LogSchema? schema))
        {
            return false;
        }

        Record.Schema = schema;
        (Record.Request, Record.Features) = _rows[schema];
        Record.Request.Clear();
        Record.Features.Clear();
        return true;
    }

    private bool HasAnswer() => (Record.Flags & AnswerFrame.Refused) == 0;

    private static double[] ReadNumbers(ref LogReadBytes bytes)
    {
        uint count = bytes.ReadVarint();
        if (count * (long)sizeof(double) > bytes.Rest.Length)
        {
            bytes.Take(-1);
            return [];
        }

        double[] numbers = new double[count];
        for (int index = 0; index < numbers.Length; index++)
        {
            numbers[index] = bytes.ReadDouble();
        }

        return numbers;
    }

    private void ReadState(ref LogReadBytes bytes)
    {
        Record.State.Clear();
        int count = bytes.ReadUInt16();
        for (int entry = 0; entry < count && !bytes.IsWrong; entry++)
        {
            ushort log = bytes.ReadUInt16();
            var outcome = (StateOutcome)bytes.ReadByte();
            var access = new StateAccess
            {
                Outcome = outcome,
                Key = new StateKey(bytes.ReadUInt32(), (ulong)bytes.ReadInt64(), 0),
                Epoch = bytes.ReadUInt32(),
                StateLength = (int)bytes.ReadUInt32(),
                After = (int)bytes.ReadUInt32(),
            };
            ImmutableArray<string> events = Record.Schema!.Events;
            Record.State.Add((log < events.Length ? events[log] : Record.Schema.Event, access));
        }
    }

    private void ReadRequest(ref LogReadBytes bytes, LogCipher? cipher)
    {
        LogRowReader.Read(ref bytes, Record.Request!, Record.Masked);
        if (cipher is null || Record.Masked.Count == 0)
        {
            return;
        }

        foreach ((int field, (byte head, byte[] masked)) in Record.Masked.ToArray())
        {
            if (head == LogRowShape.Sealed && cipher.OpenField(Record.Sequence, field, masked) is { } plain)
            {
                var value = new LogReadBytes(plain);
                LogRowReader.ReadField(ref value, Record.Request!, 0, field);
                Record.Masked.Remove(field);
            }
        }
    }

    private void ReadFeatures(ref LogReadBytes bytes)
    {
        Record.FeaturesHash = "";
        if (!HasAnswer() || (Record.Flags & AnswerFrame.NoFeatures) != 0)
        {
            Record.Features = null;
        }
        else if ((Record.Flags & AnswerFrame.HashedFeatures) != 0)
        {
            Record.Features = null;
            Record.FeaturesHash = FeaturesHashText.Of(bytes.Take(AnswerFrame.HashSize));
        }
        else
        {
            LogRowReader.Read(ref bytes, Record.Features!, null);
        }
    }
}
