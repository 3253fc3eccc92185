using Serving.Data;
using Serving.Engine.Pipeline;
using Serving.Engine.Versions;

namespace Serving.Engine.Routing.Shadows;

/// <summary>
/// Which requests of a model are copied to which of its Ready versions, and where their fields go. Immutable and safe
/// for use by several threads.
/// </summary>
internal sealed class ShadowTable
{
    private const int Absent = -1;

    private readonly TrafficSplit _split;
    private readonly int[] _places;

    // For each answering version and each shadow, by its place in the split: place of each field in the shadow's rows.
    private readonly int[][][] _fields;

    private ShadowTable(TrafficSplit split, int[] places, int[][][] fields)
    {
        _split = split;
        _places = places;
        _fields = fields;
    }

    /// <summary>The table of a model; null where no Ready version is a shadow.</summary>
    /// <param name="traffic">The model's traffic.</param>
    /// <param name="versions">Its Ready versions.</param>
    /// <param name="rows">The rows that requests to each of them fill.</param>
    public static ShadowTable? Of(TrafficState traffic, ServedVersion[] versions, RowSchema[] rows)
    {
        var split = TrafficSplit.Deal(traffic.Shadow, canary: 0, stable: 0);
        int[] places = [.. split.Versions.Select(
            version => Array.FindIndex(versions, other => other.Number == version))];
        return Array.TrueForAll(places, place => place < 0)
            ? null
            : new ShadowTable(split, places, [.. rows.Select(source => places.Select(place =>
                place < 0 ? [] : FieldsOf(source, rows[place])).ToArray())]);
    }

    /// <summary>Place of the shadow of a bucket among the Ready versions, and in the split; -1 without one.</summary>
    [HotPath]
    public (int Version, int Share) Of(int bucket)
    {
        int share = bucket < 0 ? Absent : _split.PlaceOf(bucket);
        return share < 0 ? (Absent, Absent) : (_places[share], share);
    }

    /// <summary>Copies the rows of a request into those of its shadow; fields that only one has stay missing.</summary>
    /// <param name="source">The rows that were answered.</param>
    /// <param name="answered">Place of the version that answered.</param>
    /// <param name="share">Place of the shadow in the split.</param>
    /// <param name="target">The shadow's rows, empty.</param>
    public void CopyRows(RowBatch source, int answered, int share, RowBatch target)
    {
        int[] fields = _fields[answered][share];
        for (int row = 0; row < source.RowCount; row++)
        {
            int copy = target.AddRow();
            for (int field = 0; field < fields.Length; field++)
            {
                if (fields[field] != Absent && source.IsPresent(row, field))
                {
                    FieldType type = source.Schema.Fields[field].Type;
                    target.Set(copy, fields[field], RowCopy.CopyOf(target, source, type, source.Get(row, field)));
                }
            }
        }
    }

    private static int[] FieldsOf(RowSchema source, RowSchema target) => [.. source.Fields.Select(field =>
        target.IndexOf(field.Name) is >= 0 and int place
            && target.Fields[place].Type.AsOptional() == field.Type.AsOptional()
            ? place
            : Absent)];
}
