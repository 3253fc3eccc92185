using System.Buffers.Binary;
using Serving.Engine.Predictions.Log;
using Xunit;

namespace Serving.Engine.Tests.Predictions.Log;

/// <summary>Frames come out of the ring as they went in, however many threads append.</summary>
public sealed class LogRingTests
{
    private const int Threads = 4;
    private const int FramesOfThread = 20_000;

    [Fact]
    public void TryAppend_SeveralThreads_EveryFrameComesOutOnceAndInItsThreadsOrder()
    {
        var ring = new LogRing(8192);
        Thread[] writers = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() => Write(ring, thread)))];
        foreach (Thread writer in writers)
        {
            writer.Start();
        }

        int[] next = new int[Threads];
        long position = 0;
        for (int count = 0; count < Threads * FramesOfThread;)
        {
            ReadOnlySpan<byte> frame = ring.TryRead(ref position);
            if (frame.IsEmpty)
            {
                Thread.Yield();
                continue;
            }

            int thread = BinaryPrimitives.ReadInt32LittleEndian(frame[8..]);
            int number = BinaryPrimitives.ReadInt32LittleEndian(frame[12..]);
            Assert.Equal(next[thread]++, number);
            Assert.Equal(LengthOf(thread, number), frame.Length);
            Assert.False(frame[16..].ContainsAnyExcept((byte)(number | 1)));
            ring.Free(position);
            count++;
        }

        foreach (Thread writer in writers)
        {
            writer.Join();
        }

        Assert.Equal(0, ring.BytesHeld);
    }

    [Fact]
    public void TryAppend_NoRoom_IsRefusedUntilRoomIsFreed()
    {
        var ring = new LogRing(1024);
        byte[] frame = new byte[200];
        int taken = 0;
        while (ring.TryAppend(frame, out _))
        {
            taken++;
        }

        Assert.Equal(5, taken);
        long position = 0;
        Assert.Equal(200, ring.TryRead(ref position).Length);
        Assert.False(ring.TryAppend(frame, out _));
        ring.Free(position);
        Assert.True(ring.TryAppend(frame, out _));
        Assert.False(ring.TryAppend(new byte[ring.FrameMax + 1], out _));
    }

    private static void Write(LogRing ring, int thread)
    {
        byte[] frame = new byte[512];
        for (int number = 0; number < FramesOfThread; number++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(8), thread);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(12), number);
            frame.AsSpan(16).Fill((byte)(number | 1));
            while (!ring.TryAppend(frame.AsSpan(0, LengthOf(thread, number)), out _))
            {
                Thread.Yield();
            }
        }
    }

    private static int LengthOf(int thread, int number) => 16 + ((number * 7) + thread) % 300;
}
