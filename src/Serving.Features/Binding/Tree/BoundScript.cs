using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Time;
using Serving.Features.Syntax;

namespace Serving.Features.Binding.Tree;

/// <summary>A whole script, bound and checked.</summary>
internal sealed record BoundScript
{
    public required string Name { get; init; }

    public required long Version { get; init; }

    public required ZoneTable Zone { get; init; }

    /// <summary>The request event's fields.</summary>
    public required RowSchema Request { get; init; }

    public required int IdField { get; init; }

    public required int TimeField { get; init; }

    /// <summary>All events in the script's order, the request among them.</summary>
    public required ImmutableArray<BoundEvent> Events { get; init; }

    /// <summary>Fields that an expression label names (R57), ascending.</summary>
    public required ImmutableArray<int> LabelFields { get; init; }

    /// <summary>Lets and features in the script's order.</summary>
    public required ImmutableArray<BoundStatement> Statements { get; init; }

    /// <summary>Number of cells that the statements fill.</summary>
    public required int CellCount { get; init; }

    /// <summary>Value of an expression label; null without a label.</summary>
    public BoundExpression? Label { get; init; }

    public string? LabelName { get; init; }

    /// <summary>The tree that was bound; tests are bound from it when they run.</summary>
    public required ScriptSyntax Syntax { get; init; }

    public IEnumerable<BoundFeature> Features => Statements.OfType<BoundFeature>();
}
