namespace Serving.Data;

/// <summary>The kinds of value that a field, a let or a feature may have (feature language, section 3.3).</summary>
public enum ValueKind : byte
{
    /// <summary>No kind: the element kind of what is no list.</summary>
    None = 0,

    /// <summary>True or false; slot 0 or 1.</summary>
    Bool = 1,

    /// <summary>A 64-bit signed integer; the slot itself.</summary>
    Int = 2,

    /// <summary>A finite binary64 number, never NaN, never an infinity, never -0.0; the slot holds its bits.</summary>
    Float = 3,

    /// <summary>A scaled 64-bit integer; the slot holds minor units (value x 10^scale).</summary>
    Decimal = 4,

    /// <summary>UTF-8 text of at most 4 KiB; the slot holds a <see cref="TextHandle"/>.</summary>
    String = 5,

    /// <summary>Milliseconds since 1970-01-01T00:00:00Z; the slot itself.</summary>
    Time = 6,

    /// <summary>
    /// At most <see cref="FieldType.ListMaximum"/> elements; the slot holds a <see cref="TextHandle"/> into the items.
    /// </summary>
    List = 7,

    /// <summary>
    /// The 64-bit digest of a cross before its hash encoder; only in raw feature values, written as 16 hex digits.
    /// </summary>
    Digest = 8,
}
