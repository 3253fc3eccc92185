using System.Text;
using Serving.Data;
using Serving.Data.Cells;

namespace Serving.Tables.Columns;

/// <summary>Words for cells that are wrong.</summary>
internal static class CellProblems
{
    private const int ShownMax = 60;

    /// <summary>A value that does not fit its field.</summary>
    public static InputProblem Bad(
        string place, string column, ReadOnlySpan<byte> found, CellFault fault, in FieldType type) =>
        new(At(place, column), Quote(found), CellFaultText.Expected(fault, type), CellFaultText.Advice(fault, type));

    /// <summary>A missing value of a field that is not optional.</summary>
    public static InputProblem Missing(string place, string column, string found, in FieldType type) =>
        new(At(place, column), found, type.ToString(), $"fill it in, or declare {type.AsOptional()}");

    /// <summary>A piece of input for a message: on one line, without control characters, shortened.</summary>
    public static string Quote(ReadOnlySpan<byte> text)
    {
        bool isCut = text.Length > ShownMax;
        string shown = Encoding.UTF8.GetString(isCut ? text[..ShownMax] : text);
        var quoted = new StringBuilder("'", shown.Length + 8);
        foreach (char letter in shown)
        {
            quoted.Append(letter switch
            {
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                _ when char.IsControl(letter) => "\\u" + ((int)letter).ToString("X4"),
                _ => letter.ToString(),
            });
        }

        return quoted.Append(isCut ? "...'" : "'").ToString();
    }

    private static string At(string place, string column) => $"{place}, column '{column}'";
}
