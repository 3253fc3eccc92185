using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>The values of a key's fields as a text that is the same for equal values only.</summary>
internal static class OracleKey
{
    /// <summary>The key of a row; null where a part is missing (R35).</summary>
    public static string? Of(RowBatch rows, int row, ImmutableArray<int> fields)
    {
        var text = new StringBuilder();
        foreach (int field in fields)
        {
            if (!rows.IsPresent(row, field))
            {
                return null;
            }

            ScriptType type = ScriptType.Of(rows.Schema.Fields[field].Type);
            text.Append(Of(ValueSlot.Read(type, rows.Get(row, field), rows))).Append('/');
        }

        return text.ToString();
    }

    /// <summary>The fields of a key as a text.</summary>
    public static string OfFields(ImmutableArray<int> fields) => string.Join(',', fields);

    private static string Of(Value value) => value.Kind switch
    {
        TypeKind.String => Convert.ToHexString(value.Text),
        TypeKind.Float => value.Real.ToString("R", CultureInfo.InvariantCulture),
        TypeKind.List => $"[{string.Join(',', value.Items.Select(Of))}]",
        _ => value.Whole.ToString(CultureInfo.InvariantCulture),
    };
}
