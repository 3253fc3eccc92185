using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Windows;

/// <summary>Expressions over other rows than the request's, as the only cells of a script.</summary>
/// <param name="Script">The script; its request is what the rows are.</param>
/// <param name="Cells">The cell of each expression.</param>
internal sealed record CellScript(BoundScript Script, ImmutableArray<Cell> Cells)
{
    public static CellScript Of(BoundScript script, RowSchema rows, ImmutableArray<BoundExpression> values)
    {
        ImmutableArray<Cell> cells =
        [
            .. values.Select((value, index) =>
                new Cell(index, index.ToString(CultureInfo.InvariantCulture), value.Type)),
        ];
        BoundScript cut = script with
        {
            Request = rows,
            Statements = [.. cells.Zip(values, (cell, value) => new BoundLet(cell.Name, [(cell, value)]))],
            CellCount = cells.Length,
            WindowCalls = [],
            Windows = [],
        };
        return new CellScript(cut, cells);
    }
}
