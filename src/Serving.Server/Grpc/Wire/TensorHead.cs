using System.Text.Unicode;

namespace Serving.Server.Grpc.Wire;

/// <summary>All of a <c>TensorRequest</c> but its inputs and the outputs that it names.</summary>
internal ref struct TensorHead
{
    /// <summary>Tag of <c>TensorRequest.inputs</c>.</summary>
    public const uint TagInputs = (4 << 3) | 2;

    /// <summary>Tag of <c>TensorRequest.outputs</c>.</summary>
    public const uint TagOutputs = (5 << 3) | 2;

    private const uint TagModel = (1 << 3) | 2;
    private const uint TagVersion = (2 << 3) | 0;
    private const uint TagSignature = (3 << 3) | 2;

    /// <summary>UTF-8 name of the model.</summary>
    public ReadOnlySpan<byte> Model { get; private set; }

    /// <summary>Version, 0 without one.</summary>
    public long Version { get; private set; }

    /// <summary>UTF-8 name of the signature, empty for the default one.</summary>
    public ReadOnlySpan<byte> Signature { get; private set; }

    /// <summary>Whether the bytes are no message.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads it.</summary>
    public static TensorHead Read(ReadOnlySpan<byte> bytes)
    {
        TensorHead head = default;
        var reader = new ProtoReader(bytes);
        while (reader.NextField(out uint tag))
        {
            switch (tag)
            {
                case TagModel:
                    head.Model = reader.ReadBytes();
                    break;
                case TagVersion:
                    head.Version = (long)reader.ReadVarint();
                    break;
                case TagSignature:
                    head.Signature = reader.ReadBytes();
                    break;
                case TagInputs or TagOutputs:
                    reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        head.IsMalformed = reader.IsMalformed || !Utf8.IsValid(head.Model) || !Utf8.IsValid(head.Signature);
        return head;
    }
}
