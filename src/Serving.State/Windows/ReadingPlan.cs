using System.Collections.Immutable;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// The readings of a log in the order in which a blob answers them. Calls over the same events of the same span form a
/// group and share one sum over intervals. Immutable and safe for use by several threads.
/// </summary>
internal sealed class ReadingPlan
{
    public ReadingPlan(LogCodec codec)
    {
        var spans = new List<WindowBounds>();
        var groups = new List<IntervalGroup>();
        var plain = new List<PlannedReading>();
        var decays = new List<PlannedReading>();
        var keptGroups = new List<KeptGroup>();
        var kept = new List<PlannedReading>();
        IsPlain = PlainPass.Fits(codec);
        foreach (WindowReading reading in codec.Log.Readings)
        {
            int whole = reading.Whole >= 0 ? reading.Whole : reading.Measure;
            if (reading.Keep > 0)
            {
                int where = codec.Measures[whole].Where;
                int place = PlaceOf(keptGroups, new KeptGroup(reading.Bounds, reading.Keep, where));
                kept.Add(PlannedReading.Of(codec, reading, place, -1));
                continue;
            }

            int span = PlaceOf(spans, reading.Bounds);
            int group = PlaceOf(groups, new IntervalGroup(IsPlain ? 0 : reading.Measure, span));
            int wholeGroup = reading.Whole < 0 ? -1 : PlaceOf(groups, new IntervalGroup(IsPlain ? 0 : whole, span));
            PlannedReading planned = PlannedReading.Of(codec, reading, group, wholeGroup);
            (planned.IsDecay ? decays : plain).Add(planned);
        }

        Spans = [.. spans];
        Groups = [.. groups];
        Plain = [.. plain];
        Decays = [.. decays];
        KeptGroups = [.. keptGroups];
        Kept = [.. kept];
    }

    /// <summary>Whether all measures share the tallies of a <see cref="PlainBoard"/>.</summary>
    public bool IsPlain { get; }

    /// <summary>Distinct spans of calls that see all events.</summary>
    public ImmutableArray<WindowBounds> Spans { get; }

    /// <summary>Distinct pairs of measure and span.</summary>
    public ImmutableArray<IntervalGroup> Groups { get; }

    /// <summary>Calls that see all events, but decays.</summary>
    public ImmutableArray<PlannedReading> Plain { get; }

    /// <summary>Decaying calls that see all events.</summary>
    public ImmutableArray<PlannedReading> Decays { get; }

    /// <summary>Distinct sets of latest events.</summary>
    public ImmutableArray<KeptGroup> KeptGroups { get; }

    /// <summary>Calls that see the latest events alone.</summary>
    public ImmutableArray<PlannedReading> Kept { get; }

    private static int PlaceOf<T>(List<T> list, T item)
    {
        int place = list.IndexOf(item);
        if (place < 0)
        {
            place = list.Count;
            list.Add(item);
        }

        return place;
    }
}
