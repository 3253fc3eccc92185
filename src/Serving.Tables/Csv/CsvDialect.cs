namespace Serving.Tables.Csv;

/// <summary>The bytes that structure a file of separated values.</summary>
internal static class CsvDialect
{
    public const byte Quote = (byte)'"';
    public const byte Comma = (byte)',';
    public const byte Tab = (byte)'\t';
}
