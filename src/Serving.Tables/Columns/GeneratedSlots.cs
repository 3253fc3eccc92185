using System.Buffers.Text;
using System.Text;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Tables.Columns;

/// <summary>
/// Fills the fields that no column feeds: row numbers and constants. A constant is read once for each batch; its rows
/// share the text in the arena. One thread.
/// </summary>
internal sealed class GeneratedSlots
{
    private const int DigitsMax = 20;

    private readonly RowSchema _schema;
    private readonly int[] _rowNumberFields;
    private readonly int[] _constantFields;
    private readonly byte[][] _constantTexts;
    private readonly long[] _constantSlots;
    private readonly bool[] _constantPresent;

    public GeneratedSlots(ColumnPlan plan)
    {
        _schema = plan.Schema;
        _rowNumberFields = FieldsOf(plan, ColumnOrigin.RowNumber);
        _constantFields = FieldsOf(plan, ColumnOrigin.Constant);
        _constantTexts = [.. _constantFields.Select(field => Encoding.UTF8.GetBytes(plan.Bindings[field].Name))];
        _constantSlots = new long[_constantFields.Length];
        _constantPresent = new bool[_constantFields.Length];
    }

    /// <summary>Reads the constants into the arena of an empty batch.</summary>
    public void Begin(RowBatch rows, CellReader reader)
    {
        if (_constantFields.Length == 0)
        {
            return;
        }

        int row = rows.AddRow();
        for (int index = 0; index < _constantFields.Length; index++)
        {
            int field = _constantFields[index];
            reader.Read(_constantTexts[index], _schema.Fields[field].Type, rows, row, field);
            _constantSlots[index] = rows.Get(row, field);
            _constantPresent[index] = rows.IsPresent(row, field);
        }

        rows.RemoveLastRow();
    }

    /// <summary>Fills the generated fields of a row.</summary>
    public void Fill(RowBatch rows, int row, long rowNumber)
    {
        for (int index = 0; index < _constantFields.Length; index++)
        {
            if (_constantPresent[index])
            {
                rows.Set(row, _constantFields[index], _constantSlots[index]);
            }
        }

        foreach (int field in _rowNumberFields)
        {
            FillNumber(rows, row, field, rowNumber);
        }
    }

    private void FillNumber(RowBatch rows, int row, int field, long rowNumber)
    {
        if (_schema.Fields[field].Type.Kind == ValueKind.Int)
        {
            rows.Set(row, field, rowNumber);
            return;
        }

        Span<byte> text = stackalloc byte[DigitsMax];
        Utf8Formatter.TryFormat(rowNumber, text, out int written);
        rows.SetText(row, field, text[..written]);
    }

    private static int[] FieldsOf(ColumnPlan plan, ColumnOrigin origin) =>
        [.. Enumerable.Range(0, plan.Bindings.Length).Where(field => plan.Bindings[field].Origin == origin)];
}
