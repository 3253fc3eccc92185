using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Pipeline;

namespace Serving.Engine.Ingest;

/// <summary>
/// Logs of one declaration of an event: versions of a set may declare it with other fields. Immutable and safe for use
/// by several threads.
/// </summary>
/// <param name="Declaration">The event as these logs' scripts declare it.</param>
/// <param name="Places">For each of its fields the place in the rows that are ingested; -1: missing.</param>
/// <param name="Logs">The logs, each schema once.</param>
internal sealed record IngestLogs(
    EventDeclaration Declaration, ImmutableArray<int> Places, ImmutableArray<WindowLog> Logs)
{
    /// <summary>Whether a row gives these logs every field that they need.</summary>
    public bool Takes(RowBatch rows, int row)
    {
        for (int field = 0; field < Places.Length; field++)
        {
            bool isPresent = Places[field] >= 0 && rows.IsPresent(row, Places[field]);
            if (!isPresent && !Declaration.Schema.Fields[field].Type.Optional)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Where the fields of <paramref name="from"/> stand in <paramref name="to"/>, by name and type.</summary>
    public static ImmutableArray<int> MapOf(RowSchema from, RowSchema to) =>
    [
        .. from.Fields.Select(field =>
        {
            int place = to.IndexOf(field.Name);
            return place >= 0 && to.Fields[place].Type.AsRequired() == field.Type.AsRequired() ? place : -1;
        }),
    ];
}
