namespace Serving.Data.Tensors;

/// <summary>What a named value of a tensor model is.</summary>
public enum TensorKind
{
    /// <summary>A tensor.</summary>
    Tensor = 0,

    /// <summary>An ONNX map: keys and values, each a tensor [entries].</summary>
    Map,

    /// <summary>An ONNX sequence of tensors.</summary>
    Sequence,

    /// <summary>An ONNX sequence of maps, one per row as a rule.</summary>
    MapSequence,
}
