namespace Serving.Tables;

/// <summary>The forms of tabular files.</summary>
public enum TableFormat
{
    /// <summary>No format.</summary>
    None = 0,

    /// <summary>Comma-separated values.</summary>
    Csv = 1,

    /// <summary>Tab-separated values.</summary>
    Tsv,

    /// <summary>One JSON object per line.</summary>
    JsonLines,

    /// <summary>Apache Parquet, through DuckDB.</summary>
    Parquet,
}
