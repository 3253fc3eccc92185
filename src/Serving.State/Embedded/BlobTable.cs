using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Serving.State.Embedded;

/// <summary>
/// Blobs by key in native memory: no pressure on the garbage collector, 40 bytes for each blob and about 12 for the
/// index beside the blocks, which are at most 1/16 too large. One owner at a time: not safe for several threads.
/// </summary>
/// <remarks>
/// A span that was handed out is valid until the next change of the same table: blobs move. Behind every blob
/// <see cref="StateBatch.Padding"/> bytes may be loaded without looking. A number from <see cref="Find"/> names the
/// same blob until it is removed.
/// </remarks>
public sealed unsafe class BlobTable : IDisposable
{
    /// <summary>What <see cref="Find"/> says of an absent key.</summary>
    public const int Absent = -1;

    private const int FirstEntries = 16;

    private readonly SeededKeyHash _hash;
    private readonly KeyIndex _index = new();
    private readonly BlockPages* _classes;

    // Entries 0.._entryEnd-1 were used once; the free ones among them are a list from _free - 1 on.
    private BlobEntry* _entries;
    private int _capacity = FirstEntries;
    private uint _free;
    private long _pageBytes;

    /// <summary>Makes an empty table.</summary>
    /// <param name="seed">Secret seed of the index; the table's content and its order do not depend on it.</param>
    public BlobTable(ulong seed)
    {
        _hash = new SeededKeyHash(seed);
        _entries = (BlobEntry*)NativeMemory.Alloc(FirstEntries, (nuint)sizeof(BlobEntry));
        _classes = (BlockPages*)NativeMemory.AllocZeroed(SizeClasses.Count, (nuint)sizeof(BlockPages));
        _pageBytes = SizeClasses.Count * sizeof(BlockPages);
    }

    /// <summary>Number of blobs.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of all blobs.</summary>
    public long BlobBytes { get; private set; }

    /// <summary>Bytes of native memory that the table holds, index and unused blocks included.</summary>
    public long BytesUsed => _pageBytes + _index.Bytes + ((long)_capacity * sizeof(BlobEntry));

    /// <summary>Numbers below it may name blobs; see <see cref="TryKey"/>.</summary>
    public int EntryEnd { get; private set; }

    /// <summary>The number of a key's blob, or <see cref="Absent"/>.</summary>
    public int Find(in StateKey key) => Lookup(key.Set, key.Digest, (uint)_hash.Of(key.Set, key.Digest));

    /// <summary>A key's blob; empty where the key is absent.</summary>
    public ReadOnlySpan<byte> Read(in StateKey key)
    {
        int entry = Find(key);
        return entry < 0 ? default : BlobAt(entry);
    }

    /// <summary>The blob of a number from <see cref="Find"/>.</summary>
    public ReadOnlySpan<byte> BlobAt(int entry)
    {
        ref BlobEntry found = ref EntryAt(entry);
        return new ReadOnlySpan<byte>(BlobOf(found), found.Length);
    }

    /// <summary>Appends a record to a key's blob and returns its number; an absent key gets a header first.</summary>
    public int Append(in StateKey key, ulong schema, ReadOnlySpan<byte> record)
    {
        int entry = Find(key);
        if (entry < 0)
        {
            return Create(key, schema, record);
        }

        AppendAt(entry, record);
        return entry;
    }

    /// <summary>Makes the blob of a key that is absent: header and first record. Returns its number.</summary>
    public int Create(in StateKey key, ulong schema, ReadOnlySpan<byte> record)
    {
        int entry = Insert(key, BlobHeader.Size + record.Length);
        Span<byte> blob = Writable(entry);
        BlobHeader.Write(blob, 0, schema, key.Check);
        record.CopyTo(blob[BlobHeader.Size..]);
        EntryAt(entry).Folded = BlobHeader.Size;
        return entry;
    }

    /// <summary>Appends a record to the blob of a number from <see cref="Find"/>.</summary>
    public void AppendAt(int entry, ReadOnlySpan<byte> record)
    {
        int old = Resize(entry, EntryAt(entry).Length + record.Length, keep: true);
        record.CopyTo(Writable(entry)[old..]);
    }

