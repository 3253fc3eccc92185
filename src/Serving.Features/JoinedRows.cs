using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;

namespace Serving.Features;

/// <summary>
/// Request rows that hold their window values, and a label over events, behind the request's own fields: what fitting
/// reads, and what a file between two steps holds. Immutable and safe for use by several threads.
/// </summary>
public sealed class JoinedRows
{
    private readonly int _requestFields;
    private readonly int _windowFields;

    /// <summary>Makes the join of a script's rows.</summary>
    public JoinedRows(FeatureScript script)
    {
        _requestFields = script.Request.Fields.Length;
        _windowFields = script.Windows.Values.Fields.Length;
        ImmutableArray<Field> fields = [.. script.Request.Fields, .. script.Windows.Values.Fields];
        if (script.AnyLabel is not null)
        {
            LabelField = fields.Length;
            fields = fields.Add(new Field(script.Bound.LabelName!, new FieldType(ValueKind.Bool, Optional: true)));
        }

        Schema = new RowSchema(script.Request.Name, fields);
    }

    /// <summary>
    /// The request's fields, then the window values by slot, then a <c>bool?</c> of the label's name where it is one
    /// over events.
    /// </summary>
    public RowSchema Schema { get; }

    /// <summary>
    /// Place of the label, for <see cref="Fitting.FittingOptions.LabelField"/>; null where the script has none over
    /// events.
    /// </summary>
    public int? LabelField { get; }

    /// <summary>
    /// Appends a row to a batch of <see cref="Schema"/>. A row whose state is missing gets missing window values.
    /// Allocates nothing after warm-up.
    /// </summary>
    /// <param name="joined">Receives the row.</param>
    /// <param name="rows">Rows that begin with the request's fields.</param>
    /// <param name="windows">Their window values, row by row; null where the script reads none.</param>
    /// <param name="row">The row.</param>
    /// <param name="label">The label over events; null where it is not known or the script has none.</param>
    public void Append(RowBatch joined, RowBatch rows, WindowValues? windows, int row, bool? label)
    {
        int to = joined.AddRow();
        Copy(rows, row, _requestFields, joined, to, 0);
        if (windows is not null && !windows.IsStateMissing(row))
        {
            Copy(windows.Rows, row, _windowFields, joined, to, _requestFields);
        }

        if (LabelField is { } place && label is { } known)
        {
            joined.Set(to, place, known ? 1 : 0);
        }
    }

    private static void Copy(RowBatch from, int row, int fields, RowBatch joined, int to, int offset)
    {
        for (int field = 0; field < fields; field++)
        {
            if (!from.IsPresent(row, field))
            {
                continue;
            }

            FieldType type = joined.Schema.Fields[offset + field].Type;
            switch (type.Kind)
            {
                case ValueKind.String:
                    joined.SetText(to, offset + field, from.GetText(row, field));
                    break;
                case ValueKind.List:
                    CopyList(from, row, field, type, joined, to, offset);
                    break;
                default:
                    joined.Set(to, offset + field, from.Get(row, field));
                    break;
            }
        }
    }

    private static void CopyList(
        RowBatch from, int row, int field, FieldType type, RowBatch joined, int to, int offset)
    {
        joined.BeginList();
        foreach (long item in from.GetList(row, field))
        {
            joined.AddItem(type.ElementKind == ValueKind.String ? joined.AddText(from.TextOf(item)) : item);
        }

        joined.EndList(to, offset + field);
    }
}
