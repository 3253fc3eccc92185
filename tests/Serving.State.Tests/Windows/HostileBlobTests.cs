using System.Buffers;
using Serving.Data;
using Serving.Data.Windows;
using Serving.State.Windows;

namespace Serving.State.Tests.Windows;

/// <summary>Cut, flipped and forged blobs: found, and never an exception.</summary>
public sealed class HostileBlobTests
{
    private const long Base = 1_772_445_600_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_AnyBitFlipped_IsDamagedOrElsewhereChecked(bool isFolded)
    {
        LogBench bench = Bench();
        byte[] blob = MakeBlob(bench, isFolded);
        for (int bit = 0; bit < blob.Length * 8; bit++)
        {
            // The check digest of the key is compared by the store, which knows the key.
            if (bit / 8 is >= 16 and < BlobHeader.Size && !isFolded)
            {
                continue;
            }

            blob[bit / 8] ^= (byte)(1 << (bit % 8));
            (ReadStatus status, string?[] values) = bench.Read(blob, Base + 1_000_000);
            Assert.True(status == ReadStatus.Damaged, $"bit {bit} of {blob.Length * 8}");
            Assert.All(values, Assert.Null);
            Assert.Equal(0, new LogCompactor(bench.Codec).Compact(blob, new ArrayBufferWriter<byte>()));
            Assert.False(new LogCompactor(bench.Codec).Describe(blob).IsSound);
            blob[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(ReadStatus.Ok, bench.Read(blob, Base + 1_000_000).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_CutAnywhere_IsDamagedUnlessBetweenRecords(bool isFolded)
    {
        LogBench bench = Bench();
        byte[] blob = MakeBlob(bench, isFolded);
        var sound = new List<int>();
        for (int length = 1; length < blob.Length; length++)
        {
            if (bench.Read(blob.AsSpan(0, length), Base + 1_000_000).Status != ReadStatus.Damaged)
            {
                sound.Add(length);
            }
        }

        // A blob may end behind its header, its folded part and each of its records but the last.
        BlobDescription whole = new LogCompactor(bench.Codec).Describe(blob);
        Assert.Equal(whole.Tail.Length, sound.Count);
        Assert.Equal(blob.Length - whole.TailBytes, sound[0]);
    }

    [Fact]
    public void Read_RandomBytesBehindAHeader_NeverThrows()
    {
        LogBench bench = Bench();
        Random random = new(5);
        for (int round = 0; round < 20_000; round++)
        {
            byte[] blob = new byte[BlobHeader.Size + random.Next(100)];
            random.NextBytes(blob);
            BlobHeader.Write(blob, (uint)random.Next(2), bench.Codec.Schema, 1);
            if (random.Next(2) == 0)
            {
                Forge(blob);
            }

            Assert.InRange(bench.Read(blob, Base).Status, ReadStatus.Ok, ReadStatus.TooOld);
            new LogCompactor(bench.Codec, 0).Compact(blob, new ArrayBufferWriter<byte>());
        }
    }

    [Fact]
    public void Read_ForeignSchemaOrNewerFormat_IsDamaged()
    {
        LogBench bench = Bench();
        byte[] blob = bench.NewBlob();
        Assert.Equal(ReadStatus.Ok, bench.Read(blob, Base).Status);
        blob[0] = 2;
        Assert.Equal(ReadStatus.Damaged, bench.Read(blob, Base).Status);
        BlobHeader.Write(blob, 0, bench.Codec.Schema + 1, 1);
        Assert.Equal(ReadStatus.Damaged, bench.Read(blob, Base).Status);
    }

    // Gives random bytes right checks, so that what lies behind them is reached.
    private static void Forge(byte[] blob)
    {
        Span<byte> rest = blob.AsSpan(BlobHeader.Size);
        if (BlobHeader.EpochOf(blob) != 0 && rest.Length >= 16)
        {
            BitConverter.TryWriteBytes(rest[4..], rest.Length - 8);
            uint check = FoldedPart.CheckOf(blob.AsSpan(0, BlobHeader.Size), rest[4..8], rest[8..]);
            BitConverter.TryWriteBytes(rest, check);
            return;
        }

        int length = rest.Length - 3;
        if (length is > 0 and < 128)
        {
            byte[] padded = [.. rest[3..], .. new byte[8]];
            rest[0] = (byte)(length << 1);
            BitConverter.TryWriteBytes(rest[1..], RecordCheck.OfBody(padded, 0, length));
        }
    }

    private static LogBench Bench()
    {
        LogBuilder builder = new();
        builder
            .Column("amount", new FieldType(ValueKind.Decimal, Optional: true, Scale: 2))
            .Column("s", new FieldType(ValueKind.String, Optional: true))
            .Column("f", new FieldType(ValueKind.Float))
            .Column("tags", new FieldType(ValueKind.List, true, 0, ValueKind.String, 4));
        WindowBounds day = LogBuilder.Last(LogBuilder.Day);
        builder
            .Read(WindowFunction.Variance, day, 0)
            .Read(WindowFunction.Last, day, 1)
            .Read(WindowFunction.First, day, 3)
            .Read(WindowFunction.Max, day, 2)
            .Read(WindowFunction.DecaySum, day, 2, halfLife: 1000)
            .Read(WindowFunction.Distinct, day, 1, keep: 2);
        return new LogBench(builder.Build());
    }

    private static byte[] MakeBlob(LogBench bench, bool isFolded)
    {
        byte[] blob = bench.Blob(Enumerable.Range(0, 6).Select(index => new TestEvent(
            $"id{index}", Base + (index * 100_000), Base + (index * 100_000),
            [index == 2 ? null : 100L * index, index % 2 == 0 ? "text" : null, index * 0.1, null])));
        return isFolded ? LogBench.Compact(new LogCompactor(bench.Codec, 150_000), blob, out _) : blob;
    }
}
