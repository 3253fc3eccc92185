namespace Serving.Tables.Columns;

/// <summary>The origin of one field's values.</summary>
/// <param name="Origin">What kind of origin.</param>
/// <param name="Name">The column's name, or the constant's text.</param>
internal readonly record struct FieldBinding(ColumnOrigin Origin, string Name)
{
    private const char Marker = '@';
    private const string RowNumberName = "@row";

    /// <summary>The binding of a field by the renames.</summary>
    public static FieldBinding Of(string field, IReadOnlyDictionary<string, string> renames)
    {
        if (!renames.TryGetValue(field, out string? name))
        {
            return new(ColumnOrigin.Column, field);
        }

        if (name == RowNumberName)
        {
            return new(ColumnOrigin.RowNumber, name);
        }

        return name.StartsWith(Marker) ? new(ColumnOrigin.Constant, name[1..]) : new(ColumnOrigin.Column, name);
    }
}
