using System.IO.Hashing;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Engine.Routing;

/// <summary>
/// The bucket of a request: XXH64 of the model's name, a zero byte and the text of the split's key, modulo 10,000. The
/// text is that of the field's cell in a file (R94, R95), so the same card has the same bucket in every process.
/// </summary>
internal static class Router
{
    private const int StackBytesMax = 1024;

    /// <summary>The bucket of a key's text. Allocates nothing for keys of usual length.</summary>
    /// <param name="model">UTF-8 name of the model.</param>
    /// <param name="key">UTF-8 text of the key.</param>
    /// <param name="seed">Seed of the hash: 0 for traffic.</param>
    [HotPath]
    public static int BucketOf(ReadOnlySpan<byte> model, ReadOnlySpan<byte> key, long seed = 0)
    {
        int length = model.Length + 1 + key.Length;
        if (length > StackBytesMax)
        {
            return BucketOfLong(model, key, seed);
        }

        Span<byte> text = stackalloc byte[StackBytesMax];
        model.CopyTo(text);
        text[model.Length] = 0;
        key.CopyTo(text[(model.Length + 1)..]);
        return (int)(XxHash64.HashToUInt64(text[..length], seed) % TrafficSplit.Buckets);
    }

    private static int BucketOfLong(ReadOnlySpan<byte> model, ReadOnlySpan<byte> key, long seed)
    {
        byte[] text = [.. model, 0, .. key];
        return (int)(XxHash64.HashToUInt64(text, seed) % TrafficSplit.Buckets);
    }

    /// <summary>
    /// The bucket of the key in a row, or -1 where the row has no such value. Lists are no keys.
    /// </summary>
    [HotPath]
    public static int BucketOf(ReadOnlySpan<byte> model, RowBatch rows, int row, int field, long seed = 0)
    {
        if (field < 0 || !rows.IsPresent(row, field))
        {
            return -1;
        }

        FieldType type = rows.Schema.Fields[field].Type;
        if (type.Kind == ValueKind.String)
        {
            return BucketOf(model, rows.GetText(row, field), seed);
        }

        Span<byte> text = stackalloc byte[CellWriter.ScalarBytesMax];
        int length = CellWriter.WriteScalar(text, type, rows.Get(row, field));
        return BucketOf(model, text[..length], seed);
    }

    /// <summary>The bucket of a running number, for requests without a key and without an id.</summary>
    [HotPath]
    public static int BucketOf(ReadOnlySpan<byte> model, long number)
    {
        Span<byte> text = stackalloc byte[CellWriter.ScalarBytesMax];
        int length = CellWriter.WriteScalar(text, new FieldType(ValueKind.Int), number);
        return BucketOf(model, text[..length]);
    }
}
