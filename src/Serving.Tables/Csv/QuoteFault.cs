namespace Serving.Tables.Csv;

/// <summary>What is wrong with the quotes of a cell.</summary>
internal enum QuoteFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The file ends inside the quotes.</summary>
    NeverClosed,

    /// <summary>Text follows the closing quote.</summary>
    TextBehind,
}
