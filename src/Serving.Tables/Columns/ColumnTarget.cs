using Serving.Data;

namespace Serving.Tables.Columns;

/// <summary>One place that takes the cells of a column: a field of the rows, or one of the kept columns.</summary>
/// <param name="Column">Place of the column in the file.</param>
/// <param name="Field">Place of the field in its batch.</param>
/// <param name="IsKept">Whether the batch is that of the kept columns.</param>
/// <param name="Type">Type of the field.</param>
internal readonly record struct ColumnTarget(int Column, int Field, bool IsKept, FieldType Type);
