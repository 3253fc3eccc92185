using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;
using Serving.Features;
using Serving.Features.Tests.Conformance;
using Serving.Features.Tests.Properties;

namespace Serving.Engine.Tests.Windows;

/// <summary>Writes answers as texts that differ where a bit differs: raw values, then encoded ones.</summary>
internal sealed class AnswerTexts(FeatureProgram program)
{
    // The years 1 to 9999.
    private const long EarliestMs = -62_135_596_800_000;
    private const long LatestMs = 253_402_300_799_999;

    /// <summary>Where columns go.</summary>
    public FeatureLayout Layout { get; } = FeatureLayout.Split(program.Columns);

    /// <summary>Names of the texts; the last one is that of the label, which only some executions give.</summary>
    public ImmutableArray<string> Names { get; } =
    [
        .. program.RawSchema.Fields.Select(field => field.Name),
        .. program.Columns.Select(column => $"encoded {column.Name}"),
        "label",
    ];

    public string?[] Of(EvaluationMemory memory, int row) =>
    [
        .. Enumerable.Range(0, memory.Raw.FieldCount).Select(field => Raw(memory.Raw, row, field)),
        .. program.Columns.Select(
            (column, index) => CellWriter.Encoded(column, memory.Features, Layout, index, row)),
    ];

    // A wrong time may be one that has no spelling.
    private static string? Raw(RowBatch raw, int row, int field) =>
        raw.Schema.Fields[field].Type.Kind == ValueKind.Time
        && raw.IsPresent(row, field)
        && raw.Get(row, field) is var time and (< EarliestMs or > LatestMs)
            ? time.ToString(CultureInfo.InvariantCulture)
            : CellWriter.Raw(raw, row, field);
}
