namespace Serving.Tables.Files;

/// <summary>Finds the ends of records in a piece of text that begins with a record. One thread.</summary>
internal interface IRecordCutter
{
    /// <summary>Finds the last end of a record. In the last piece the rest counts as a record whatever it is.</summary>
    RecordCut Cut(ReadOnlySpan<byte> text, bool isLast);

    /// <summary>Bytes of the first record with its line end; 0 when it is not whole.</summary>
    int FirstRecordEnd(ReadOnlySpan<byte> text, bool isLast);
}
