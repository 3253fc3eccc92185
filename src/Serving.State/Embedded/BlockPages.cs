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
/// <see cref="StateBatch.Padding"/> bytes behind the last block of a page may be loaded.
/// </remarks>
internal sealed unsafe class BlockPages
{
    /// <summary>Bytes in front of a blob: which entry the block belongs to.</summary>
    public const int OwnerBytes = sizeof(int);

    // Pages are small, because each table and class may hold one that is nearly empty; of one block where it is large.
    private const int PageBytes = 8192;

    private readonly int _blockBytes;
    private readonly int _pageShift;
    private byte*[] _pages = new byte*[4];
    private int _pageCount;

    public BlockPages(int sizeClass)
    {
        _blockBytes = SizeClasses.BytesOf(sizeClass);
        _pageShift = BitOperations.Log2((uint)Math.Max(1, PageBytes / _blockBytes));
    }

    /// <summary>Number of blocks in use.</summary>
    public uint Count { get; private set; }

    /// <summary>Bytes of a page as allocated.</summary>
    public int AllocatedPageBytes => (_blockBytes << _pageShift) + StateBatch.Padding;

    /// <summary>The block at a position. REQUIRES: position below <see cref="Count"/>.</summary>
    public byte* At(uint position)
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
            if (_pageCount == _pages.Length)
            {
                byte*[] pages = new byte*[_pageCount * 2];
                Array.Copy(_pages, pages, _pageCount);
                _pages = pages;
            }

            _pages[_pageCount++] = (byte*)NativeMemory.Alloc((nuint)AllocatedPageBytes);
            allocated = AllocatedPageBytes;
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
        }
    }

    /// <summary>Frees all pages.</summary>
    public void Free()
    {
        while (_pageCount > 0)
        {
            NativeMemory.Free(_pages[--_pageCount]);
        }

        Count = 0;
    }
}
