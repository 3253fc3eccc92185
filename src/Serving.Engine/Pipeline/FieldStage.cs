using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features;
using Serving.Models;

namespace Serving.Engine.Pipeline;

/// <summary>
/// Features without a script: a model's inputs are the request's fields of the same names, all optional. A number is a
/// <c>float?</c>, a category that the model knows by name a <c>string?</c>, an id an <c>int?</c>; a missing id is id 0.
/// </summary>
internal sealed class FieldStage : FeatureStage
{
    private readonly ImmutableArray<ModelInput> _inputs;

    // For each input the names of its categories, or null; a name's place is its code.
    private readonly Utf8NameTable?[] _categories;
    private readonly int _denseCount;
    private readonly int _idCount;

    /// <summary>
    /// Makes the stage of a model's inputs; <paramref name="categories"/> as in the model, empty without names.
    /// </summary>
    public FieldStage(
        string name, ImmutableArray<ModelInput> inputs, ImmutableArray<ImmutableArray<string>> categories)
    {
        _inputs = inputs;
        _categories = [.. categories.Select(names => names.Length == 0 ? null : new Utf8NameTable(names))];
        _idCount = inputs.Count(input => input.TakesIds);
        _denseCount = inputs.Length - _idCount;
        Rows = new RowSchema(name, [.. inputs.Select((input, index) => new Field(input.Name, TypeOf(index)))]);
    }

    public override RowSchema Rows { get; }

    public override ImmutableArray<int> LabelFields => [];

    public override RowSchema RawSchema => Rows;

    public override ImmutableArray<int> UsedRaw => [.. Enumerable.Range(0, _inputs.Length)];

    public override FeatureFrame? CreateFrame() => null;

    [HotPath]
    public override (int Row, int Field) Evaluate(
        RowBatch rows, WindowValues? windows, FeatureBatch features, FeatureFrame? frame, RowBatch? raw)
    {
        features.Reset(rows.RowCount, _denseCount, _idCount, rows.RowCount * _idCount);
        double[] dense = features.Dense;
        uint[] ids = features.Ids;
        int nextDense = 0;
        int nextId = 0;
        for (int row = 0; row < rows.RowCount; row++)
        {
            for (int input = 0; input < _inputs.Length; input++)
            {
                bool isTaken = _inputs[input].TakesIds
                    ? TryId(rows, row, input, out ids[nextId])
                    : TryNumber(rows, row, input, out dense[nextDense]);
                if (!isTaken)
                {
                    return (row, input);
                }

                if (_inputs[input].TakesIds)
                {
                    nextId++;
                    features.IdEnds[nextId - 1] = nextId;
                }
                else
                {
                    nextDense++;
                }
            }
        }

        features.IdCount = nextId;
        if (raw is not null)
        {
            CopyRows(rows, raw);
        }

        return (-1, -1);
    }

    public override void Encode(RowBatch raw, int row, bool isStateMissing, FeatureBatch features)
    {
        var one = new RowBatch(Rows);
        RowCopy.CopyRow(raw, row, one);
        Evaluate(one, null, features, null, null);
    }

    [HotPath]
    private bool TryNumber(RowBatch rows, int row, int input, out double value)
    {
        value = double.NaN;
        if (!rows.IsPresent(row, input))
        {
            return true;
        }

        if (_categories[input] is not { } names)
        {
            value = rows.GetFloat(row, input);
            return true;
        }

        int code = names.IndexOf(rows.GetText(row, input));
        value = code;
        return code >= 0;
    }

    [HotPath]
    private bool TryId(RowBatch rows, int row, int input, out uint id)
    {
        long value = rows.Get(row, input);
        id = (uint)value;
        return value >= 0 && value < _inputs[input].Size;
    }

    [HotPath]
    private void CopyRows(RowBatch rows, RowBatch raw)
    {
        raw.Clear();
        for (int row = 0; row < rows.RowCount; row++)
        {
            raw.AddRow();
            for (int field = 0; field < _inputs.Length; field++)
            {
                if (!rows.IsPresent(row, field))
                {
                    continue;
                }

                if (_categories[field] is null)
                {
                    raw.Set(row, field, rows.Get(row, field));
                }
                else
                {
                    raw.SetText(row, field, rows.GetText(row, field));
                }
            }
        }
    }

    private FieldType TypeOf(int input)
    {
        ValueKind kind = _inputs[input].TakesIds ? ValueKind.Int
            : _categories[input] is null ? ValueKind.Float
            : ValueKind.String;
        return new FieldType(kind, Optional: true);
    }
}
