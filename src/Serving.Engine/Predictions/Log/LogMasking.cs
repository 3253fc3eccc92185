using System.Buffers.Binary;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Engine.Predictions.Log;

/// <summary>Rewrites the row of a frame so that masked fields are encrypted or hashed.</summary>
internal static class LogMasking
{
    /// <summary>Appends a frame of the ring with its row masked.</summary>
    public static void Write(
        ReadOnlySpan<byte> raw, LogSource source, ulong sequence, LogCipher? cipher, LogBytes target)
    {
        int request = LogFrame.HeaderSize
            + BinaryPrimitives.ReadInt32LittleEndian(raw[(LogFrame.HeaderSize + AnswerFrame.RequestAt)..]);
        target.WriteBytes(raw[..request]);
        RowSchema schema = source.Schema.Request;
        ReadOnlySpan<byte> heads = raw.Slice(request, schema.Fields.Length);
        ReadOnlySpan<byte> rest = raw[(request + heads.Length)..];
        int headsAt = target.Length;
        target.WriteBytes(heads);
        for (int field = 0; field < heads.Length; field++)
        {
            if (heads[field] != LogRowShape.Plain)
            {
                continue;
            }

            int length = LogRowReader.LengthOf(rest, schema.Fields[field].Type);
            byte mask = source.Masks![field];
            if (mask != LogRowShape.Missing && cipher is null)
            {
                // A version that wants masks is refused where the log has no key; what slips by is left out.
                target.Written[headsAt + field] = LogRowShape.Missing;
            }
            else if (mask != LogRowShape.Missing)
            {
                target.Written[headsAt + field] = mask;
                WriteField(source, field, rest[..length], sequence, cipher!, target);
            }
            else
            {
                target.WriteBytes(rest[..length]);
            }

            rest = rest[length..];
        }

        target.WriteBytes(rest);
    }

    private static void WriteField(
        LogSource source, int field, ReadOnlySpan<byte> value, ulong sequence, LogCipher cipher, LogBytes target)
    {
        if (source.Masks![field] == LogRowShape.Sealed)
        {
            cipher.SealField(sequence, field, value, target);
        }
        else
        {
            cipher.HashField(CellOf(source.Schema.Request.Fields[field], value), target);
        }
    }

    /// <summary>The text of a field's value as a file's cell (R94).</summary>
    internal static byte[] CellOf(Field field, ReadOnlySpan<byte> value)
    {
        var rows = new RowBatch(new RowSchema("", [field]));
        rows.AddRow();
        var bytes = new LogReadBytes(value);
        LogRowReader.ReadField(ref bytes, rows, 0, 0);
        var cell = new Utf8Buffer();
        CellWriter.Write(cell, field.Type, rows.Get(0, 0), rows);
        return cell.Written.ToArray();
    }
}
