using CsCheck;
using Serving.State.Embedded;

namespace Serving.State.Tests.Embedded;

public sealed class LogBufferTests
{
    private const int Capacity = 1024;

    // Kinds: 0-3 append, 4 write a piece, 5 sync what was written, 6 rewind. Lengths hit the end of a lap exactly.
    private static readonly Gen<(int Kind, int Length)> Step = Gen.Select(Gen.Int[0, 6], Gen.Int[0, 18]);

    [Fact]
    public void Buffer_RandomAppendsWritesSyncsAndRewinds_WritesEveryEntryInOrder() =>
        Step.Array[0, 400].Sample(Run);

    [Fact]
    public void TryAppend_Full_RefusesUntilASync()
    {
        LogBuffer buffer = new(Capacity, sequence: 9);
        ulong last = 9;
        for (ulong sequence; (sequence = Append(buffer, 8)) != 0; last = sequence)
        {
        }

        Assert.Equal(9ul + (Capacity / (LogFrame.HeaderSize + 8)), last);
        _ = WriteAll(buffer, []);
        Assert.Equal(0ul, Append(buffer, 8));
        buffer.Synced(buffer.Written, buffer.WrittenSequence);
        Assert.Equal(last + 1, Append(buffer, 8));
    }

    private static void Run((int Kind, int Length)[] steps)
    {
        LogBuffer buffer = new(Capacity, sequence: 0);
        List<ulong> written = [];
        ulong appended = 0;
        foreach ((int kind, int length) in steps)
        {
            switch (kind)
            {
                case <= 3:
                    appended = Math.Max(appended, Append(buffer, length * 4));
                    break;
                case 4:
                    _ = WriteAll(buffer, written);
                    break;
                case 5:
                    buffer.Synced(buffer.Written, buffer.WrittenSequence);
                    break;
                default:
                    buffer.Rewind();
                    written.RemoveRange((int)buffer.SyncedSequence, written.Count - (int)buffer.SyncedSequence);
                    break;
            }
        }

        _ = WriteAll(buffer, written);
        Assert.Equal(Enumerable.Range(1, (int)appended).Select(sequence => (ulong)sequence), written);
        Assert.Equal(appended, buffer.Sequence);
    }

    private static ulong Append(LogBuffer buffer, int length) =>
        buffer.TryAppend(new LogEntry(LogKind.Append, new StateKey(1, 2, 3), 4, 5, 6), new byte[length]);

    private static int WriteAll(LogBuffer buffer, List<ulong> written)
    {
        int pieces = 0;
        for (; buffer.HasUnwritten; pieces++)
        {
            Span<byte> piece = buffer.Unwritten();
            int total = piece.Length;
            Assert.NotEqual(0, total);
            while (piece.Length > 0)
            {
                int length = LogFrame.Seal(piece).Length;
                Assert.Null(LogFrame.Read(piece, out _, out LogFrame frame));
                written.Add(frame.Sequence);
                piece = piece[length..];
            }

            buffer.Wrote(total, written[^1], written[^1]);
        }

        return pieces;
    }
}
