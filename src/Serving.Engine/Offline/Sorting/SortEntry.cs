using System.Runtime.InteropServices;

namespace Serving.Engine.Offline.Sorting;

/// <summary>Where a row lies in an arena, and by what it is ordered: key, then position.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct SortEntry(long Key, long Position, int Block, int Offset, int Length)
{
    /// <summary>Bytes of an entry.</summary>
    public const int Size = 32;

    /// <summary>The order of rows.</summary>
    public readonly struct Order : IComparer<SortEntry>
    {
        public int Compare(SortEntry x, SortEntry y)
        {
            int byKey = x.Key.CompareTo(y.Key);
            return byKey != 0 ? byKey : x.Position.CompareTo(y.Position);
        }
    }
}
