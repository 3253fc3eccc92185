using System.Collections.Immutable;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Evaluation;

/// <summary>
/// Encodes feature values that are known already, as logs keep them, with the bits of the program that computed them:
/// for answers whose request or state is gone. Slow and plain. Immutable and safe for use by several threads.
/// </summary>
public sealed class RawEncoder
{
    private readonly ImmutableArray<BoundFeatureMember> _members;
    private readonly FittedStatistics? _statistics;
    private readonly ProgramColumns _columns;
    private readonly InterpretedOutput _output;
    private readonly WindowDependence _dependence;
    private readonly int _cellCount;

    internal RawEncoder(BoundScript script, FittedStatistics? statistics, ProgramColumns columns)
    {
        _members = [.. script.Features.SelectMany(feature => feature.Members)];
        _statistics = statistics;
        _columns = columns;
        _output = new InterpretedOutput(columns);
        _dependence = new WindowDependence(script);
        _cellCount = script.CellCount;
    }

    /// <summary>Resets a feature batch to the layout and fills it from one row of values before encoders.</summary>
    /// <param name="raw">Rows of <see cref="FeatureProgram.RawSchema"/>.</param>
    /// <param name="row">The row.</param>
    /// <param name="isStateMissing">
    /// Whether the row's state was missing: what depends on windows then is missing behind its encoders too (R101).
    /// </param>
    /// <param name="layout">Where columns go.</param>
    /// <param name="features">Receives one row.</param>
    public void Encode(RowBatch raw, int row, bool isStateMissing, FeatureLayout layout, FeatureBatch features)
    {
        var cells = new Value?[_cellCount];
        var frame = new InterpretedFrame();
        for (int field = 0; field < _members.Length; field++)
        {
            BoundFeatureMember member = _members[field];
            if (isStateMissing && _dependence.Of(member.Raw))
            {
                continue;
            }

            Cell cell = _columns.RawCells[field];
            cells[cell.Index] = raw.IsPresent(row, field)
                ? ValueSlot.Read(cell.Type, raw.Get(row, field), raw)
                : null;
            InterpretedMember.Encode(member, _statistics, cells, frame);
        }

        _output.Reset(1, layout, features);
        _output.Write(cells, layout, features, 0);
    }
}
