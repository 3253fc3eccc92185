using System.Buffers.Binary;
using Serving.Engine.Predictions.Log;

namespace Serving.EndToEnd.Tests.Logs;

/// <summary>Changes one bit of a value in a log that is not compressed, as whoever may write it can.</summary>
internal static class LogEdit
{
    /// <summary>
    /// Flips the lowest bit of a score, a feature or a request's amount in the middle of the log's first segment.
    /// Returns the id of its answer.
    /// </summary>
    /// <param name="log">The log's folder.</param>
    /// <param name="value"><c>score</c>, <c>feature</c> or <c>request</c>.</param>
    /// <param name="isResealed">Whether the frame's checksum is made right again.</param>
    public static long FlipBit(string log, string value, bool isResealed)
    {
        string path = Directory.EnumerateFiles(log, "*.plog").Order(StringComparer.Ordinal).First();
        byte[] bytes = File.ReadAllBytes(path);
        var reader = new LogRecordReader();
        reader.BeginSegment("");
        int length;
        for (int at = SegmentHeader.Size; at < bytes.Length; at += length)
        {
            length = LogFrame.LengthOf(bytes.AsSpan(at));
            Span<byte> frame = bytes.AsSpan(at, length);
            Assert.True(LogFrame.TryRead(frame, out LogFrame read));
            bool isRecord = reader.Take(read, read.Payload, null);
            if (!isRecord || read.Kind != LogFrameKind.Answer || at < bytes.Length / 2)
            {
                continue;
            }

            (ulong sequence, byte flags) = (read.Sequence, read.Flags);
            frame[PlaceOf(reader.Record, value, frame)] ^= 1;
            if (isResealed)
            {
                LogFrame.Seal(frame, sequence, flags);
            }

            File.WriteAllBytes(path, bytes);
            return reader.Record.Request!.Get(0, reader.Record.Schema!.Request.IndexOf("id"));
        }

        throw new InvalidOperationException("the log has no answer");
    }

    // Scores come first, then the request's row, then the features': what is equal there stands further ahead.
    private static int PlaceOf(LogRecord record, string value, ReadOnlySpan<byte> frame)
    {
        Span<byte> wanted = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(wanted, value switch
        {
            "score" => BitConverter.DoubleToInt64Bits(record.Scores[0]),
            "feature" => record.Features!.Get(0, record.Schema!.Features.IndexOf("card_sum")),
            _ => record.Request!.Get(0, record.Schema!.Request.IndexOf("amount")),
        });
        int place = value == "score" ? frame.IndexOf(wanted) : frame.LastIndexOf(wanted);
        Assert.True(place > 0, $"the {value} does not stand in its record");
        return place;
    }
}
