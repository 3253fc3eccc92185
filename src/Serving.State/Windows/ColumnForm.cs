namespace Serving.State.Windows;

/// <summary>The forms in which records hold values.</summary>
internal enum ColumnForm : byte
{
    /// <summary>A zigzag varint: ints, decimals, times.</summary>
    Number = 0,

    /// <summary>A varint of the bits with their bytes turned round.</summary>
    Float = 1,

    /// <summary>A bit among the record's bits.</summary>
    Bit = 2,

    /// <summary>Length and bytes.</summary>
    Text = 3,

    /// <summary>Number of elements, then each in its form.</summary>
    List = 4,
}
