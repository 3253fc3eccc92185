using System.Collections.Immutable;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Windows;

/// <summary>A keyed log with the expressions behind its columns and conditions.</summary>
/// <param name="Log">What the state is told.</param>
/// <param name="Columns">For each column its value over the event's fields.</param>
/// <param name="Conditions">
/// The conditions: a <see cref="BoundField"/> is a column of the log, a <see cref="BoundNowField"/> a field of the
/// request.
/// </param>
internal sealed record LogDefinition(
    KeyedLog Log, ImmutableArray<BoundExpression> Columns, ImmutableArray<BoundExpression> Conditions);
