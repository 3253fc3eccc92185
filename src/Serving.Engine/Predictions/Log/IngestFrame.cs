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
        uint count = 0;
        foreach (IngestWriter writer in context.Writers)
        {
            count += (uint)writer.Added.Count(added => added.Row == row);
        }

        bytes.WriteVarint(count);
        foreach (IngestWriter writer in context.Writers)
        {
            foreach ((int access, _, _) in writer.Added.Where(added => added.Row == row))
            {
                AnswerFrame.WriteAccess(bytes, 0, context.Batch.Accesses[access]);
            }
        }

        int request = bytes.Length - LogFrame.HeaderSize;
        source.Request.Write(bytes, context.Rows, row);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.Written[(LogFrame.HeaderSize + AnswerFrame.RequestAt)..], request);
    }
}
