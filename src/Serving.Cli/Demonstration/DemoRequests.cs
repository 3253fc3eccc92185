using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Windows;
using Serving.Protocol.V1;

namespace Serving.Cli.Demonstration;

/// <summary>A model's sample requests as messages, and the first as JSON.</summary>
internal sealed class DemoRequests
{
    // Every so many requests ask for their features too, which the table shows.
    private const int FeaturesEach = 25;

    private const long DayMs = 86_400_000;

    private readonly ScoreRequest[] _requests;
    private readonly string[] _ids;
    private readonly EventDeclaration? _repeats;
    private readonly long _laps;
    private readonly long _lapMs;

    private DemoRequests(
        ScoreRequest[] requests,
        string[] ids,
        string firstAsJson,
        EventDeclaration? repeats,
        (long Least, long Most) times)
    {
        _requests = requests;
        _ids = ids;
        FirstAsJson = firstAsJson;
        _repeats = repeats;
        FirstTime = times.Least;

        // Whole days, so that the time of day stays; none in the future, where requests are refused.
        _lapMs = ((times.Most - times.Least) / DayMs * DayMs) + DayMs;
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        _laps = Math.Max(1, (now - times.Most) / _lapMs);
    }

    /// <summary>Least time of a sample, ms since 1970; 0 where no windows are read.</summary>
    public long FirstTime { get; }

    /// <summary>The first request as the object of fields that REST takes.</summary>
    public string FirstAsJson { get; }

    /// <summary>
    /// One request. Where windows are read, each lap through the samples is later than the one before and has ids of
    /// its own, so that the windows fill as they do in life; a repeated id would not be learned again.
    /// </summary>
    public ScoreRequest Request(int number)
    {
        ScoreRequest sample = _requests[number % _requests.Length];
        if (_repeats is null)
        {
            return sample;
        }

        ScoreRequest request = sample.Clone();
        request.Options = new Options { Features = number % FeaturesEach == 0 };
        long lap = number / _requests.Length;
        if (lap > 0)
        {
            string id = _repeats.Schema.Fields[_repeats.IdField].Name;
            string time = _repeats.Schema.Fields[_repeats.TimeField].Name;
            if (request.Row.Fields[id].KindCase == Value.KindOneofCase.StringValue)
            {
                request.Row.Fields[id].StringValue = Id(number);
            }

            request.Row.Fields[time].IntValue += lap % _laps * _lapMs;
        }

        return request;
    }

    public string Id(int number)
    {
        string id = _ids[number % _ids.Length];
        int lap = number / _ids.Length;
        return _repeats is null || lap == 0 ? id : string.Create(CultureInfo.InvariantCulture, $"{id}-{lap}");
    }

    /// <summary>Makes the requests of a bundle's samples.</summary>
    /// <param name="model">Name of the model.</param>
    /// <param name="rows">The samples.</param>
    /// <param name="repeats">The request event where its script reads windows; null where it does not.</param>
    public static DemoRequests Of(string model, RowBatch rows, EventDeclaration? repeats)
    {
        var requests = new ScoreRequest[rows.RowCount];
        var ids = new string[rows.RowCount];
        int idField = Math.Max(0, rows.Schema.IndexOf("id"));
        for (int row = 0; row < rows.RowCount; row++)
        {
            requests[row] = new ScoreRequest { Model = model, Row = RowOf(rows, row) };
            ids[row] = rows.Schema.Fields[idField].Type.Kind == ValueKind.String
                ? Encoding.UTF8.GetString(rows.GetText(row, idField))
                : $"{row + 1}";
        }

        return new DemoRequests(requests, ids, JsonOf(rows, 0), repeats, TimesOf(rows, repeats));
    }

    private static (long Least, long Most) TimesOf(RowBatch rows, EventDeclaration? repeats)
    {
        if (repeats is null)
        {
            return default;
        }

        long[] times = [.. Enumerable.Range(0, rows.RowCount).Select(row => rows.Get(row, repeats.TimeField))];
        return (times.Min(), times.Max());
    }

    /// <summary>A row as a message.</summary>
    public static Row RowOf(RowBatch rows, int row)
    {
        var message = new Row();
        for (int field = 0; field < rows.FieldCount; field++)
        {
            if (rows.IsPresent(row, field))
            {
                Data.Field declared = rows.Schema.Fields[field];
                message.Fields[declared.Name] = ValueOf(rows, declared.Type, rows.Get(row, field));
            }
        }

        return message;
    }

    private static Value ValueOf(RowBatch rows, FieldType type, long slot)
    {
        switch (type.Kind)
        {
            case ValueKind.Bool:
                return new Value { BoolValue = slot != 0 };
            case ValueKind.Float:
                return new Value { FloatValue = BitConverter.Int64BitsToDouble(slot) };
            case ValueKind.String:
                return new Value { StringValue = Encoding.UTF8.GetString(rows.TextOf(slot)) };
            case ValueKind.Decimal:
                var cell = new byte[CellWriter.ScalarBytesMax];
                int length = CellWriter.WriteScalar(cell, type, slot);
                return new Value { StringValue = Encoding.ASCII.GetString(cell, 0, length) };
            case ValueKind.List:
                var list = new ListValue();
                foreach (long item in rows.Items.AsSpan(TextHandle.Offset(slot), TextHandle.Length(slot)))
                {
                    list.Items.Add(ValueOf(rows, type.Element, item));
                }

                return new Value { ListValue = list };
            default:
                return new Value { IntValue = slot };
        }
    }

    private static string JsonOf(RowBatch rows, int row)
    {
        var text = new Utf8Buffer();
        text.Add("{"u8);
        bool first = true;
        for (int field = 0; field < rows.FieldCount; field++)
        {
            if (!rows.IsPresent(row, field))
            {
                continue;
            }

            Data.Field declared = rows.Schema.Fields[field];
            text.Add(Encoding.UTF8.GetBytes($"{(first ? "" : ", ")}\"{declared.Name}\": "));
            CellWriter.WriteJson(text, declared.Type, rows.Get(row, field), rows);
            first = false;
        }

        text.Add("}"u8);
        return Encoding.UTF8.GetString(text.Written);
    }
}
