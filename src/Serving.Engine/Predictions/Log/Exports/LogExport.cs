using System.Text.Json;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Engine.Predictions.Log.Exports;

/// <summary>
/// Writes the records of a log's folder as lines of record files, or its answers as rows of a table; labels that came
/// later stand behind them. Not safe for use by several threads.
/// </summary>
public sealed class LogExport
{
    private const int RowsOfBatch = 1024;
    private const int FlushBytes = 64 << 10;

    private readonly PredictionLogReader _reader;
    private readonly LogFilter _filter;
    private readonly LogLabels? _labels;

    /// <summary>Makes the export of a folder.</summary>
    /// <param name="folder">The log.</param>
    /// <param name="filter">Which records.</param>
    /// <param name="labels">Labels to join; null for none.</param>
    /// <param name="keys">Opens what is encrypted or masked; null leaves it closed.</param>
    public LogExport(string folder, LogFilter filter, LogLabels? labels, LogKeys? keys)
    {
        Folder = folder;
        Keys = keys;
        _reader = new PredictionLogReader(folder, keys);
        _filter = filter;
        _labels = labels;
    }

    /// <summary>What is wrong with the log; known behind an export.</summary>
    public IReadOnlyList<LogProblem> Problems => _reader.Problems;

    /// <summary>Records that could not be read without their key; known behind an export.</summary>
    public long Closed => _reader.Closed;

    private string Folder { get; }

    private LogKeys? Keys { get; }

    /// <summary>Writes one JSON line for each record. Returns how many.</summary>
    /// <param name="target">Receives the lines.</param>
    /// <param name="progress">Receives the number of lines; null for nobody.</param>
    /// <param name="cancellation">Gives up.</param>
    public long WriteLines(Stream target, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var buffer = new MemoryStream();
        using var json = new Utf8JsonWriter(buffer);
        long count = 0;
        foreach ((_, LogRecord record) in _reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            if (!_filter.Takes(record))
            {
                continue;
            }

            json.WriteStartObject();
            LogRecordJson.WriteMembers(json, record);
            if (record.Kind == LogFrameKind.Answer && _labels is not null)
            {
                WriteLabel(json, record, _labels);
            }

            json.WriteEndObject();
            json.Flush();
            json.Reset();
            buffer.WriteByte((byte)'\n');
            Report(progress, ++count);
            if (buffer.Length > FlushBytes)
            {
                buffer.WriteTo(target);
                buffer.SetLength(0);
            }
        }

        buffer.WriteTo(target);
        return count;
    }

    /// <summary>The columns of the answers of all versions that the filter takes.</summary>
    public RowSchema ReadColumns(CancellationToken cancellation)
    {
        var columns = new LogColumns(_labels is not null);
        LogSchema? last = null;
        foreach ((_, LogRecord record) in new PredictionLogReader(Folder, Keys).Read())
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Kind == LogFrameKind.Answer && _filter.Takes(record))
            {
                columns.NoteMasks(record);
                if (!ReferenceEquals(record.Schema, last))
                {
                    columns.Note(record.Schema!);
                    last = record.Schema;
                }
            }
        }

        return columns.ToSchema();
    }

    /// <summary>Hands answers over as rows of <see cref="ReadColumns"/>, batch by batch. Returns how many.</summary>
    public long WriteRows(
        RowSchema columns, Action<RowBatch> take, IProgress<long>? progress, CancellationToken cancellation)
    {
        var rows = new RowBatch(columns);
        var writer = new LogRowWriter(columns);
        long count = 0;
        foreach ((_, LogRecord record) in _reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            if (record.Kind != LogFrameKind.Answer || !_filter.Takes(record))
            {
                continue;
            }

            writer.Write(record, rows);
            if (_labels is not null)
            {
                LogLabel? label = LabelOf(record, _labels, out bool isMature);
                writer.WriteLabel(label, isMature, rows);
            }

            Report(progress, ++count);
            if (rows.RowCount == RowsOfBatch)
            {
                take(rows);
                rows.Clear();
            }
        }

        take(rows);
        return count;
    }

    /// <summary>The id of an answer as a cell spells it.</summary>
    internal static string IdOf(LogRecord record)
    {
        int field = record.Schema!.IdField;
        RowBatch rows = record.Request!;
        if (field < 0 || !rows.IsPresent(0, field))
        {
            return "";
        }

        var cell = new Utf8Buffer();
        CellWriter.Write(cell, rows.Schema.Fields[field].Type, rows.Get(0, field), rows);
        return System.Text.Encoding.UTF8.GetString(cell.Written);
    }

    private static LogLabel? LabelOf(LogRecord record, LogLabels labels, out bool isMature) =>
        labels.Of(IdOf(record), record.At, out isMature);

    private static void WriteLabel(Utf8JsonWriter json, LogRecord record, LogLabels labels)
    {
        if (LabelOf(record, labels, out bool isMature) is { } label)
        {
            json.WriteNumber("label"u8, label.Value);
            json.WriteNumber("label_known"u8, label.Known);
        }
        else if (isMature)
        {
            json.WriteNumber("label"u8, 0);
            json.WriteNull("label_known"u8);
        }
        else
        {
            json.WriteNull("label"u8);
            json.WriteNull("label_known"u8);
        }

        json.WriteBoolean("mature"u8, isMature);
    }

    private static void Report(IProgress<long>? progress, long count)
    {
        if (count % RowsOfBatch == 0)
        {
            progress?.Report(count);
        }
    }
}
