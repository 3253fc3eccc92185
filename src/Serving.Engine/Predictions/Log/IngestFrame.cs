using System.Buffers.Binary;
using Serving.Engine.Ingest;

namespace Serving.Engine.Predictions.Log;

/// <summary>Writes one ingested row as the payload of a frame (docs/prediction-log.md).</summary>
internal static class IngestFrame
{
    /// <summary>Appends the payload of a row.</summary>
    public static void Write(LogBytes bytes, IngestContext context, int row, LogSource source)
    {
        bytes.WriteUInt32(source.Schema.Id);
        bytes.WriteUInt32(0);
        bytes.WriteUInt32(0);
        int countAt = bytes.Length;
        bytes.WriteUInt16(0);
        int count = 0;
        foreach (IngestWriter writer in context.Writers)
        {
            count += AnswerFrame.WriteAdded(bytes, writer, context.Batch, row);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(bytes.Written[countAt..], (ushort)count);
        int request = bytes.Length - LogFrame.HeaderSize;
        source.Request.Write(bytes, context.Rows, row);
        BinaryPrimitives.WriteInt32LittleEndian(
            bytes.Written[(LogFrame.HeaderSize + AnswerFrame.RequestAt)..], request);
    }
}
