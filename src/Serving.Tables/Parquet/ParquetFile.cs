using System.Collections.Immutable;
using System.Globalization;
using DuckDB.NET.Data;
using Serving.Data;
using Serving.Tables.Files;

namespace Serving.Tables.Parquet;

/// <summary>
/// A Parquet file and the DuckDB that reads it. Stdin is copied to a temporary file: the format's head is at its end.
/// </summary>
internal sealed class ParquetFile : IDisposable
{
    private readonly bool _isTemporary;

    private ParquetFile(string path, bool isTemporary)
    {
        Path = path;
        _isTemporary = isTemporary;
        Connection = DuckDb.Open();
    }

    public string Path { get; }

    public DuckDBConnection Connection { get; }

    /// <summary>Opens a file, or a copy of stdin for <c>-</c>.</summary>
    /// <exception cref="InputException">There is no such file.</exception>
    public static ParquetFile Open(string path, Stream? standardInput)
    {
        if (path == TableFormats.StandardStream)
        {
            string copy = System.IO.Path.GetTempFileName();
            using FileStream file = File.Create(copy);
            InputFile.Given(standardInput).CopyTo(file);
            return new ParquetFile(copy, true);
        }

        if (!File.Exists(path))
        {
            throw new InputException(new InputProblem(path, "no such file", "a file of rows", "check the path"));
        }

        return new ParquetFile(System.IO.Path.GetFullPath(path), false);
    }

    public static InputException Refuse(string place, DuckDBException error) =>
        new(new InputProblem(place, DuckDb.FirstLine(error), "a whole Parquet file", "make the file again"));

    /// <summary>Names and types of the columns, as DuckDB spells them.</summary>
    public ImmutableArray<(string Name, string Type)> Columns()
    {
        using DuckDBCommand command = Connection.CreateCommand();
        using DuckDBDataReader reader = DuckDb.Query(command, $"describe select * from {DuckDb.Parquet(Path)}");
        var columns = ImmutableArray.CreateBuilder<(string, string)>();
        while (reader.Read())
        {
            columns.Add((reader.GetString(0), reader.GetString(1)));
        }

        return columns.ToImmutable();
    }

    public long CountRows()
    {
        using DuckDBCommand command = Connection.CreateCommand();
        using DuckDBDataReader reader = DuckDb.Query(command, $"select count(*) from {DuckDb.Parquet(Path)}");
        return reader.Read() ? Convert.ToInt64(reader.GetValue(0), CultureInfo.InvariantCulture) : 0;
    }

    public void Dispose()
    {
        Connection.Dispose();
        if (_isTemporary)
        {
            File.Delete(Path);
        }
    }
}
