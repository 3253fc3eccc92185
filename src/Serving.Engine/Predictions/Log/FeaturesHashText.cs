using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using Serving.Data;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// The hash of features as a record shows it: XXH3 of 128 bits over their row as a log would hold it.
/// </summary>
internal static class FeaturesHashText
{
    /// <summary>32 hex digits of a hash as it stands in a frame.</summary>
    public static string Of(ReadOnlySpan<byte> hash) => hash.Length == AnswerFrame.HashSize
        ? BinaryPrimitives.ReadUInt128LittleEndian(hash).ToString("x32", CultureInfo.InvariantCulture)
        : "";

    /// <summary>The hash of a row of features.</summary>
    public static string Of(RowBatch features, int row)
    {
        var bytes = new LogBytes();
        RowSchema schema = features.Schema;
        new LogRowShape(schema.Name, schema, [.. Enumerable.Range(0, schema.Fields.Length)])
            .Write(bytes, features, row);
        return XxHash128.HashToUInt128(bytes.Written).ToString("x32", CultureInfo.InvariantCulture);
    }
}
