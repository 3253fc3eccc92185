using Serving.Data;
using Serving.Tables.Columns;

namespace Serving.Tables.Parquet;

/// <summary>One field or kept column of a Parquet file: the SQL that selects it and how to take its values.</summary>
/// <param name="Target">Where the values go.</param>
/// <param name="Name">The column's name.</param>
/// <param name="Sql">Expression to select.</param>
/// <param name="Access">How to take a value.</param>
internal sealed record ParquetColumn(ColumnTarget Target, string Name, string Sql, ParquetAccess Access)
{
    private const string InstantType = "TIMESTAMP WITH TIME ZONE";

    /// <summary>
    /// Chooses the way for a pair of types. Pairs that are not equal go through the text that a CSV file would have, so
    /// that all formats give the same rows; decimals are never made binary.
    /// </summary>
    public static ParquetColumn Of(in ColumnTarget target, string name, string type)
    {
        string column = DuckDb.Name(name);
        string text = $"cast({column} as varchar)";
        ValueKind kind = target.Type.Kind;
        if (type.EndsWith("[]", StringComparison.Ordinal))
        {
            // Elements as texts: JSON numbers of DuckDB would be binary.
            string texts = $"list_transform({column}, x -> cast(x as varchar))";
            return new(target, name, $"cast(to_json({texts}) as varchar)", ParquetAccess.Text);
        }

        return type switch
        {
            _ when kind == ValueKind.Int && IsInteger(type) =>
                new(target, name, $"cast({column} as bigint)", ParquetAccess.Integer),
            "BOOLEAN" when kind == ValueKind.Bool => new(target, name, column, ParquetAccess.Bool),
            "DOUBLE" or "FLOAT" when kind == ValueKind.Float =>
                new(target, name, $"cast({column} as double)", ParquetAccess.Float),
            "DOUBLE" when target.IsKept => new(target, name, column, ParquetAccess.Float),
            "DOUBLE" or "FLOAT" => new(target, name, text, ParquetAccess.FloatText),
            InstantType => new(target, name, $"epoch_us({column})", ParquetAccess.Microseconds),
            _ when type.StartsWith("DECIMAL", StringComparison.Ordinal) =>
                new(target, name, text, ParquetAccess.DecimalText),
            _ => new(target, name, text, ParquetAccess.Text),
        };
    }

    private static bool IsInteger(string type) =>
        type is "TINYINT" or "SMALLINT" or "INTEGER" or "BIGINT" or "UTINYINT" or "USMALLINT" or "UINTEGER";
}
