namespace Serving.Tables.Columns;

/// <summary>Where the values of a field come from.</summary>
internal enum ColumnOrigin
{
    /// <summary>A column of the file.</summary>
    Column,

    /// <summary>The number of the row, from 1 (<c>--rename field=@row</c>).</summary>
    RowNumber,

    /// <summary>One text for all rows (<c>--rename field=@VALUE</c>).</summary>
    Constant,
}
