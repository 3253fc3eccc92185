using System.Collections.Immutable;
using System.Globalization;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// Chosen expressions of a script as cells of a smaller script: statements and encoders that they do not need are cut,
/// so that it can be evaluated while those are not fitted yet.
/// </summary>
internal sealed class FittingCells
{
    private FittingCells(BoundScript script, ImmutableArray<Cell> cells)
    {
        Script = script;
        Cells = cells;
        Schema = new RowSchema("values", [.. cells.Select((cell, place) => new Field(
            place.ToString(CultureInfo.InvariantCulture), cell.Type.ToFieldType()))]);
    }

    /// <summary>The cut script.</summary>
    public BoundScript Script { get; }

    /// <summary>The cell of each expression.</summary>
    public ImmutableArray<Cell> Cells { get; }

    /// <summary>One field for each of <see cref="Cells"/>; an id is an int there.</summary>
    public RowSchema Schema { get; }

    /// <summary>The cells of expressions of a script.</summary>
    public static FittingCells Of(BoundScript script, ImmutableArray<BoundExpression> wanted)
    {
        CellUse use = CellUse.Of(script, wanted);
        var statements = ImmutableArray.CreateBuilder<BoundStatement>();
        statements.AddRange(script.Statements.Select(statement => Cut(statement, use)).OfType<BoundStatement>());
        var cells = ImmutableArray.CreateBuilder<Cell>();
        int cellCount = script.CellCount;
        foreach (BoundExpression expression in wanted)
        {
            if (expression is BoundCell existing)
            {
                cells.Add(existing.Cell);
                continue;
            }

            var cell = new Cell(cellCount++, $"value {cells.Count}", expression.Type);
            statements.Add(new BoundLet(cell.Name, [(cell, expression)]));
            cells.Add(cell);
        }

        BoundScript cut = script with { Statements = statements.ToImmutable(), CellCount = cellCount };
        return new FittingCells(cut, cells.ToImmutable());
    }

    private static BoundStatement? Cut(BoundStatement statement, CellUse use)
    {
        if (statement is BoundLet let)
        {
            ImmutableArray<(Cell Cell, BoundExpression Value)> needed =
                [.. let.Members.Where(member => use.Needs(member.Cell))];
            return needed.IsEmpty ? null : new BoundLet(let.Name, needed);
        }

        var feature = (BoundFeature)statement;
        ImmutableArray<BoundFeatureMember> members =
            [.. feature.Members.Where(member => use.Needs(member.Raw)).Select(member => Cut(member, use))];
        return members.IsEmpty ? null : new BoundFeature(feature.Name, members);
    }

    // Without encoders the raw cell is the encoded one.
    private static BoundFeatureMember Cut(BoundFeatureMember member, CellUse use) => member.Encoded.Any(use.Needs)
        ? member
        : member with { Encoders = [], Encoded = [member.Raw], ColumnNames = [member.Name] };
}
