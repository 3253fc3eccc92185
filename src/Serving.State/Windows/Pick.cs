using System.Runtime.InteropServices;

namespace Serving.State.Windows;

/// <summary>The event that <c>first</c> or <c>last</c> chose: its time, id and argument.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Pick
{
    /// <summary>Whether there is one.</summary>
    public bool IsPresent;

    /// <summary>Its time.</summary>
    public long Time;

    /// <summary>Its id as a number; the hash of a text.</summary>
    public ulong Id;

    /// <summary>Place of the id's text in the blob; 0 where texts are not held.</summary>
    public long IdText;

    /// <summary>Its argument, a slot as in <see cref="RecordSet.Slots"/>.</summary>
    public long Slot;
}
