using System.Buffers.Binary;
using System.Text;
using Serving.Data.Cells;

namespace Serving.Data.Tensors;

/// <summary>
/// Writes a serialized <c>tf.Example</c> (tensorflow/core/example/example.proto): a map of feature names to lists of
/// bytes, floats or integers. Kept and filled again. Not safe for use by several threads.
/// </summary>
public sealed class TensorExample
{
    private const byte LengthPrefixedOne = 0x0A;
    private const byte LengthPrefixedTwo = 0x12;

    private readonly Utf8Buffer _features = new();
    private readonly Utf8Buffer _values = new();
    private readonly Utf8Buffer _message = new();
    private TensorType _type;

    /// <summary>Begins a message without features.</summary>
    public void Begin() => _features.Clear();

    /// <summary>Begins the values of a feature.</summary>
    public void BeginFeature(TensorType type)
    {
        _type = type;
        _values.Clear();
    }

    /// <summary>Adds a value to a feature of floats.</summary>
    public void AddFloat(float value)
    {
        BinaryPrimitives.WriteSingleLittleEndian(_values.GetSpan(sizeof(float)), value);
        _values.Advance(sizeof(float));
    }

    /// <summary>Adds a value to a feature of integers.</summary>
    public void AddInteger(long value) => AddVarint(_values, (ulong)value);

    /// <summary>Adds a value to a feature of bytes.</summary>
    public void AddText(ReadOnlySpan<byte> value)
    {
        _values.Add(LengthPrefixedOne);
        AddVarint(_values, (ulong)value.Length);
        _values.Add(value);
    }

    /// <summary>Ends the feature under its name.</summary>
    public void EndFeature(string name)
    {
        int nameLength = Encoding.UTF8.GetByteCount(name);
        bool isPacked = _type != TensorType.Text && _values.Length > 0;
        int list = _values.Length + (isPacked ? 1 + VarintLength(_values.Length) : 0);
        int feature = 1 + VarintLength(list) + list;
        int entry = 1 + VarintLength(nameLength) + nameLength + 1 + VarintLength(feature) + feature;
        AddHead(_features, LengthPrefixedOne, entry);
        AddHead(_features, LengthPrefixedOne, nameLength);
        Encoding.UTF8.GetBytes(name, _features.GetSpan(nameLength));
        _features.Advance(nameLength);
        AddHead(_features, LengthPrefixedTwo, feature);
        AddHead(_features, KindTag(_type), list);
        if (isPacked)
        {
            AddHead(_features, LengthPrefixedOne, _values.Length);
        }

        _features.Add(_values.Written);
    }

    /// <summary>The message; valid until it is begun or ended again.</summary>
    public ReadOnlySpan<byte> End()
    {
        _message.Clear();
        AddHead(_message, LengthPrefixedOne, _features.Length);
        _message.Add(_features.Written);
        return _message.Written;
    }

    private static byte KindTag(TensorType type) => type switch
    {
        TensorType.Text => 0x0A,
        TensorType.Float32 => 0x12,
        _ => 0x1A,
    };

    private static void AddHead(Utf8Buffer output, byte tag, int length)
    {
        output.Add(tag);
        AddVarint(output, (ulong)length);
    }

    private static void AddVarint(Utf8Buffer output, ulong value)
    {
        while (value >= 0x80)
        {
            output.Add((byte)(value | 0x80));
            value >>= 7;
        }

        output.Add((byte)value);
    }

    private static int VarintLength(int value)
    {
        int length = 1;
        for (uint rest = (uint)value >> 7; rest > 0; rest >>= 7)
        {
            length++;
        }

        return length;
    }
}
