namespace Serving.Models.Import.Onnx;

/// <summary>What a field of an ONNX message holds, as far as the walk over the bytes needs to know.</summary>
internal enum OnnxWire
{
    /// <summary>Nothing that the reader looks at, or a single number.</summary>
    Other = 0,

    /// <summary>Numbers of variable length, packed.</summary>
    Numbers,

    /// <summary>Numbers of 4 bytes, packed.</summary>
    Fixed4,

    /// <summary>Numbers of 8 bytes, packed.</summary>
    Fixed8,

    /// <summary>Bytes of any kind.</summary>
    Bytes,

    /// <summary>UTF-8, a name as a rule.</summary>
    Text,

    /// <summary>The messages from here on, named as the schema names them.</summary>
    Model,
    OperatorSet,
    Entry,
    Training,
    Function,
    Graph,
    Node,
    Attribute,
    ValueInfo,
    Tensor,
    Segment,
    SparseTensor,
    Shape,
    Dimension,
    Type,
    TensorType,
    SequenceType,
    MapType,
    OptionalType,
}
