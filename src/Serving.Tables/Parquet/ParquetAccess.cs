namespace Serving.Tables.Parquet;

/// <summary>How the values of a column are taken from DuckDB.</summary>
internal enum ParquetAccess
{
    /// <summary>A 64-bit integer that is the slot.</summary>
    Integer,

    /// <summary>A binary64 number.</summary>
    Float,

    /// <summary>A bool.</summary>
    Bool,

    /// <summary>An instant as microseconds since 1970 UTC.</summary>
    Microseconds,

    /// <summary>A text that is read as a cell.</summary>
    Text,

    /// <summary>A floating point number's text, whose whole numbers end in a point and a zero.</summary>
    FloatText,

    /// <summary>A decimal's text, with as many fractional digits as its column declares.</summary>
    DecimalText,
}
