using Serving.Data;

namespace Serving.State.Windows;

/// <summary>
/// One tally for each interval, for all measures of a plain log. Not safe for use by several threads.
/// </summary>
internal sealed class PlainBoard(PlainForm form)
{
    private readonly Tally[] _tallies = new Tally[form.EdgesMax + 2];
    private int _intervals;

    /// <summary>The tallies.</summary>
    public ReadOnlySpan<Tally> Tallies => _tallies.AsSpan(0, _intervals);

    /// <summary>Makes the tallies of some intervals, with the tiles of a folded part in them.</summary>
    [HotPath]
    public Span<Tally> Begin(FoldedPart folded, WindowEdges edges)
    {
        _intervals = edges.Intervals;
        Span<Tally> board = _tallies.AsSpan(0, _intervals);
        board.Clear();
        int near = 0;
        ReadOnlySpan<long> starts = folded.Starts.AsSpan(0, folded.Tiles.Rows);
        ReadOnlySpan<Tally> tallies = folded.Tiles.Tallies;
        for (int tile = 0; tile < starts.Length; tile++)
        {
            near = edges.IntervalOf(starts[tile], near);
            board[near].Add(form.TileOf(tallies, tile));
        }

        return board;
    }
}
