using System.Globalization;
using DuckDB.NET.Data;

namespace Serving.Tables.Parquet;

/// <summary>One DuckDB of our own that loads nothing from outside, and its way of quoting.</summary>
internal static class DuckDb
{
    /// <summary>Opens a database; without a path it lives in memory.</summary>
    public static DuckDBConnection Open(string? path = null)
    {
        var connection = new DuckDBConnection($"DataSource={path ?? ":memory:"}");
        connection.Open();
        Execute(connection, "set autoinstall_known_extensions=false");
        Execute(connection, "set autoload_known_extensions=false");

        // Instants turn into text in some places; the machine's zone must not show.
        Execute(connection, "set TimeZone='UTC'");
        return connection;
    }

    public static void Execute(DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
#pragma warning disable CA2100 // All names and paths in our statements are quoted below; there is no other input.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    /// <summary>Runs a query whose rows are fetched as they are read.</summary>
    public static DuckDBDataReader Query(DuckDBCommand command, string sql)
    {
#pragma warning disable CA2100 // All names and paths in our statements are quoted below; there is no other input.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.UseStreamingMode = true;
        return command.ExecuteReader();
    }

    /// <summary>The name of a column or table in SQL.</summary>
    public static string Name(string name) => "\"" + name.Replace("\"", "\"\"") + "\"";

    /// <summary>A text in SQL.</summary>
    public static string Literal(string text) => "'" + text.Replace("'", "''") + "'";

    /// <summary>The table function that reads one file: no pattern, no columns out of folder names.</summary>
    public static string Parquet(string path)
    {
        string exact = path.Replace("[", "[[]").Replace("*", "[*]").Replace("?", "[?]");
        return string.Create(CultureInfo.InvariantCulture, $"read_parquet({Literal(exact)}, hive_partitioning=false)");
    }

    /// <summary>The first line of an error; the others show our own SQL.</summary>
    public static string FirstLine(DuckDBException error) => error.Message.Split('\n', 2)[0].Trim();
}
