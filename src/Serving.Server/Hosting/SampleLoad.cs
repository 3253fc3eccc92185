using System.Buffers;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Grpc.Core;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Protocol.V1;

namespace Serving.Server.Hosting;

/// <summary>The sample rows of one version as requests of each wire. Immutable.</summary>
internal sealed class SampleLoad : IWireLoad
{
    private const int BatchRows = 16;

    // Warming up must not teach the windows anything.
    private static readonly Options s_readOnly = new() { ScoreOnly = true };

    private readonly string _model;
    private readonly long _version;
    private readonly Row[] _rows;
    private readonly byte[][] _json;

    /// <summary>Makes the requests of sample rows.</summary>
    public SampleLoad(string model, long version, RowBatch rows)
    {
        _model = model;
        _version = version;
        _rows = [.. Enumerable.Range(0, rows.RowCount).Select(row => RowOf(rows, row))];
        _json = [.. Enumerable.Range(0, rows.RowCount).Select(row => JsonOf(rows, row))];
        Path = new Uri($"/v1/score/{model}?version={version}&score_only=true", UriKind.Relative);
    }

    /// <inheritdoc/>
    public async Task<long> RoundAsync(
        ScoringService.ScoringServiceClient client, HttpClient http, int stream, long end)
    {
        long calls = 0;
        using AsyncDuplexStreamingCall<ScoreRequest, ScoreResponse> duplex = client.ScoreStream();
        for (int index = stream; Stopwatch.GetTimestamp() < end; index++)
        {
            switch (index % 8)
            {
                case 0:
                    await client.ScoreBatchAsync(Batch(index, BatchRows));
                    break;
                case 1:
                    using (HttpContent body = new ByteArrayContent(Json(index)))
                    {
                        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                        (await http.PostAsync(Path, body)).EnsureSuccessStatusCode().Dispose();
                    }

                    break;
                case 2:
                    await duplex.RequestStream.WriteAsync(One(index));
                    await duplex.ResponseStream.MoveNext(CancellationToken.None);
                    break;
                default:
                    await client.ScoreAsync(One(index));
                    break;
            }

            calls++;
        }

        await duplex.RequestStream.CompleteAsync();
        await duplex.ResponseStream.MoveNext(CancellationToken.None);
        return calls;
    }

    /// <summary>Path of REST.</summary>
    public Uri Path { get; }

    /// <summary>A request of one row.</summary>
    public ScoreRequest One(int index) =>
        new() { Model = _model, Version = _version, Row = _rows[index % _rows.Length], Options = s_readOnly };

    /// <summary>A request of several rows.</summary>
    public ScoreBatchRequest Batch(int index, int count)
    {
        var request = new ScoreBatchRequest { Model = _model, Version = _version, Options = s_readOnly };
        for (int row = 0; row < count; row++)
        {
            request.Rows.Add(_rows[(index + row) % _rows.Length]);
        }

        return request;
    }

    /// <summary>A body of one row.</summary>
    public byte[] Json(int index) => _json[index % _json.Length];

    private static Row RowOf(RowBatch rows, int row)
    {
        var result = new Row();
        for (int place = 0; place < rows.FieldCount; place++)
        {
            if (rows.IsPresent(row, place))
            {
                FieldType type = rows.Schema.Fields[place].Type;
                result.Fields.Add(
                    rows.Schema.Fields[place].Name, ValueOf(rows, type, rows.Get(row, place), row, place));
            }
        }

        return result;
    }

    private static Value ValueOf(RowBatch rows, in FieldType type, long slot, int row, int place)
    {
        switch (type.Kind)
        {
            case ValueKind.Bool:
                return new Value { BoolValue = slot != 0 };
            case ValueKind.Int:
            case ValueKind.Time:
                return new Value { IntValue = slot };
            case ValueKind.Float:
                return new Value { FloatValue = BitConverter.Int64BitsToDouble(slot) };
            case ValueKind.String:
                return new Value { StringValue = Encoding.UTF8.GetString(rows.TextOf(slot)) };
            case ValueKind.List:
                var list = new ListValue();
                foreach (long item in rows.GetList(row, place))
                {
                    list.Items.Add(ValueOf(rows, type.Element, item, row, place));
                }

                return new Value { ListValue = list };
            default:
                Span<byte> text = stackalloc byte[CellWriter.ScalarBytesMax];
                return new Value { StringValue = Encoding.UTF8.GetString(
                    text[..CellWriter.WriteScalar(text, type, slot)]) };
        }
    }

    private static byte[] JsonOf(RowBatch rows, int row)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        var cell = new Utf8Buffer();
        writer.WriteStartObject();
        for (int place = 0; place < rows.FieldCount; place++)
        {
            if (rows.IsPresent(row, place))
            {
                writer.WritePropertyName(rows.Schema.Fields[place].Name);
                FieldType type = rows.Schema.Fields[place].Type;
                cell.Clear();
                CellWriter.WriteJson(cell, type, rows.Get(row, place), rows);
                writer.WriteRawValue(cell.Written);
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
