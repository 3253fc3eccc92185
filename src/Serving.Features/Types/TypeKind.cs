namespace Serving.Features.Types;

/// <summary>
/// The kinds of value inside a script: those of fields, and three that only expressions have. A slot of the first nine
/// holds what <see cref="Data.ValueKind"/> says.
/// </summary>
internal enum TypeKind : byte
{
    /// <summary>The expression has an error that was reported; nothing more is said about it.</summary>
    Error = 0,
    Bool = 1,
    Int = 2,
    Float = 3,
    Decimal = 4,
    String = 5,
    Time = 6,
    List = 7,

    /// <summary>The 64-bit digest of a cross.</summary>
    Digest = 8,

    /// <summary>An encoded value (R23, R24): 0 missing, 1 unseen, real ids from 2; never missing itself.</summary>
    Id = 9,

    /// <summary>A duration literal; only an argument.</summary>
    Duration = 10,
}
