using CsCheck;
using Serving.State.Embedded;

namespace Serving.State.Tests.Embedded;

public sealed class BlobTableTests
{
    private const ulong Schema = 0x1122334455667788;

    // Kind 0-5 appends, 6 replaces, 7 removes.
    private static readonly Gen<(int Kind, int Key, int Length)> Step =
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 30], Gen.OneOf(Gen.Int[1, 40], Gen.Int[1, 3000]));

    [Fact]
    public void Table_RandomChanges_EqualsADictionary() =>
        Step.Array[0, 300].Sample(steps =>
        {
            using BlobTable table = new(seed: 7);
            Dictionary<StateKey, byte[]> model = [];
            foreach ((int kind, int number, int length) in steps)
            {
                Change(table, model, kind, KeyOf(number), Bytes(number + length, length));
            }

            MustEqual(table, model);
        });

    [Fact]
    public void Table_BlobOfEveryLength_IsKept()
    {
        using BlobTable table = new(seed: 7);
        StateKey key = KeyOf(1);
        for (int length = 1; length < 40_000; length += 1 + (length / 50))
        {
            byte[] blob = Bytes(length, BlobHeader.Size + length);
            _ = table.Replace(key, blob, blob.Length);
            Assert.Equal(blob, table.Read(key));
        }

        byte[] largest = Bytes(3, BlobHeader.BlobBytesMax);
        _ = table.Replace(key, largest, largest.Length);
        Assert.Equal(largest, table.Read(key));
    }

    [Fact]
    public void Table_AllRemoved_HoldsNoBlocks()
    {
        using BlobTable table = new(seed: 7);
        for (int i = 0; i < 10_000; i++)
        {
            _ = table.Append(KeyOf(i), Schema, Bytes(i, 100 + (i % 900)));
        }

        long full = table.BytesUsed;
        Assert.True(full < table.BlobBytes * 1.25, $"{full} bytes for {table.BlobBytes}");
        for (int i = 0; i < 10_000; i++)
        {
            Assert.True(table.Remove(KeyOf(i)));
        }

        Assert.Equal(0, table.Count);
        Assert.Equal(0, table.BlobBytes);
        Assert.True(table.BytesUsed < 1 << 20, $"{table.BytesUsed} bytes left");
    }

    // All blobs grow together through every size class: what they left behind must be given back.
    [Fact]
    public void Table_BlobsGrownTogether_WastesLittle()
    {
        using BlobTable table = new(seed: 7);
        byte[] record = Bytes(1, 20);
        for (int round = 0; round < 58; round++)
        {
            for (int i = 0; i < 5_000; i++)
            {
                _ = table.Append(KeyOf(i), Schema, record);
            }
        }

        double ratio = (double)table.BytesUsed / table.BlobBytes;
        Assert.InRange(ratio, 1.0, 1.10);
    }

    // Digests of the form (k << 32) | k, and such as agree in their low bits, are spread like any others (T4).
    [Fact]
    public void Hash_ChosenDigests_DoNotCollide()
    {
        SeededKeyHash hash = new(seed: 99);
        HashSet<uint> low = [];
        HashSet<uint> high = [];
        for (ulong k = 0; k < 50_000; k++)
        {
            ulong value = hash.Of(1, (k << 32) | k);
            _ = low.Add((uint)value);
            _ = high.Add((uint)(hash.Of(1, k << 40) >> 32));
        }

        Assert.InRange(low.Count, 49_990, 50_000);
        Assert.InRange(high.Count, 49_990, 50_000);
    }

    [Fact]
    public void SizeClasses_EveryLength_FitsAndWastesAtMostASixteenth()
    {
        for (int bytes = 1; bytes <= 1 << 20; bytes++)
        {
            int size = SizeClasses.BytesOf(SizeClasses.Of(bytes));
            int allowed = bytes > 256 ? (bytes / 16) + 1 : 15;
            if (size < bytes || size > bytes + allowed)
            {
                Assert.Fail($"{bytes} bytes got a block of {size}");
            }
        }
    }

    private static void Change(
        BlobTable table, Dictionary<StateKey, byte[]> model, int kind, in StateKey key, byte[] bytes)
    {
        if (kind < 6)
        {
            _ = table.Append(key, Schema, bytes);
            model[key] = [.. model.GetValueOrDefault(key) ?? Header(key), .. bytes];
        }
        else if (kind == 6)
        {
            byte[] blob = [.. Header(key), .. bytes];
            _ = table.Replace(key, blob, blob.Length);
            model[key] = blob;
        }
        else
        {
            Assert.Equal(model.Remove(key), table.Remove(key));
        }
    }

    private static void MustEqual(BlobTable table, Dictionary<StateKey, byte[]> model)
    {
        Assert.Equal(model.Count, table.Count);
        Assert.Equal(model.Values.Sum(blob => (long)blob.Length), table.BlobBytes);
        int seen = 0;
        for (int entry = 0; entry < table.EntryEnd; entry++)
        {
            if (table.TryKey(entry, out StateKey key))
            {
                Assert.Equal(model[key], table.BlobAt(entry));
                Assert.Equal(entry, table.Find(key));
                seen++;
            }
        }

        Assert.Equal(model.Count, seen);
    }

    private static StateKey KeyOf(int number) => new((uint)number % 3, (ulong)number << 32, (ulong)number * 7919);

    private static byte[] Header(in StateKey key)
    {
        byte[] header = new byte[BlobHeader.Size];
        BlobHeader.Write(header, 0, Schema, key.Check);
        return header;
    }

    private static byte[] Bytes(int seed, int length)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        if (length >= BlobHeader.Size)
        {
            BlobHeader.Write(bytes, 0, Schema, 0);
        }

        return bytes;
    }
}
