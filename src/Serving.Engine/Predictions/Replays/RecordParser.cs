using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text;
using Serving.Data;
using Serving.Engine.Decisions;
using Serving.Engine.Predictions.Log;
using Serving.State;

namespace Serving.Engine.Predictions.Replays;

/// <summary>Reads the lines of record files and puts them into one order.</summary>
internal static class RecordParser
{
    /// <summary>
    /// Reads files, and folders of prediction logs, whole. Lines of several files are merged by the time at which they
    /// were written; a last line without
    /// its end, which a kill cut, is passed over.
    /// </summary>
    /// <exception cref="InputException">A line is no record; holds all problems.</exception>
    public static ImmutableArray<RecordLine> Read(IReadOnlyList<string> files, LogKeys? keys = null)
    {
        var lines = new List<RecordLine>();
        var problems = new List<InputProblem>();
        foreach (string file in files)
        {
            if (Directory.Exists(file))
            {
                ReadLog(file, keys, lines, problems);
            }
            else
            {
                ReadFile(file, lines, problems);
            }
        }

        if (problems.Count > 0)
        {
            throw new InputException([.. problems.Take(InputException.ProblemsShownMax)], problems.Count);
        }

        return Ordered(lines);
    }

    /// <summary>Parses one line; null after noting what is wrong.</summary>
    internal static RecordLine? Parse(string text, string place, List<InputProblem> problems)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return ParseObject(document.RootElement, place);
        }
        catch (Exception exception)
            when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            problems.Add(new InputProblem(place, "a line that is no record", "a line of serve --records"));
            return null;
        }
    }

    /// <summary>
    /// Orders lines by the time at which they were written, those of one file and time as they stand, and counts the
    /// starts that may have lost something.
    /// </summary>
    internal static ImmutableArray<RecordLine> Ordered(IReadOnlyList<RecordLine> lines)
    {
        // A line without a time stands behind the one before it.
        long[] times = new long[lines.Count];
        for (int index = 0; index < times.Length; index++)
        {
            times[index] = lines[index].At >= 0 ? lines[index].At : index == 0 ? 0 : times[index - 1];
        }

        ImmutableArray<RecordLine> ordered =
            [.. Enumerable.Range(0, times.Length).OrderBy(index => times[index]).Select(index => lines[index])];
        int session = 0;
        for (int order = 0; order < ordered.Length; order++)
        {
            session += ordered[order] is { Kind: RecordKind.Started, IsClean: false } ? 1 : 0;
            ordered[order].Order = order;
            ordered[order].Session = session;
        }

        return ordered;
    }

    private static void ReadFile(string file, List<RecordLine> lines, List<InputProblem> problems)
    {
        bool isCut = IsCut(file);
        int number = 0;
        string? held = null;
        foreach (string text in File.ReadLines(file))
        {
            Take(held, number++);
            held = text;
        }

        if (!isCut)
        {
            Take(held, number);
        }

        void Take(string? text, int at)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{file}:{at}");
            if (!string.IsNullOrWhiteSpace(text) && Parse(text, place, problems) is { } line)
            {
                lines.Add(line);
            }
        }
    }

    private static void ReadLog(string folder, LogKeys? keys, List<RecordLine> lines, List<InputProblem> problems)
    {
        var log = new PredictionLogReader(folder, keys);
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        foreach ((string place, LogRecord record) in log.Read())
        {
            buffer.ResetWrittenCount();
            json.Reset();
            LogRecordJson.Write(json, record);
            json.Flush();
            if (Parse(Encoding.UTF8.GetString(buffer.WrittenSpan), place, problems) is { } line)
            {
                lines.Add(line);
            }
        }
    }

    private static bool IsCut(string file)
    {
        using FileStream stream = File.OpenRead(file);
        if (stream.Length == 0)
        {
            return false;
        }

        stream.Seek(-1, SeekOrigin.End);
        return stream.ReadByte() != '\n';
    }

    private static RecordLine ParseObject(JsonElement root, string place)
    {
        if (root.TryGetProperty("started", out JsonElement started))
        {
            return new RecordLine
            {
                Place = place,
                Kind = RecordKind.Started,
                At = started.GetProperty("at").GetInt64(),
                IsClean = started.GetProperty("clean").GetBoolean(),
            };
        }

        if (root.TryGetProperty("lost", out JsonElement lost))
        {
            return new RecordLine { Place = place, Kind = RecordKind.Lost, At = lost.GetProperty("at").GetInt64() };
        }

        long at = root.TryGetProperty("at", out JsonElement written) ? written.GetInt64() : -1;
        if (root.TryGetProperty("compacted", out JsonElement compacted))
        {
            return ParseCompaction(compacted, place, at);
        }

        return root.TryGetProperty("ingest", out JsonElement ingest)
            ? new RecordLine
            {
                Place = place,
                Kind = RecordKind.Ingest,
                At = at,
                Set = ingest.GetProperty("set").GetString()!,
                Event = ingest.GetProperty("event").GetString()!,
                Fields = ingest.GetProperty("row").Clone(),
                State = StateOf(root),
                Masked = MaskedOf(root),
            }
            : ParseAnswer(root, place, at);
    }

    private static RecordLine ParseCompaction(JsonElement compacted, string place, long at) => new()
    {
        Place = place,
        Kind = RecordKind.Compacted,
        At = compacted.TryGetProperty("at", out JsonElement written) ? written.GetInt64() : at,
        Key = compacted.GetProperty("key").GetString()!,
        Epoch = compacted.GetProperty("epoch").GetUInt32(),
        FoldedCount = compacted.GetProperty("records").GetInt32(),
        FoldedLength = compacted.TryGetProperty("read", out JsonElement read) ? read.GetInt32() : -1,
    };

    private static RecordLine ParseAnswer(JsonElement root, string place, long at)
    {
        bool isRefused = root.TryGetProperty("error", out _);
        return new RecordLine
        {
            Place = place,
            Kind = RecordKind.Answer,
            At = at,
            Id = root.TryGetProperty("id", out JsonElement id) ? id.ToString() : "",
            Model = root.GetProperty("model").GetString()!,
            Version = root.GetProperty("version").GetInt64(),
            Fields = root.GetProperty("request").Clone(),
            IsRefused = isRefused,
            Features = !isRefused && root.TryGetProperty("features", out JsonElement features)
                ? features.Clone()
                : default,
            FeaturesHash = root.TryGetProperty("features_hash", out JsonElement hash) ? hash.GetString()! : "",
            Masked = MaskedOf(root),
            Score = isRefused ? 0 : root.GetProperty("score").GetDouble(),
            RawScore = isRefused ? 0 : root.GetProperty("raw_score").GetDouble(),
            IsDegraded = root.GetProperty("degraded").GetBoolean(),
            Step = root.TryGetProperty("step", out JsonElement step) ? DecisionWords.StepOf(step.GetString()) : null,
            Decision = root.TryGetProperty("decision", out JsonElement decision) ? decision.GetString()! : "",
            Reason = root.TryGetProperty("decision_reasons", out JsonElement reasons) && reasons.GetArrayLength() > 0
                ? reasons[0].GetString()
                : null,
            IsExplored = root.TryGetProperty("explored", out _),
            IsScoreOnly = root.TryGetProperty("score_only", out JsonElement only) && only.GetBoolean(),
            State = StateOf(root),
        };
    }

    private static ImmutableArray<string> MaskedOf(JsonElement root) =>
        root.TryGetProperty("masked", out JsonElement masked)
            ? [.. masked.EnumerateArray().Select(field => field.GetString()!)]
            : [];

    private static ImmutableArray<StateEntry> StateOf(JsonElement root)
    {
        if (!root.TryGetProperty("state", out JsonElement state))
        {
            return [];
        }

        return [.. state.EnumerateArray().Select(EntryOf)];
    }

    private static StateEntry EntryOf(JsonElement entry)
    {
        string key = entry.GetProperty("key").GetString()!;
        if (entry.TryGetProperty("missing", out JsonElement missing))
        {
            return new StateEntry(key, 0, 0, 0, Enum.Parse<StateOutcome>(missing.GetString()!));
        }

        int read = entry.GetProperty("read").GetInt32();
        int after = entry.TryGetProperty("after", out JsonElement behind) ? behind.GetInt32() : read;
        return new StateEntry(key, entry.GetProperty("epoch").GetUInt32(), read, after, StateOutcome.Read);
    }
}
