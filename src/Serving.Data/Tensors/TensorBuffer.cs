using System.Runtime.InteropServices;

namespace Serving.Data.Tensors;

/// <summary>
/// A tensor in memory that native runtimes can use in place: pinned, 64-byte aligned, row-major, little-endian; kept
/// and grown from call to call, so that filling it again allocates nothing. Not safe for use by several threads.
/// </summary>
/// <remarks>
/// Elements of <see cref="TensorType.Text"/> are added in order by <see cref="AddText"/>; all others are written into
/// <see cref="Bytes"/>. <see cref="Reset"/> leaves what the memory held before: every element is to be written.
/// </remarks>
public sealed class TensorBuffer
{
    private const int Alignment = 64;

    private long[] _shape = new long[8];
    private byte[] _memory = [];
    private int _start;
    private int _bytes;
    private byte[] _text = [];
    private int[] _ends = [];

    /// <summary>Type of the elements; <see cref="TensorType.None"/> before the first <see cref="Reset"/>.</summary>
    public TensorType Type { get; private set; }

    /// <summary>Number of dimensions.</summary>
    public int Rank { get; private set; }

    /// <summary>Product of the dimensions; 1 of a scalar.</summary>
    public int Count { get; private set; }

    /// <summary>Texts added since <see cref="Reset"/>; 0 of other types.</summary>
    public int TextCount { get; private set; }

    /// <summary>Its dimensions.</summary>
    public ReadOnlySpan<long> Shape => _shape.AsSpan(0, Rank);

    /// <summary>Its elements; empty of <see cref="TensorType.Text"/>.</summary>
    public Span<byte> Bytes => _memory.AsSpan(_start, _bytes);

    /// <summary>
    /// Where <see cref="Bytes"/> begins: stays the same until <see cref="Reset"/> asks for more than there ever was.
    /// Never null, also of no elements.
    /// </summary>
    public IntPtr Address
    {
        get
        {
            EnsureBytes(1);
            return Marshal.UnsafeAddrOfPinnedArrayElement(_memory, _start);
        }
    }

    /// <summary>Its elements as values of their own type. REQUIRES: the type's size is that of T.</summary>
    public Span<T> Values<T>()
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    /// <summary>Begins a tensor.</summary>
    /// <param name="type">Type of the elements.</param>
    /// <param name="shape">Dimensions, none negative.</param>
    /// <exception cref="ArgumentException">A dimension is negative, or the elements would take 2 GiB or
    /// more.</exception>
    public void Reset(TensorType type, ReadOnlySpan<long> shape)
    {
        long bytes = ElementCount(shape) * Math.Max(1, TensorTypes.SizeOf(type));
        if (bytes > Array.MaxLength - Alignment)
        {
            throw new ArgumentException("a tensor of 2 GiB or more", nameof(shape));
        }

        if (_shape.Length < shape.Length)
        {
            _shape = new long[shape.Length];
        }

        shape.CopyTo(_shape);
        Rank = shape.Length;
        Type = type;
        Count = (int)ElementCount(shape);
        TextCount = 0;
        _bytes = type == TensorType.Text ? 0 : (int)bytes;
        EnsureBytes(_bytes);
        if (type == TensorType.Text && _ends.Length < Count)
        {
            _ends = new int[Math.Max(Count, 2 * _ends.Length)];
        }
    }

    /// <summary>Adds the next element. REQUIRES: the type is text and an element is left.</summary>
    public void AddText(ReadOnlySpan<byte> text)
    {
        int begin = TextCount == 0 ? 0 : _ends[TextCount - 1];
        int end = checked(begin + text.Length);
        if (_text.Length < end)
        {
            Array.Resize(ref _text, Math.Max(end, (int)Math.Min(Array.MaxLength, 2L * _text.Length)));
        }

        text.CopyTo(_text.AsSpan(begin));
        _ends[TextCount++] = end;
    }

    /// <summary>An element of a text tensor.</summary>
    public ReadOnlySpan<byte> TextAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)TextCount);
        int begin = index == 0 ? 0 : _ends[index - 1];
        return _text.AsSpan(begin, _ends[index] - begin);
    }

    /// <summary>Takes over type, shape and elements of another tensor.</summary>
    public void CopyFrom(TensorBuffer other)
    {
        Reset(other.Type, other.Shape);
        other.Bytes.CopyTo(Bytes);
        for (int i = 0; i < other.TextCount; i++)
        {
            AddText(other.TextAt(i));
        }
    }

    /// <summary>Product of dimensions; <see cref="long.MaxValue"/> / 16 where it is that or more.</summary>
    /// <exception cref="ArgumentException">A dimension is negative.</exception>
    public static long ElementCount(ReadOnlySpan<long> shape)
    {
        const long Limit = long.MaxValue / 16;
        bool isEmpty = false;
        long count = 1;
        foreach (long size in shape)
        {
            if (size < 0)
            {
                throw new ArgumentException($"a dimension of {size}", nameof(shape));
            }

            isEmpty |= size == 0;
            count = size > 0 && count > Limit / size ? Limit : count * Math.Max(1, size);
        }

        return isEmpty ? 0 : count;
    }

    private void EnsureBytes(int bytes)
    {
        if (_memory.Length - _start >= bytes && _memory.Length > 0)
        {
            return;
        }

        int size = (int)Math.Min(Array.MaxLength, Math.Max(bytes, 2L * _memory.Length) + Alignment);
        _memory = GC.AllocateUninitializedArray<byte>(size, pinned: true);
        long misaligned = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) % Alignment;
        _start = misaligned == 0 ? 0 : (int)(Alignment - misaligned);
    }
}
