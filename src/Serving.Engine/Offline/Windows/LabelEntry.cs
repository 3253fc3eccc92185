using System.Runtime.InteropServices;
using Serving.State;

namespace Serving.Engine.Offline.Windows;

/// <summary>An event of a label: under which key, since when known, and its row in file order.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LabelEntry(StateKey Key, long Known, int Row, ulong IdHash, bool Holds)
{
    /// <summary>Bytes of an entry.</summary>
    public const int Size = 64;

    /// <summary>Where the key stands beside another.</summary>
    public int CompareKey(in StateKey key)
    {
        int order = Key.Digest.CompareTo(key.Digest);
        return order != 0 ? order : Key.Check.CompareTo(key.Check);
    }

    /// <summary>By key, then in the order of acceptance (R44).</summary>
    public readonly struct Order : IComparer<LabelEntry>
    {
        public int Compare(LabelEntry x, LabelEntry y)
        {
            int order = x.CompareKey(y.Key);
            order = order != 0 ? order : x.Known.CompareTo(y.Known);
            return order != 0 ? order : x.Row.CompareTo(y.Row);
        }
    }
}
