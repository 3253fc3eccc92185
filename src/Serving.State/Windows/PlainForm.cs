using System.Runtime.InteropServices;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// What the tallies of a log need whose measures count every event and add up one number (<see cref="PlainPass"/>):
/// their counts are the same, and so are the sums and extremes of those that have them, so one tally serves all.
/// Immutable and safe for use by several threads.
/// </summary>
internal sealed class PlainForm
{
    private readonly int _measures;
    private readonly int _summed;
    private readonly int _least;
    private readonly int _greatest;

    /// <summary>Makes the form of a log with so many distinct spans.</summary>
    public PlainForm(LogCodec codec, int spans)
    {
        MeasurePlan[] plans = [.. codec.Measures];
        _measures = plans.Length;
        _summed = Array.FindIndex(plans, plan => plan.Has(MeasureParts.Sum));
        _least = Array.FindIndex(plans, plan => plan.Has(MeasureParts.Min));
        _greatest = Array.FindIndex(plans, plan => plan.Has(MeasureParts.Max));
        HasNumber = codec.Layout.Columns.Length == 1;
        UsualDelay = codec.Layout.UsualDelay;
        ReachMs = codec.Log.RepetitionMs < 0 ? long.MaxValue : codec.Log.RepetitionMs;
        EdgesMax = spans * 2;
        Stamp = (long)(codec.Schema << 16) | (ushort)spans;
    }

    /// <summary>Words of a tally in an image.</summary>
    public static int TallyWords { get; } = MemoryMarshal.AsBytes<Tally>(new Tally[1]).Length / sizeof(long);

    /// <summary>Whether records hold a number.</summary>
    public bool HasNumber { get; }

    /// <summary>Known time - event time of usual records.</summary>
    public long UsualDelay { get; }

    /// <summary>How far behind an event a repetition of it can be, in milliseconds; the greatest long: any.</summary>
    public long ReachMs { get; }

    /// <summary>Most edges but the request's own time.</summary>
    public int EdgesMax { get; }

    /// <summary>Tells images of readers that lay them out otherwise apart.</summary>
    public long Stamp { get; }

    /// <summary>Whether tiles have sums.</summary>
    public bool HasSums => _summed >= 0;

    /// <summary>Whether tiles have least arguments.</summary>
    public bool HasLeasts => _least >= 0;

    /// <summary>Whether tiles have greatest arguments.</summary>
    public bool HasGreatests => _greatest >= 0;

    /// <summary>The one tally of a tile that has one for each measure.</summary>
    public Tally TileOf(ReadOnlySpan<Tally> tallies, int tile)
    {
        ReadOnlySpan<Tally> measures = tallies.Slice(tile * _measures, _measures);
        return new Tally
        {
            Count = measures[0].Count,
            Sum = _summed < 0 ? Int128.Zero : measures[_summed].Sum,
            Least = _least < 0 ? 0 : measures[_least].Least,
            Greatest = _greatest < 0 ? 0 : measures[_greatest].Greatest,
        };
    }
}
