using System.Diagnostics;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Serving.State.Embedded;

/// <summary>
/// The blocks of one size class, dense: they are numbered from 0 without gaps, and whoever frees one moves the last
/// into its place. So a class holds at most one page that is partly used, whatever grew and shrank before: free lists
/// would keep the blocks that all blobs left behind on their way up. One owner at a time.
/// </summary>
/// <remarks>
/// Block p is at page p / blocksPerPage. A block begins with 4 bytes for its owner's number, then the blob.
/// <see cref="StateBatch.Padding"/> bytes behind the last block of a page may be loaded. All memory is native: a class
/// that a shard meets for the first time in an append makes no object. A mutable struct, never copied.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BlockPages
{
    /// <summary>Bytes in front of a blob: which entry the block belongs to.</summary>
    public const int OwnerBytes = sizeof(int);

    // Pages are small, because each table and class may hold one that is nearly empty; of one block where it is large.
    private const int PageBytes = 8192;
    private const int FirstPages = 4;

    private readonly int _blockBytes;
    private readonly int _pageShift;
    private byte** _pages;
    private int _pageCount;
    private int _pageRoom;

    public BlockPages(int sizeClass)
    {
        _blockBytes = SizeClasses.BytesOf(sizeClass);
        _pageShift = BitOperations.Log2((uint)Math.Max(1, PageBytes / _blockBytes));
    }

    /// <summary>Whether it was made; the default was not.</summary>
    public readonly bool IsMade => _blockBytes > 0;

    /// <summary>Number of blocks in use.</summary>
    public uint Count { get; private set; }

    /// <summary>Bytes of a page as allocated.</summary>
    public readonly int AllocatedPageBytes => (_blockBytes << _pageShift) + StateBatch.Padding;

    /// <summary>The block at a position. REQUIRES: position below <see cref="Count"/>.</summary>
    public readonly byte* At(uint position)
    {
        Debug.Assert(position < Count, "a block in use");
        uint within = position & ((1u << _pageShift) - 1);
        return _pages[position >> _pageShift] + ((long)within * _blockBytes);
    }

    /// <summary>Takes the next block; <paramref name="allocated"/> says how many bytes the class grew by.</summary>
    public uint Take(out int allocated)
    {
        allocated = 0;
        if (Count >> _pageShift == _pageCount)
        {
            if (_pageCount == _pageRoom)
            {
                allocated = Resize(Math.Max(FirstPages, _pageRoom * 2));
            }

            _pages[_pageCount++] = (byte*)NativeMemory.Alloc((nuint)AllocatedPageBytes);
            allocated += AllocatedPageBytes;
        }

        return Count++;
    }

    /// <summary>Gives the last block back; <paramref name="freed"/> says how many bytes the class shrank by.</summary>
    public void DropLast(out int freed)
    {
        Count--;
        freed = 0;
        if ((Count & ((1u << _pageShift) - 1)) == 0)
        {
            NativeMemory.Free(_pages[--_pageCount]);
            freed = AllocatedPageBytes;
            if (_pageRoom > FirstPages && _pageCount <= _pageRoom / 4)
            {
                freed -= Resize(_pageRoom / 2);
            }
        }
    }

    /// <summary>Frees all pages.</summary>
    public void Free()
    {
        while (_pageCount > 0)
        {
            NativeMemory.Free(_pages[--_pageCount]);
        }

        NativeMemory.Free(_pages);
        _pages = null;
        _pageRoom = 0;
        Count = 0;
    }

    // Gives the list of pages another room; returns by how many bytes it grew.
    private int Resize(int room)
    {
        int grown = (room - _pageRoom) * sizeof(byte*);
        _pages = (byte**)NativeMemory.Realloc(_pages, (nuint)room * (nuint)sizeof(byte*));
        _pageRoom = room;
        return grown;
    }
}
