using System.Collections.Immutable;
using Serving.Features;
using Serving.Features.Tests.Conformance;
using Serving.Features.Tests.Properties;

namespace Serving.Engine.Tests.Windows;

/// <summary>Writes answers as texts that differ where a bit differs: raw values, then encoded ones.</summary>
internal sealed class AnswerTexts(FeatureProgram program)
{
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
        .. Enumerable.Range(0, memory.Raw.FieldCount).Select(field => CellWriter.Raw(memory.Raw, row, field)),
        .. program.Columns.Select(
            (column, index) => CellWriter.Encoded(column, memory.Features, Layout, index, row)),
    ];
}
