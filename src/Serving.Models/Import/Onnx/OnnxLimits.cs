namespace Serving.Models.Import.Onnx;

/// <summary>
/// What an ONNX file may hold at most, so that reading it takes memory in proportion to its bytes. The largest public
/// graphs have some 20,000 nodes and as many named weights.
/// </summary>
internal static class OnnxLimits
{
    /// <summary>Nested messages, which is also how deep graphs within graphs go: the parser's own limit.</summary>
    public const int MessageDepthMax = 100;

    /// <summary>Messages in all; one takes up to 400 bytes in memory, and as few as two in the file.</summary>
    public const int MessagesMax = 1_000_000;

    /// <summary>Texts in all: a forest has one per tree node; one takes 56 bytes and its length in memory.</summary>
    public const int TextsMax = 8_000_000;

    /// <summary>
    /// Numbers of variable length in all; one takes 8 bytes in memory, and as few as one in the file.
    /// </summary>
    public const int NumbersMax = 64_000_000;

    /// <summary>Bytes of a name; docs and weights may be longer.</summary>
    public const int NameBytesMax = 4096;

    /// <summary>Nodes of all graphs and functions.</summary>
    public const int NodesMax = 200_000;

    /// <summary>Nodes after every call of a function is replaced by its body.</summary>
    public const int ExpandedNodesMax = 1_000_000;

    /// <summary>Graphs within graphs; those of public models go to 4.</summary>
    public const int GraphDepthMax = 24;

    /// <summary>Dimensions of a tensor.</summary>
    public const int RankMax = 64;

    /// <summary>Inputs, and outputs, of the model.</summary>
    public const int ValuesMax = 4096;

    /// <summary>The highest version of the file format that the runtime reads.</summary>
    public const int IrVersionMax = 13;

    /// <summary>Bytes of a weight outside the file and of all values computed at load, in one.</summary>
    public const long TensorBytesMax = 1L << 40;
}
