using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Protocol.V1;

namespace Serving.Cli.Demonstration;

/// <summary>A model's sample requests as messages, and the first as JSON.</summary>
internal sealed class DemoRequests
{
    private readonly ScoreRequest[] _requests;
    private readonly string[] _ids;

    private DemoRequests(ScoreRequest[] requests, string[] ids, string firstAsJson)
    {
        _requests = requests;
        _ids = ids;
        FirstAsJson = firstAsJson;
    }

    /// <summary>The first request as the object of fields that REST takes.</summary>
    public string FirstAsJson { get; }

    public ScoreRequest Request(int number) => _requests[number % _requests.Length];

    public string Id(int number) => _ids[number % _ids.Length];

    public static DemoRequests Of(string model, RowBatch rows)
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

        return new DemoRequests(requests, ids, JsonOf(rows, 0));
    }

    private static Row RowOf(RowBatch rows, int row)
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
