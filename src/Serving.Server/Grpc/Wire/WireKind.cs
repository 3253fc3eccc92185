namespace Serving.Server.Grpc.Wire;

/// <summary>The kinds of a <c>serving.v1.Value</c>; the numbers are those of its fields.</summary>
internal enum WireKind : byte
{
    /// <summary>No kind: the value is missing.</summary>
    Missing = 0,

    /// <summary><c>bool_value</c>.</summary>
    Bool = 1,

    /// <summary><c>int_value</c>.</summary>
    Int = 2,

    /// <summary><c>float_value</c>.</summary>
    Float = 3,

    /// <summary><c>string_value</c>.</summary>
    String = 4,

    /// <summary><c>list_value</c>.</summary>
    List = 5,
}
