using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;
using Serving.Features.Fitting;

namespace Serving.Features.Evaluation;

/// <summary>
/// The columns of a script with its statistics: which cell each encoded column reads, and which each raw one. Both
/// evaluators take their columns from here, so that files have the same heads; values they compute apart.
/// </summary>
internal sealed class ProgramColumns
{
    private ProgramColumns(
        ImmutableArray<FeatureColumn> encoded,
        ImmutableArray<Cell> encodedCells,
        ImmutableArray<int> rawPlaces,
        RowSchema raw,
        ImmutableArray<Cell> rawCells)
    {
        RawPlaces = rawPlaces;
        Encoded = encoded;
        EncodedCells = encodedCells;
        Raw = raw;
        RawCells = rawCells;
    }

    public ImmutableArray<FeatureColumn> Encoded { get; }

    /// <summary>The cell that each encoded column shows.</summary>
    public ImmutableArray<Cell> EncodedCells { get; }

    /// <summary>For each encoded column the place of the raw one behind it.</summary>
    public ImmutableArray<int> RawPlaces { get; }

    public RowSchema Raw { get; }

    /// <summary>The cell that each raw column shows.</summary>
    public ImmutableArray<Cell> RawCells { get; }

    /// <summary>
    /// Columns of a script; null statistics are right where <see cref="FeatureScript.NeedsStatistics"/> is false.
    /// </summary>
    public static ProgramColumns Of(BoundScript script, FittedStatistics? statistics)
    {
        var encoded = ImmutableArray.CreateBuilder<FeatureColumn>();
        var encodedCells = ImmutableArray.CreateBuilder<Cell>();
        var rawPlaces = ImmutableArray.CreateBuilder<int>();
        var raw = ImmutableArray.CreateBuilder<Field>();
        var rawCells = ImmutableArray.CreateBuilder<Cell>();
        foreach (BoundFeatureMember member in script.Features.SelectMany(feature => feature.Members))
        {
            raw.Add(new Field(member.Name, member.Raw.Type.ToFieldType()));
            rawCells.Add(member.Raw);
            foreach (int size in KeptSizes(member, statistics))
            {
                encoded.Add(ColumnOf(member, size, statistics));
                encodedCells.Add(member.Encoded[size]);
                rawPlaces.Add(raw.Count - 1);
            }
        }

        return new ProgramColumns(
            encoded.ToImmutable(),
            encodedCells.ToImmutable(),
            rawPlaces.ToImmutable(),
            new RowSchema(script.Request.Name, raw.ToImmutable()),
            rawCells.ToImmutable());
    }

    // Of sizes with equal borders only the first keeps a column (R81).
    private static IEnumerable<int> KeptSizes(BoundFeatureMember member, FittedStatistics? statistics)
    {
        if (member.Encoded.Length == 1)
        {
            return [0];
        }

        var borders = (FittedBorders)statistics!.Find(member.Name, member.Encoders[^1].Position)!;
        return Enumerable.Range(0, member.Encoded.Length).Where(size =>
            !borders.BySize.Take(size).Any(earlier => earlier.SequenceEqual(borders.BySize[size])));
    }

    private static FeatureColumn ColumnOf(BoundFeatureMember member, int size, FittedStatistics? statistics)
    {
        string name = member.ColumnNames[size];
        if (!member.IsDiscrete)
        {
            return new FeatureColumn(name, false, 0, 0);
        }

        Cell cell = member.Encoded[size];
        int idsMax = cell.Type.IsList ? cell.Type.ListMaximum : 1;
        return new FeatureColumn(name, true, IdCount(member, size, statistics), Math.Max(1, idsMax), cell.Type.IsList);
    }

    // Sizes of the id spaces (R106).
    private static uint IdCount(BoundFeatureMember member, int size, FittedStatistics? statistics)
    {
        if (member.Encoders.Length == 0)
        {
            return 4;
        }

        BoundEncoder last = member.Encoders[^1];
        FittedEncoder? fitted = statistics?.Find(member.Name, last.Position);
        return last.Kind switch
        {
            EncoderKind.Hash or EncoderKind.Bits => (uint)last.Sizes[0] + 2,
            EncoderKind.Edges => (uint)last.Numbers.Length + 3,
            EncoderKind.Vocab => (uint)((FittedVocabulary)fitted!).Words.Length + 2,
            _ => (uint)((FittedBorders)fitted!).BySize[size].Length + 3,
        };
    }
}
