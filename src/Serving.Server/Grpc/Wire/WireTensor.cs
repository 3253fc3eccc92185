using System.Text;
using System.Text.Unicode;
using Serving.Data.Tensors;

namespace Serving.Server.Grpc.Wire;

/// <summary>A message <c>Tensor</c> where it stands in a request: nothing is copied.</summary>
internal ref struct WireTensor
{
    /// <summary>Dimensions at most.</summary>
    public const int RankMax = 64;

    private const uint TagName = (1 << 3) | 2;
    private const uint TagType = (2 << 3) | 2;
    private const uint TagShape = (3 << 3) | 0;
    private const uint TagPackedShape = (3 << 3) | 2;
    private const uint TagData = (4 << 3) | 2;
    private const uint TagStrings = (5 << 3) | 2;

    private readonly ReadOnlySpan<byte> _message;
    private readonly Span<long> _shape;

    private WireTensor(ReadOnlySpan<byte> message, Span<long> shape)
    {
        _message = message;
        _shape = shape;
    }

    /// <summary>UTF-8 name.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>UTF-8 name of its type.</summary>
    public ReadOnlySpan<byte> TypeName { get; private set; }

    /// <summary>Its elements; empty of texts.</summary>
    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>Number of dimensions; over <see cref="RankMax"/> where there are more than can be.</summary>
    public int Rank { get; private set; }

    /// <summary>Texts that stand in it.</summary>
    public int StringCount { get; private set; }

    /// <summary>Whether the bytes are no message.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Its dimensions. REQUIRES: the rank is at most <see cref="RankMax"/>.</summary>
    public readonly ReadOnlySpan<long> Shape => _shape[..Rank];

    /// <summary>Its type; None where the name is of none.</summary>
    public readonly TensorType Type
    {
        get
        {
            Span<char> name = stackalloc char[8];
            return TypeName.Length <= name.Length && Encoding.UTF8.TryGetChars(TypeName, name, out int length)
                && TensorTypes.TryParse(name[..length], out TensorType type)
                    ? type
                    : TensorType.None;
        }
    }

    /// <summary>Reads a message.</summary>
    /// <param name="message">Its bytes.</param>
    /// <param name="shape">Room for <see cref="RankMax"/> dimensions.</param>
    public static WireTensor Read(ReadOnlySpan<byte> message, Span<long> shape)
    {
        var tensor = new WireTensor(message, shape);
        tensor.Read();
        return tensor;
    }

    /// <summary>Adds the texts to a tensor. REQUIRES: there is room for <see cref="StringCount"/>.</summary>
    public readonly void CopyStrings(TensorBuffer tensor)
    {
        var reader = new ProtoReader(_message);
        while (reader.NextField(out uint tag))
        {
            if (tag == TagStrings)
            {
                tensor.AddText(reader.ReadBytes());
            }
            else
            {
                reader.Skip(tag);
            }
        }
    }

    private void Read()
    {
        var reader = new ProtoReader(_message);
        while (reader.NextField(out uint tag))
        {
            switch (tag)
            {
                case TagName:
                    Name = reader.ReadBytes();
                    break;
                case TagType:
                    TypeName = reader.ReadBytes();
                    break;
                case TagShape:
                    Add((long)reader.ReadVarint());
                    break;
                case TagPackedShape:
                    ReadPacked(reader.ReadBytes());
                    break;
                case TagData:
                    Data = reader.ReadBytes();
                    break;
                case TagStrings:
                    reader.ReadBytes();
                    StringCount++;
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        IsMalformed |= reader.IsMalformed || !Utf8.IsValid(Name) || !Utf8.IsValid(TypeName);
    }

    private void ReadPacked(ReadOnlySpan<byte> bytes)
    {
        var reader = new ProtoReader(bytes);
        while (!reader.IsMalformed && reader.Position < bytes.Length)
        {
            Add((long)reader.ReadVarint());
        }

        IsMalformed |= reader.IsMalformed;
    }

    private void Add(long size)
    {
        if (Rank < RankMax)
        {
            _shape[Rank] = size;
        }

        Rank = Math.Min(Rank + 1, RankMax + 1);
    }
}
