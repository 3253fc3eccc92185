namespace Serving.Data;

/// <summary>
/// A piece of an arena packed into one slot: offset in the high 32 bits, length in the low 32 bits. Strings point into
/// <see cref="RowBatch.Text"/> (bytes), lists into <see cref="RowBatch.Items"/> (elements).
/// </summary>
public static class TextHandle
{
    /// <summary>Packs an offset (0 .. 2^31-1) and a length (0 .. 2^31-1).</summary>
    public static long Pack(int offset, int length) => ((long)offset << 32) | (uint)length;

    /// <summary>The offset of a packed handle.</summary>
    public static int Offset(long handle) => (int)(handle >> 32);

    /// <summary>The length of a packed handle.</summary>
    public static int Length(long handle) => (int)handle;
}
