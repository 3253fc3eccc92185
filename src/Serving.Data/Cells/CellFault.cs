namespace Serving.Data.Cells;

/// <summary>
/// Why a text is not a value of a type; a value, not an exception, so that readers cost the same on bad input.
/// </summary>
public enum CellFault : byte
{
    /// <summary>The text is a value.</summary>
    None = 0,

    /// <summary>The text does not have the syntax of the type.</summary>
    Malformed,

    /// <summary>The number, or the year of a time, is beyond what the type holds.</summary>
    OutOfRange,

    /// <summary>A decimal has more fractional digits than its scale.</summary>
    TooManyDigits,

    /// <summary>A float is NaN or infinite, or too great for binary64.</summary>
    NotFinite,

    /// <summary>A string is not valid UTF-8.</summary>
    NotUtf8,

    /// <summary>A string has more than <see cref="RowBatch.TextBytesMax"/> bytes.</summary>
    TextTooLong,

    /// <summary>A time is a date without a time of day.</summary>
    DateAlone,

    /// <summary>A time of the form with T has neither Z nor an offset.</summary>
    NoOffset,

    /// <summary>A list has more elements than its maximum.</summary>
    ListTooLong,

    /// <summary>A list has an element that is missing.</summary>
    ElementMissing,
}
