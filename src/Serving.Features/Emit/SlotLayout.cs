using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Emit;

/// <summary>
/// Where values live in a frame: first the fields of the row in work, then those of a row beside it, then the cells.
/// Beside a request stand its window values; beside a record of a log stands the request that asks (<c>now.x</c>).
/// </summary>
/// <param name="FieldCount">Fields of the row in work.</param>
/// <param name="BesideCount">Fields of the row beside it.</param>
/// <param name="BesideTexts">Places of strings in the row beside it.</param>
internal sealed record SlotLayout(int FieldCount, int BesideCount, ImmutableArray<int> BesideTexts)
{
    /// <summary>The layout of a script: its window values beside its request.</summary>
    public static SlotLayout Of(BoundScript script) => new(
        script.Request.Fields.Length,
        script.WindowCalls.Length,
        [.. script.WindowCalls.Where(call => call.Type.Kind == TypeKind.String).Select(call => call.Slot)]);

    /// <summary>The layout of conditions: a request beside each record.</summary>
    public static SlotLayout OfConditions(int columns, RowSchema request) => new(
        columns,
        request.Fields.Length,
        [.. Enumerable.Range(0, request.Fields.Length)
            .Where(field => request.Fields[field].Type.Kind == ValueKind.String)]);

    /// <summary>The slot of a field of the row beside.</summary>
    public int SlotOfBeside(int field) => FieldCount + field;

    /// <summary>The slot of a cell.</summary>
    public int SlotOf(Cell cell) => FieldCount + BesideCount + cell.Index;

    /// <summary>All slots, with a number of cells.</summary>
    public int Count(int cells) => FieldCount + BesideCount + cells;

    /// <summary>How a cell's value is read as a column.</summary>
    public OutputColumn OutputOf(Cell cell, bool isDiscrete) =>
        new(SlotOf(cell), cell.Type.Kind, cell.Type.Scale, isDiscrete, cell.Type.Element);
}