    /// <summary>Puts a whole blob in the place of a key's, or makes it. Returns its number.</summary>
    /// <param name="key">Which blob.</param>
    /// <param name="blob">The blob, header included; no span of this table.</param>
    /// <param name="folded">How many of its bytes a compaction wrote; those behind were appended since.</param>
    public int Replace(in StateKey key, ReadOnlySpan<byte> blob, int folded)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blob.Length, BlobHeader.Size);
        int entry = Find(key);
        if (entry < 0)
        {
            entry = Insert(key, blob.Length);
        }
        else
        {
            _ = Resize(entry, blob.Length, keep: false);
        }

        blob.CopyTo(Writable(entry));
        EntryAt(entry).Folded = folded;
        return entry;
    }

    /// <summary>Removes a key's blob; false where it was absent.</summary>
    public bool Remove(in StateKey key)
    {
        int entry = Find(key);
        if (entry < 0)
        {
            return false;
        }

        RemoveAt(entry);
        return true;
    }

    /// <summary>
    /// The key of a number below <see cref="EntryEnd"/>; false where it names no blob (any more). All blobs are seen by
    /// going through the numbers, and removing the one just seen is allowed.
    /// </summary>
    public bool TryKey(int entry, out StateKey key)
    {
        Debug.Assert((uint)entry < (uint)EntryEnd, "a number of this table");
        ref BlobEntry found = ref _entries[entry];
        if (found.Length == 0)
        {
            key = default;
            return false;
        }

        key = new StateKey(found.Set, found.Digest, BlobHeader.CheckOf(BlobAt(entry)));
        return true;
    }

    /// <summary>Bytes that were appended since the last compaction.</summary>
    public int AppendedAt(int entry) => EntryAt(entry).Length - EntryAt(entry).Folded;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_entries is null)
        {
            return;
        }

        for (int sizeClass = 0; sizeClass < SizeClasses.Count; sizeClass++)
        {
            _classes[sizeClass].Free();
        }

        NativeMemory.Free(_classes);
        _index.Free();
        NativeMemory.Free(_entries);
        _entries = null;
        _capacity = 0;
        Count = 0;
        EntryEnd = 0;
    }

    /// <summary>Removes the blob of a number.</summary>
    internal void RemoveAt(int entry)
    {
        ref BlobEntry removed = ref EntryAt(entry);
        _index.Remove((uint)_hash.Of(removed.Set, removed.Digest), entry);
        GiveBack(removed.SizeClass, removed.Position);
        BlobBytes -= removed.Length;
        removed.Length = 0;
        removed.Position = _free;
        _free = (uint)entry + 1;
        Count--;
    }

    /// <summary>What is known of a blob. The reference is valid until the next change of the table.</summary>
    internal ref BlobEntry EntryAt(int entry)
    {
        Debug.Assert((uint)entry < (uint)EntryEnd && _entries[entry].Length > 0, "the number of a blob");
        return ref _entries[entry];
    }

    private int Lookup(uint set, ulong digest, uint hash)
    {
        uint probe = hash;
        int entry;
        while ((entry = _index.Next(hash, ref probe)) >= 0)
        {
            if (_entries[entry].Digest == digest && _entries[entry].Set == set)
            {
                return entry;
            }
        }

        return Absent;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* BlobOf(in BlobEntry entry) =>
        _classes[entry.SizeClass].At(entry.Position) + BlockPages.OwnerBytes;

    private Span<byte> Writable(int entry) => new(BlobOf(EntryAt(entry)), EntryAt(entry).Length);

    private int Insert(in StateKey key, int length)
    {
        int entry = TakeEntry();
        ref BlobEntry made = ref _entries[entry];
        made = new BlobEntry { Digest = key.Digest, Set = key.Set, Length = length };
        TakeBlock(entry, SizeClasses.Of(length + BlockPages.OwnerBytes));
        _index.Add((uint)_hash.Of(key.Set, key.Digest), entry);
        BlobBytes += length;
        Count++;
        return entry;
    }

    private int TakeEntry()
    {
        if (_free != 0)
        {
            int entry = (int)_free - 1;
            _free = _entries[entry].Position;
            return entry;
        }

        if (EntryEnd == _capacity)
        {
            // A quarter more: a table of a million blobs would waste up to 40 MB if it doubled.
            _capacity += Math.Max(FirstEntries, _capacity / 4);
            _entries = (BlobEntry*)NativeMemory.Realloc(_entries, (nuint)_capacity * (nuint)sizeof(BlobEntry));
        }

        return EntryEnd++;
    }

    // Gives a blob the block that a new length needs and returns the old length.
    private int Resize(int entry, int length, bool keep)
    {
        ref BlobEntry resized = ref EntryAt(entry);
        int old = resized.Length;
        int sizeClass = SizeClasses.Of(length + BlockPages.OwnerBytes);
        if (sizeClass != resized.SizeClass)
        {
            (int oldClass, uint oldPosition) = (resized.SizeClass, resized.Position);
            byte* from = BlobOf(resized);
            TakeBlock(entry, sizeClass);
            if (keep)
            {
                Unsafe.CopyBlockUnaligned(BlobOf(resized), from, (uint)Math.Min(old, length));
            }

            GiveBack(oldClass, oldPosition);
        }

        resized.Length = length;
        BlobBytes += length - old;
        return old;
    }

    private void TakeBlock(int entry, int sizeClass)
    {
        ref BlockPages pages = ref _classes[sizeClass];
        if (!pages.IsMade)
        {
            pages = new BlockPages(sizeClass);
        }

        uint position = pages.Take(out int allocated);
        _pageBytes += allocated;
        *(int*)pages.At(position) = entry;
        _entries[entry].SizeClass = sizeClass;
        _entries[entry].Position = position;
    }

    private void GiveBack(int sizeClass, uint position)
    {
        ref BlockPages pages = ref _classes[sizeClass];
        uint last = pages.Count - 1;
        if (position != last)
        {
            byte* moved = pages.At(last);
            ref BlobEntry owner = ref _entries[*(int*)moved];
            Unsafe.CopyBlockUnaligned(
                pages.At(position), moved, (uint)(owner.Length + BlockPages.OwnerBytes));
            owner.Position = position;
        }

        pages.DropLast(out int freed);
        _pageBytes -= freed;
    }
}
