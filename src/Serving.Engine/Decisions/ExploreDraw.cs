using System.IO.Hashing;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Engine.Decisions;

/// <summary>
/// Which declines are answered approve, so that their outcome becomes known: the bucket of the routing key under seed
/// 1, so that one key is always or never explored, whatever its traffic share. Safe for use by several threads.
/// </summary>
internal sealed class ExploreDraw(string model, int buckets)
{
    private const long Seed = 1;

    private readonly byte[] _model = [.. System.Text.Encoding.UTF8.GetBytes(model), 0];

    // Rows without a key are dealt in turn; all threads meet here.
    private long _next;

    /// <summary>Whether a decline of a key is explored.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="row">The row.</param>
    /// <param name="field">Place of the key, or -1 where the rows have none.</param>
    [HotPath]
    public bool Explores(RowBatch rows, int row, int field)
    {
        if (buckets == 0)
        {
            return false;
        }

        ulong number = field >= 0 && rows.IsPresent(row, field)
            ? HashOf(rows, row, field)
            : (ulong)Interlocked.Increment(ref _next);
        return number % DecisionDocument.Buckets < (ulong)buckets;
    }

    [HotPath]
    private ulong HashOf(RowBatch rows, int row, int field)
    {
        Span<byte> bytes = stackalloc byte[256 + RowBatch.TextBytesMax];
        _model.CopyTo(bytes);
        FieldType type = rows.Schema.Fields[field].Type;
        int length;
        if (type.Kind == ValueKind.String)
        {
            ReadOnlySpan<byte> text = rows.GetText(row, field);
            text.CopyTo(bytes[_model.Length..]);
            length = text.Length;
        }
        else
        {
            length = CellWriter.WriteScalar(bytes[_model.Length..], type, rows.Get(row, field));
        }

        return XxHash64.HashToUInt64(bytes[..(_model.Length + length)], Seed);
    }
}
