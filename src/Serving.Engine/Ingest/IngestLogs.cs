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
    /// <summary>Fields that only the declaration's label reads: never given, and no record needs them (R57).</summary>
    public ImmutableArray<int> LabelFields { get; init; } = [];

    /// <summary>Whether a row gives these logs every field that they need.</summary>
    public bool Takes(RowBatch rows, int row)
    {
        for (int field = 0; field < Places.Length; field++)
        {
            bool isPresent = Places[field] >= 0 && rows.IsPresent(row, Places[field]);
            if (!isPresent && !Declaration.Schema.Fields[field].Type.Optional && !LabelFields.Contains(field))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Copies a row as one of the declaration; returns its place in <paramref name="mapped"/>.</summary>
    [HotPath]
    public int Map(RowBatch rows, int row, RowBatch mapped)
    {
        int target = mapped.AddRow();
        for (int field = 0; field < Places.Length; field++)
        {
            int place = Places[field];
            if (place >= 0 && rows.IsPresent(row, place))
            {
                FieldType type = rows.Schema.Fields[place].Type;
                mapped.Set(target, field, RowCopy.CopyOf(mapped, rows, type, rows.Get(row, place)));
            }
        }

        return target;
    }

    /// <summary>
    /// Fields that some declarations have and <paramref name="own"/> does not, those of labels left out; each is
    /// optional, since rows need it for these declarations' logs alone. The first type of a name counts.
    /// </summary>
    public static ImmutableArray<Field> FieldsBeside(RowSchema own, IEnumerable<IngestLogs> parts)
    {
        var fields = ImmutableArray.CreateBuilder<Field>();
        foreach (IngestLogs part in parts)
        {
            ImmutableArray<Field> declared = part.Declaration.Schema.Fields;
            for (int place = 0; place < declared.Length; place++)
            {
                string name = declared[place].Name;
                bool isKnown = own.IndexOf(name) >= 0 || fields.Any(other => other.Name == name);
                if (!isKnown && !part.LabelFields.Contains(place))
                {
                    fields.Add(new Field(name, declared[place].Type.AsOptional()));
                }
            }
        }

        return fields.ToImmutable();
    }

    /// <summary>The same logs for rows of a schema.</summary>
    public IngestLogs For(RowSchema rows) => this with { Places = MapOf(Declaration.Schema, rows) };

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
