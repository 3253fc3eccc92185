using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Serving.Data;
using Serving.Data.Numerics;

namespace Serving.Engine.Bundles;

/// <summary>
/// Makes sample requests where nobody gives some: each field walks through the edges of its type and through values
/// that the statistics or the model's thresholds hold, each with a step of its own so that combinations differ. The
/// same bundle gives the same samples.
/// </summary>
internal sealed class SampleMaker
{
    /// <summary>Samples that are made.</summary>
    public const int Count = 32;

    private const int PoolMax = 256;
    private const long Year2000 = 946_684_800_000;
    private const long Day = 86_400_000;

    private static readonly long[] Integers = [0, 1, 2, 7, 100, -1, 12_345, 1L << 31, -(1L << 53)];
    private static readonly double[] Floats = [0, 1, -1, 0.5, 3.25, 1e-9, 99.99, 1e6, -1e12, 1e300];

    // Winter, summer, the night of a change of clocks in Europe, a leap day, the last millisecond of a year.
    private static readonly long[] Times =
    [
        Year2000, 1_772_359_200_000, 1_782_864_000_000, 1_792_892_400_000, 1_709_164_800_000, 1_798_761_599_999,
    ];

    private readonly List<string> _texts = ["", "a", "unseen", "\u00c4\u0416\u4e2d", "user@example.com", "0"];
    private readonly List<double> _numbers = [];
    private readonly ImmutableArray<ImmutableArray<double>> _fieldNumbers;

    private SampleMaker(ImmutableArray<ImmutableArray<double>> fieldNumbers) => _fieldNumbers = fieldNumbers;

    /// <summary>Samples of a script's request event.</summary>
    /// <param name="schema">Its fields.</param>
    /// <param name="labelFields">Places that stay missing.</param>
    /// <param name="statistics">Canonical statistics, or empty.</param>
    public static RowBatch ForScript(RowSchema schema, ImmutableArray<int> labelFields, ReadOnlyMemory<byte> statistics)
    {
        var maker = new SampleMaker([]);
        maker.TakeStatistics(statistics);
        return maker.Make(schema, labelFields);
    }

    /// <summary>Samples of a model's own inputs, on both sides of its thresholds.</summary>
    public static RowBatch ForModel(RowSchema schema, BundleModel model)
    {
        var maker = new SampleMaker(model.SampleValues);
        return maker.Make(schema, [], model);
    }

    private RowBatch Make(RowSchema schema, ImmutableArray<int> labelFields, BundleModel? model = null)
    {
        var rows = new RowBatch(schema);
        for (int sample = 0; sample < Count; sample++)
        {
            int row = rows.AddRow();
            for (int field = 0; field < schema.Fields.Length; field++)
            {
                FieldType type = schema.Fields[field].Type;

                // Sample 0 has no optional value, the others miss about one in eight.
                bool isMissing = type.Optional && (sample == 0 || ((sample * 5) + (field * 3)) % 8 == 0);
                if (!isMissing && !labelFields.Contains(field))
                {
                    SetField(rows, row, field, (sample * ((field % 7) + 1)) + field, model);
                }
            }
        }

        return rows;
    }

    private void SetField(RowBatch rows, int row, int field, int step, BundleModel? model)
    {
        FieldType type = rows.Schema.Fields[field].Type;
        if (type.Kind == ValueKind.List)
        {
            rows.BeginList();
            for (int index = 0; index < Math.Min(step % 4, type.ListMaximum); index++)
            {
                rows.AddItem(Slot(rows, type.Element, field, step + index, null));
            }

            rows.EndList(row, field);
            return;
        }

        rows.Set(row, field, Slot(rows, type, field, step, model));
    }

    private long Slot(RowBatch rows, FieldType type, int field, int step, BundleModel? model)
    {
        switch (type.Kind)
        {
            case ValueKind.Bool:
                return step & 1;
            case ValueKind.Float:
                return BitConverter.DoubleToInt64Bits(FloatOf(field, step) + 0.0);
            case ValueKind.String:
                return rows.AddText(Encoding.UTF8.GetBytes(TextOf(field, step, model)));
            case ValueKind.Time:
                return Times[step % Times.Length] + (step / Times.Length * (Day + 3_600_000));
            case ValueKind.Int when model is { } known && known.Inputs[field].TakesIds:
                return step % Math.Max(1, known.Inputs[field].Size);
            case ValueKind.Decimal:
                return IntegerOf(step) is var minor && Math.Abs(minor) > 1_000_000_000_000 ? 1_999 : minor;
            default:
                return IntegerOf(step);
        }
    }

    private double FloatOf(int field, int step)
    {
        IReadOnlyList<double> own = field < _fieldNumbers.Length && _fieldNumbers[field].Length > 0
            ? _fieldNumbers[field]
            : _numbers;
        if (own.Count == 0 || step % 4 == 0)
        {
            return Floats[step % Floats.Length];
        }

        // A threshold itself and the numbers beside it: where a wrong comparison shows.
        double number = own[step % own.Count];
        double near = (step % 3) switch { 0 => number, 1 => Math.BitIncrement(number), _ => Math.BitDecrement(number) };
        return double.IsFinite(near) ? near : 0;
    }

    private long IntegerOf(int step) =>
        _numbers.Count > 0 && step % 2 == 1 && Math.Abs(_numbers[step % _numbers.Count]) < 1e15
            ? (long)_numbers[step % _numbers.Count]
            : Integers[step % Integers.Length];

    private string TextOf(int field, int step, BundleModel? model)
    {
        if (model is not null)
        {
            return model.Categories[field][step % model.Categories[field].Length];
        }

        // Ids must differ, so that a sample is no repetition of another.
        return step % 3 == 0 ? _texts[step % _texts.Count] : $"{_texts[step % _texts.Count]}{step % 5}";
    }

    // Whatever texts and numbers the statistics hold, in their order: vocabularies, borders as numbers or C99 hex
    // floats.
    private void TakeStatistics(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return;
        }

        using JsonDocument document = JsonDocument.Parse(json);
        var pending = new Queue<JsonElement>([document.RootElement]);
        while (pending.TryDequeue(out JsonElement element))
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (JsonProperty member in element.EnumerateObject())
                    {
                        pending.Enqueue(member.Value);
                    }

                    break;
                case JsonValueKind.Array:
                    foreach (JsonElement item in element.EnumerateArray())
                    {
                        pending.Enqueue(item);
                    }

                    break;
                case JsonValueKind.Number when _numbers.Count < PoolMax && element.TryGetDouble(out double number):
                    _numbers.Add(number);
                    break;
                case JsonValueKind.String when element.GetString() is { } text:
                    TakeText(text);
                    break;
            }
        }
    }

    private void TakeText(string text)
    {
        if (HexFloat.TryParse(text, out double number))
        {
            if (_numbers.Count < PoolMax)
            {
                _numbers.Add(number);
            }
        }
        else if (_texts.Count < PoolMax && text.Length is > 0 and < 64)
        {
            _texts.Add(text);
        }
    }
}
