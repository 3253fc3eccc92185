using System.Collections.Immutable;
using Serving.Data;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Offline;

/// <summary>Schemas and copies that offline runs share.</summary>
internal static class OfflineRows
{
    /// <summary>
    /// A request's fields where those that only the label reads may be absent: what is scored or evaluated has no label
    /// yet.
    /// </summary>
    public static RowSchema WithoutLabel(RowSchema request, ImmutableArray<int> labelFields) => labelFields.IsEmpty
        ? request
        : new RowSchema(request.Name, [.. request.Fields.Select((field, place) =>
            labelFields.Contains(place) ? field with { Type = field.Type.AsOptional() } : field)]);

    /// <summary>
    /// Runs over the requests of files, again where a file has to be sorted, and says what entered no window.
    /// </summary>
    public static OfflineResult Run(
        WindowedRequests requests,
        Func<RowSchema?, IRowSink> createSink,
        Func<IRowSource, IRowSink, OfflineResult> run)
    {
        OfflineResult result = requests.Run(open =>
        {
            using IRowSource source = open();
            using IRowSink sink = createSink(source.KeptSchema);
            return run(source, sink);
        });
        return result with
        {
            SaturationCount = result.SaturationCount + requests.SaturationCount,
            Admissions = requests.Admissions,
        };
    }

    /// <summary>A slot of one batch as one of another.</summary>
    public static long Copy(RowBatch target, RowBatch source, FieldType type, long slot) =>
        RowCopy.CopyOf(target, source, type, slot);

    /// <summary>Copies all fields of a row behind others.</summary>
    public static void CopyFields(RowBatch source, int row, RowBatch target, int targetRow, int firstField)
    {
        for (int field = 0; field < source.FieldCount; field++)
        {
            if (source.IsPresent(row, field))
            {
                FieldType type = source.Schema.Fields[field].Type;
                target.Set(targetRow, firstField + field, RowCopy.CopyOf(target, source, type, source.Get(row, field)));
            }
        }
    }
}
