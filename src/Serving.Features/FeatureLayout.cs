using System.Collections.Immutable;
using Serving.Data;

namespace Serving.Features;

/// <summary>
/// Where each feature column of a program goes in a <see cref="FeatureBatch"/>: a place in its dense row (ids as
/// numbers, missing continuous values as NaN), or an id column, or nowhere. Immutable.
/// </summary>
/// <param name="DensePlaces">For each column its dense place, or -1.</param>
/// <param name="IdPlaces">For each column its id column, or -1.</param>
public sealed record FeatureLayout(ImmutableArray<int> DensePlaces, ImmutableArray<int> IdPlaces)
{
    /// <summary>Dense numbers in a row.</summary>
    public int DenseCount { get; } = DensePlaces.Length == 0 ? 0 : DensePlaces.Max() + 1;

    /// <summary>Id columns in a row.</summary>
    public int IdColumnCount { get; } = IdPlaces.Length == 0 ? 0 : IdPlaces.Max() + 1;

    /// <summary>For each id column the column it shows, or -1: ids are written in this order, whatever the columns' own.</summary>
    public ImmutableArray<int> IdColumns { get; } =
        [.. Enumerable.Range(0, IdPlaces.Length == 0 ? 0 : IdPlaces.Max() + 1).Select(place => IdPlaces.IndexOf(place))];

    /// <summary>Continuous columns dense, discrete ones as id columns, both in the program's order.</summary>
    public static FeatureLayout Split(ImmutableArray<FeatureColumn> columns)
    {
        int dense = 0;
        int ids = 0;
        var densePlaces = ImmutableArray.CreateBuilder<int>(columns.Length);
        var idPlaces = ImmutableArray.CreateBuilder<int>(columns.Length);
        foreach (FeatureColumn column in columns)
        {
            densePlaces.Add(column.IsDiscrete ? -1 : dense++);
            idPlaces.Add(column.IsDiscrete ? ids++ : -1);
        }

        return new FeatureLayout(densePlaces.MoveToImmutable(), idPlaces.MoveToImmutable());
    }
}
