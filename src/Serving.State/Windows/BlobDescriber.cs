using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>Describes blobs for people; outside the request path. Total, whatever the bytes are.</summary>
internal static class BlobDescriber
{
    /// <summary>Describes a blob of a log.</summary>
    public static BlobDescription Describe(LogCodec codec, ReadOnlySpan<byte> blob)
    {
        BlobImage image = new(codec);
        bool isSound = image.Load(blob);
        bool hasHeader = blob.Length >= BlobHeader.Size;
        FoldedPart folded = image.Folded;
        return new BlobDescription(
            isSound,
            blob.Length,
            hasHeader ? BlobHeader.EpochOf(blob) : 0,
            (hasHeader ? BlobHeader.SchemaOf(blob) : codec.Schema).ToString("x16", CultureInfo.InvariantCulture),
            folded.ReadableFrom == long.MinValue ? null : folded.ReadableFrom,
            folded.TileBytes,
            isSound ? TilesOf(codec, folded) : [],
            folded.IdBytes,
            folded.IdCount,
            isSound ? RecordsOf(codec, image.Records, 0, image.FirstRaw) : [],
            image.TailBytes,
            isSound ? RecordsOf(codec, image.Records, image.FirstRaw, image.Records.Count) : []);
    }

    private static ImmutableArray<TileDescription> TilesOf(LogCodec codec, FoldedPart folded)
    {
        var tiles = ImmutableArray.CreateBuilder<TileDescription>(folded.Tiles.Rows);
        for (int tile = 0; tile < folded.Tiles.Rows; tile++)
        {
            long start = folded.Starts[tile];
            var measures = ImmutableArray.CreateBuilder<TallyDescription>(codec.Measures.Length);
            for (int measure = 0; measure < codec.Measures.Length; measure++)
            {
                measures.Add(TallyOf(codec, folded.Tiles, tile, measure));
            }

            tiles.Add(new TileDescription(start == long.MinValue ? null : start, measures.MoveToImmutable()));
        }

        return tiles.MoveToImmutable();
    }

    private static TallyDescription TallyOf(LogCodec codec, TallyBoard tiles, int tile, int measure)
    {
        MeasurePlan plan = codec.Measures[measure];
        Tally tally = tiles.At(tile, measure);
        bool any = tally.Count > 0;
        FieldType type = plan.Argument < 0 ? default : codec.Log.Columns[plan.Argument].Type;
        string? Extreme(MeasureParts part, long value) => any && plan.Has(part)
            ? TextOf(type, plan.Kind == ValueKind.Float ? FloatUnits.Ordered(value) : value, null)
            : null;
        return new TallyDescription(
            tally.Count,
            any && plan.Has(MeasureParts.Sum) ? tally.Sum.ToString(CultureInfo.InvariantCulture) : null,
            any && plan.Has(MeasureParts.SumOfSquares)
                ? tiles.SquaresAt(tile, measure).ToBigInteger().ToString(CultureInfo.InvariantCulture)
                : null,
            Extreme(MeasureParts.Min, tally.Least),
            Extreme(MeasureParts.Max, tally.Greatest),
            any && plan.Has(MeasureParts.First) ? tiles.FirstAt(tile, measure).Time : null,
            any && plan.Has(MeasureParts.Last) ? tiles.LastAt(tile, measure).Time : null);
    }

    private static ImmutableArray<RecordDescription> RecordsOf(LogCodec codec, RecordSet records, int first, int end)
    {
        var described = ImmutableArray.CreateBuilder<RecordDescription>(end - first);
        for (int record = first; record < end; record++)
        {
            described.Add(new RecordDescription(
                records.Times[record], records.Knowns[record], IdOf(codec, records, record),
                ColumnsOf(codec, records, record)));
        }

        return described.MoveToImmutable();
    }

    private static string IdOf(LogCodec codec, RecordSet records, int record)
    {
        ulong id = records.Ids[record];
        return codec.Layout.HoldsText
            ? Encoding.UTF8.GetString(records.TextOf(records.IdTexts[record]))
            : codec.Layout.HasTextId
                ? id.ToString("x16", CultureInfo.InvariantCulture)
                : ((long)id).ToString(CultureInfo.InvariantCulture);
    }

    private static ImmutableArray<string?> ColumnsOf(LogCodec codec, RecordSet records, int record)
    {
        RowBatch row = new(KeptReader.SchemaOf(codec.Log));
        row.AddRow();
        var cells = ImmutableArray.CreateBuilder<string?>(codec.Layout.Columns.Length);
        for (int column = 0; column < codec.Layout.Columns.Length; column++)
        {
            int slot = (record * codec.Layout.Columns.Length) + column;
            if (!records.Present[slot])
            {
                cells.Add(null);
                continue;
            }

            records.CopyTo(row, 0, column, codec.Layout.Columns[column], records.Slots[slot]);
            cells.Add(TextOf(codec.Log.Columns[column].Type, row.Get(0, column), row));
        }

        return cells.MoveToImmutable();
    }

    private static string TextOf(in FieldType type, long slot, RowBatch? row)
    {
        if (row is null)
        {
            Span<byte> bytes = stackalloc byte[CellWriter.ScalarBytesMax];
            return Encoding.UTF8.GetString(bytes[..CellWriter.WriteScalar(bytes, type, slot)]);
        }

        Utf8Buffer buffer = new();
        CellWriter.Write(buffer, type, slot, row);
        return Encoding.UTF8.GetString(buffer.Written);
    }
}
