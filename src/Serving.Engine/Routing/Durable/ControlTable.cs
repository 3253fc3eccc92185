using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Serving.Data.Durability;

namespace Serving.Engine.Routing.Durable;

/// <summary>
/// <c>table.json</c>: every model's table, and number and hash of the audit's line that it is of, so that an audit from
/// which lines were taken at its end is found. Immutable.
/// </summary>
/// <param name="Seq">Number of the line; 0 before the first.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="Tables">The tables by model.</param>
internal sealed record ControlTable(long Seq, string Hash, ImmutableSortedDictionary<string, TrafficState> Tables)
{
    /// <summary>Before the first line.</summary>
    public static ControlTable Empty { get; } = new(
        0, AuditLine.FirstPrevious, ImmutableSortedDictionary.Create<string, TrafficState>(StringComparer.Ordinal));

    /// <summary>Takes a line over.</summary>
    public ControlTable With(long seq, string hash, TrafficState? table) => new(
        seq, hash, table is null ? Tables : Tables.SetItem(table.Model, table));

    /// <summary>Reads the file of a folder; null where there is none or it is none of ours.</summary>
    public static ControlTable? Read(string folder)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(
                File.ReadAllBytes(Path.Combine(folder, ControlFiles.Table)));
            JsonElement root = document.RootElement;
            return new ControlTable(
                root.GetProperty("seq").GetInt64(),
                root.GetProperty("hash").GetString()!,
                root.GetProperty("tables").EnumerateArray().Select(TrafficStateJson.Read)
                    .ToImmutableSortedDictionary(table => table.Model, table => table, StringComparer.Ordinal));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException
            or KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Writes the file under another name, synced, and renames it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Write(string folder)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("seq", Seq);
            writer.WriteString("hash", Hash);
            writer.WriteStartArray("tables");
            foreach (TrafficState table in Tables.Values)
            {
                TrafficStateJson.Write(writer, table);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        WholeFile.Write(Path.Combine(folder, ControlFiles.Table), buffer.WrittenSpan);
    }
}
