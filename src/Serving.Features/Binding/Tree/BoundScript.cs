using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
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
    public required ImmutableArray<EventDeclaration> Events { get; init; }

    /// <summary>Fields that an expression label names (R57), ascending.</summary>
    public required ImmutableArray<int> LabelFields { get; init; }

    /// <summary>Lets and features in the script's order.</summary>
    public required ImmutableArray<BoundStatement> Statements { get; init; }

    /// <summary>Number of cells that the statements fill.</summary>
    public required int CellCount { get; init; }

    /// <summary>Value of an expression label; null without a label.</summary>
    public BoundExpression? Label { get; init; }

    /// <summary>A label over events (R56); null where the label is an expression or absent.</summary>
    public BoundAnyLabel? AnyLabel { get; init; }

    public string? LabelName { get; init; }

    /// <summary>The windows in the script's order, used or not.</summary>
    public ImmutableArray<BoundWindow> Windows { get; init; } = [];

    /// <summary>The window values that statements read, each at its slot.</summary>
    public ImmutableArray<BoundWindowCall> WindowCalls { get; init; } = [];

    /// <summary>The tree that was bound; tests are bound from it when they run.</summary>
    public required ScriptSyntax Syntax { get; init; }

    public IEnumerable<BoundFeature> Features => Statements.OfType<BoundFeature>();
}
