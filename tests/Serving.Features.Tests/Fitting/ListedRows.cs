using Serving.Data;

namespace Serving.Features.Tests.Fitting;

/// <summary>Rows in memory as a source, in pieces of a few rows; a piece may be told to be wrong.</summary>
internal sealed class ListedRows(RowBatch rows, IReadOnlyList<int> order, int rowsPerPiece, int? wrongRow = null)
    : IRowSource
{
    private int _next;

    public RowSchema Schema => rows.Schema;

    public RowSchema? KeptSchema => null;

    public double Progress => order.Count == 0 ? 1 : (double)_next / order.Count;

    public static Func<IRowSource> Of(RowBatch rows, int rowsPerPiece = 7, int? wrongRow = null) =>
        () => new ListedRows(rows, [.. Enumerable.Range(0, rows.RowCount)], rowsPerPiece, wrongRow);

    public IRowChunk? ReadChunk()
    {
        if (_next == order.Count)
        {
            return null;
        }

        int first = _next;
        _next = Math.Min(order.Count, first + rowsPerPiece);
        return new Piece(this, first, _next);
    }

    public void Dispose() => _next = order.Count;

    private void Copy(int from, RowBatch to)
    {
        int row = to.AddRow();
        for (int field = 0; field < Schema.Fields.Length; field++)
        {
            FieldType type = Schema.Fields[field].Type;
            if (!rows.IsPresent(from, field))
            {
                continue;
            }

            if (type.Kind == ValueKind.String)
            {
                to.SetText(row, field, rows.GetText(from, field));
            }
            else if (type.Kind == ValueKind.List)
            {
                to.BeginList();
                foreach (long item in rows.GetList(from, field))
                {
                    to.AddItem(type.ElementKind == ValueKind.String ? to.AddText(rows.TextOf(item)) : item);
                }

                to.EndList(row, field);
            }
            else
            {
                to.Set(row, field, rows.Get(from, field));
            }
        }
    }

    private sealed class Piece(ListedRows source, int first, int end) : IRowChunk
    {
        public long FirstRow => first + 1;

        public void Parse(RowBatch target, RowBatch? kept)
        {
            target.Clear();
            for (int place = first; place < end; place++)
            {
                if (place == source.WrongRow)
                {
                    throw new InputException(new InputProblem($"row {place + 1}", "rubbish", "a row"));
                }

                source.Copy(source.Order[place], target);
            }
        }

        public void Dispose()
        {
        }
    }

    private int? WrongRow => wrongRow;

    private IReadOnlyList<int> Order => order;
}
