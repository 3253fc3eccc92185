using System.Buffers.Binary;
using Serving.Data.Durability;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel.Schema;

namespace Serving.NativeModels.SavedModel.Variables;

/// <summary>
/// Checks the data files against the index: every file there, every tensor within its file, of its type's and shape's
/// size, no two over each other, and with the CRC-32C of the index.
/// </summary>
internal static class VariablesCheck
{
    /// <summary>Adds all that is wrong; gives the bytes of all tensors.</summary>
    public static long Check(VariablesIndex index, ModelFiles files, FileProblems problems)
    {
        long total = 0;
        foreach (IGrouping<int, KeyValuePair<string, BundleEntryProto>> shard in
            index.Entries.GroupBy(entry => entry.Value.ShardId))
        {
            if (shard.Key < 0 || shard.Key >= index.ShardCount)
            {
                problems.Add(
                    VariablesIndex.Path, $"data file {shard.Key}", $"a number from 0 to {index.ShardCount - 1}");
                continue;
            }

            string path = index.ShardPath(shard.Key);
            if (files.Read(path) is not { } data)
            {
                if (shard.Any(entry => entry.Value.Size > 0))
                {
                    problems.Add(path, "nothing", "the data file that the index names", "export it again");
                }

                continue;
            }

            total += Shard(path, data.Span, shard, problems);
        }

        return total;
    }

    private static long Shard(
        string path,
        ReadOnlySpan<byte> data,
        IEnumerable<KeyValuePair<string, BundleEntryProto>> entries,
        FileProblems problems)
    {
        long end = 0;
        long total = 0;
        foreach ((string name, BundleEntryProto entry) in entries.OrderBy(entry => entry.Value.Offset))
        {
            string place = $"{path}, tensor {FileProblems.Quote(name)}";
            long size = ShapeText.CountOf(entry.Shape) * ElementTypes.SizeOf(entry.Dtype);
            bool isWhole = entry.Slices.Count == 0;
            if (entry.Offset < 0 || entry.Size < 0 || entry.Offset > data.Length
                || entry.Size > data.Length - entry.Offset)
            {
                problems.Add(
                    place,
                    $"bytes {entry.Offset} to {entry.Offset + entry.Size}",
                    $"at most {data.Length}, its length");
            }
            else if (entry.Size > 0 && entry.Offset < end)
            {
                problems.Add(place, $"bytes from {entry.Offset}", $"bytes from {end} on, behind the tensor before");
            }
            else if (size < 0 || (isWhole && ElementTypes.SizeOf(entry.Dtype) > 0 && size != entry.Size))
            {
                problems.Add(
                    place,
                    $"{entry.Size} bytes",
                    $"those of {ElementTypes.NameOf(entry.Dtype)}{ShapeText.Of(entry.Shape)}");
            }
            else if (isWhole && Checksum(entry, data.Slice((int)entry.Offset, (int)entry.Size)) != entry.Crc32C)
            {
                problems.Add(place, "other bytes than the index's CRC-32C says", "the bytes as written");
            }

            end = Math.Max(end, entry.Size > 0 && entry.Size <= data.Length ? entry.Offset + entry.Size : 0);
            total += isWhole ? entry.Size : 0;
        }

        return total;
    }

    private static uint Checksum(BundleEntryProto entry, ReadOnlySpan<byte> bytes) => entry.Dtype switch
    {
        DataType.DtString => TextChecksum(ShapeText.CountOf(entry.Shape), bytes) ?? ~entry.Crc32C,

        // How variants and resources are written is their own affair.
        DataType.DtVariant or DataType.DtResource => entry.Crc32C,
        _ => MaskedCrc.Of(bytes),
    };

    // Strings: lengths as variable-length numbers, a checksum of these, the bytes. Lengths enter the checksum as 32-bit
    // numbers (64-bit ones where they need it), not as they stand in the file.
    private static uint? TextChecksum(long count, ReadOnlySpan<byte> bytes)
    {
        uint crc = 0;
        int at = 0;
        ulong total = 0;
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        for (long i = 0; i < count; i++)
        {
            if (!TableBlock.TryVarint(bytes, ref at, out ulong size) || size > int.MaxValue)
            {
                return null;
            }

            BinaryPrimitives.WriteUInt64LittleEndian(length, size);
            crc = Crc32C.Extend(crc, length[..sizeof(uint)]);
            total += size;
        }

        return bytes.Length - at >= sizeof(uint) && (ulong)(bytes.Length - at - sizeof(uint)) == total
            ? MaskedCrc.Mask(Crc32C.Extend(crc, bytes[at..]))
            : null;
    }
}
