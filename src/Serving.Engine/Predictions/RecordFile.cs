using System.Buffers;
using System.Text.Json;
using Serving.Data;
using Serving.Engine.Decisions;
using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.State;

namespace Serving.Engine.Predictions;

/// <summary>
/// <c>serve --records FILE</c>: one JSON line for each answer, each ingested event, each compaction and each start
/// ("Records of answers" of the command line's contract). For tests and small volumes: writers wait for each other, and
/// a line is handed to the system before the answer is sent, so that a killed process has told all it answered. Safe
/// for use by several threads.
/// </summary>
public sealed class RecordFile : IAnswerRecorder, ICompactionListener, IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;
    private readonly TimeProvider _time;
    private readonly ArrayBufferWriter<byte> _lines = new(4096);
    private readonly Utf8JsonWriter _json;

    /// <summary>Opens a file to append to, or makes it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="time">When lines are written, by which the files of several servers are merged.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public RecordFile(string path, TimeProvider time)
    {
        _time = time;
        CutTornLine(path);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        _json = new Utf8JsonWriter(_lines);
    }

    /// <summary>Lines that could not be written.</summary>
    public long LostCount { get; private set; }

    /// <summary>Why the last line could not be written; empty when all is well.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Notes the start of a server on a store.</summary>
    /// <param name="server">Name of the server.</param>
    /// <param name="at">When it started.</param>
    /// <param name="isClean">Whether the store was closed properly before.</param>
    public void RecordStart(string server, DateTimeOffset at, bool isClean)
    {
        lock (_gate)
        {
            _json.WriteStartObject();
            _json.WriteStartObject("started"u8);
            _json.WriteString("server"u8, server);
            _json.WriteNumber("at"u8, at.ToUnixTimeMilliseconds());
            _json.WriteBoolean("clean"u8, isClean);
            _json.WriteEndObject();
            _json.WriteEndObject();
            EndLine();
            WriteLines();
        }
    }

    /// <inheritdoc/>
    public void Record(ScoringContext context)
    {
        lock (_gate)
        {
            for (int row = 0; row < context.Rows.RowCount; row++)
            {
                WriteAnswer(context, row);
                EndLine();
            }

            WriteLines();
        }
    }

    /// <inheritdoc/>
    public void Record(IngestContext context)
    {
        lock (_gate)
        {
            for (int row = 0; row < context.Rows.RowCount; row++)
            {
                WriteEvent(context, row);
                EndLine();
            }

            WriteLines();
        }
    }

    /// <inheritdoc/>
    public void OnCompacted(in StateKey key, uint epoch, int records, int read)
    {
        lock (_gate)
        {
            _json.WriteStartObject();
            _json.WriteStartObject("compacted"u8);
            _json.WriteString("key"u8, key.ToString());
            _json.WriteNumber("epoch"u8, epoch);
            _json.WriteNumber("records"u8, records);
            _json.WriteNumber("read"u8, read);
            WriteTime();
            _json.WriteEndObject();
            _json.WriteEndObject();
            EndLine();
            WriteLines();
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _json.Dispose();
            _file.Dispose();
        }
    }

    private void WriteAnswer(ScoringContext context, int row)
    {
        RowBatch rows = context.Rows;
        _json.WriteStartObject();
        if (context.Served.Script is { } script)
        {
            RecordJson.WriteField(_json, "id", rows, row, script.IdField);
        }

        WriteTime();
        _json.WriteString("model"u8, context.Model);
        _json.WriteNumber("version"u8, context.Version);
        RecordJson.WriteRow(
            _json,
            "request"u8,
            rows,
            row,
            field => context.Schema.IsSaid(rows.Schema.IndexOf(field.Name)));
        if (context.Error == ErrorCode.None)
        {
            RecordJson.WriteRow(_json, "features"u8, context.Features!, row, static _ => true);
            _json.WriteNumber("score"u8, context.Scores[row * context.ScoreCount]);
            _json.WriteNumber("raw_score"u8, context.RawScores[row * context.OutputCount]);
        }
        else
        {
            _json.WriteString("error"u8, context.Error.ToString());
        }

        _json.WriteBoolean("degraded"u8, context.IsDegradedRow(row));
        WriteDecision(context, row);
        _json.WriteBoolean("score_only"u8, context.ScoreOnly);
        WriteState(context, row);
        WriteRoute(context);
        _json.WriteEndObject();
    }

    private void WriteRoute(ScoringContext context)
    {
        _json.WriteStartObject("route"u8);
        _json.WriteString("label"u8, context.Route.Label);
        _json.WriteNumber("bucket"u8, context.Route.Bucket);
        _json.WriteNumber("generation"u8, context.Route.Generation);
        _json.WriteEndObject();
        _json.WriteStartObject("timing_us"u8);
        _json.WriteNumber("state"u8, context.Timings.StateUs);
        _json.WriteNumber("features"u8, context.Timings.FeaturesUs);
        _json.WriteNumber("model"u8, context.Timings.ModelUs);
        _json.WriteNumber("total"u8, context.Timings.TotalUs);
        _json.WriteEndObject();
    }

    private void WriteDecision(ScoringContext context, int row)
    {
        if (context.Error != ErrorCode.None)
        {
            return;
        }

        _json.WriteString("step"u8, DecisionWords.Utf8Of(context.StepOf(row)));
        if (context.DecisionOf(row) != Decision.None)
        {
            _json.WriteString("decision"u8, DecisionWords.Utf8Of(context.DecisionOf(row)));
            _json.WriteStartArray("decision_reasons"u8);
            foreach (DecisionReason reason in context.DecisionReasonsOf(row))
            {
                _json.WriteStringValue(reason.CodeUtf8);
            }

            _json.WriteEndArray();
        }

        if (context.ExploredOf(row) > 0)
        {
            _json.WriteNumber("explored"u8, context.ExploredOf(row));
        }
    }

    private void WriteState(ScoringContext context, int row)
    {
        _json.WriteStartArray("state"u8);
        WriteOwnState(context, row);
        if (context.Feeding is { } feeding)
        {
            foreach (IngestWriter writer in feeding.Writers)
            {
                WriteAdded(writer, feeding.Batch, row);
            }
        }

        _json.WriteEndArray();
    }

    private void WriteOwnState(ScoringContext context, int row)
    {
        if (context.Windows is { } windows)
        {
            WindowStage stage = context.Served.Pipeline.Windows!;
            for (int log = 0; log < stage.Logs.Length; log++)
            {
                int access = windows.AccessOf(row, log);
                if (access >= 0)
                {
                    RecordJson.WriteStateEntry(
                        _json, stage.Logs[log].Log.Event.Schema.Name, windows.Batch.Accesses[access]);
                }
            }
        }
    }

    private void WriteAdded(IngestWriter writer, StateBatch batch, int row)
    {
        foreach ((int access, _, int log) in writer.Added.Where(added => added.Row == row))
        {
            RecordJson.WriteStateEntry(_json, writer.LogAt(log).Log.Event.Schema.Name, batch.Accesses[access]);
        }
    }

    private void WriteEvent(IngestContext context, int row)
    {
        _json.WriteStartObject();
        _json.WriteStartObject("ingest"u8);
        _json.WriteString("set"u8, context.Set);
        _json.WriteString("event"u8, context.Declaration.Schema.Name);
        RecordJson.WriteRow(_json, "row"u8, context.Rows, row, static _ => true);
        _json.WriteEndObject();
        _json.WriteStartArray("state"u8);
        foreach (IngestWriter writer in context.Writers)
        {
            WriteAdded(writer, context.Batch, row);
        }

        _json.WriteEndArray();
        WriteTime();
        _json.WriteEndObject();
    }

    private void WriteTime() => _json.WriteNumber("at"u8, _time.GetUtcNow().ToUnixTimeMilliseconds());

    private void EndLine()
    {
        _json.Flush();
        _json.Reset();
        _lines.Write("\n"u8);
    }

    // A full disk must not fail answers: what is lost is counted and said.
    private void WriteLines()
    {
        long before = _file.Length;
        try
        {
            _file.Write(_lines.WrittenSpan);
            Problem = "";
        }
        catch (IOException exception)
        {
            LostCount++;
            Problem = exception.Message;
            CutTo(before);
        }
        finally
        {
            _lines.ResetWrittenCount();
        }
    }

    // A kill may have come in the middle of a write: what is behind the last line's end is no record, and the next line
    // must not begin there.
    private static void CutTornLine(string path)
    {
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] block = new byte[4096];
        long end = file.Length;
        while (end > 0)
        {
            int length = (int)Math.Min(block.Length, end);
            file.Position = end - length;
            file.ReadExactly(block, 0, length);
            int newline = block.AsSpan(0, length).LastIndexOf((byte)'\n');
            if (newline >= 0)
            {
                end += newline + 1 - length;
                break;
            }

            end -= length;
        }

        if (end < file.Length)
        {
            file.SetLength(end);
        }
    }

    // Half a line would spoil the next one; where it cannot be cut off, replays name it.
    private void CutTo(long length)
    {
        try
        {
            _file.SetLength(length);
        }
        catch (IOException)
        {
            // The first problem is the one to tell.
        }
    }
}
