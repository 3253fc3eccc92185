namespace Serving.Engine.Predictions.Log.Exports;

/// <summary>
/// Labels by the request's id, as a moment knows them: of several the one that came last. Not safe for use by several
/// threads while labels are added.
/// </summary>
public sealed class LogLabels
{
    private readonly Dictionary<string, LogLabel> _labels = new(StringComparer.Ordinal);

    /// <summary>Makes an empty set.</summary>
    /// <param name="within">After so long without a label a request counts as 0; null: never.</param>
    /// <param name="asOf">The moment, ms since 1970: what came later is not there yet.</param>
    public LogLabels(TimeSpan? within, long asOf)
    {
        Within = within;
        AsOf = asOf;
    }

    /// <summary>After so long without a label a request counts as 0; null: never.</summary>
    public TimeSpan? Within { get; }

    /// <summary>The moment, ms since 1970.</summary>
    public long AsOf { get; }

    /// <summary>Labels that are known.</summary>
    public int Count => _labels.Count;

    /// <summary>Adds a label; one that came later than another of the same id, or with it, replaces it.</summary>
    public void Add(string id, LogLabel label)
    {
        if (label.Known <= AsOf && !(_labels.TryGetValue(id, out LogLabel known) && known.Known > label.Known))
        {
            _labels[id] = label;
        }
    }

    /// <summary>What is known of a request.</summary>
    /// <param name="id">Its id as text.</param>
    /// <param name="at">When it was answered, ms since 1970.</param>
    /// <param name="isMature">Whether its label is known, or none can come any more.</param>
    internal LogLabel? Of(string id, long at, out bool isMature)
    {
        bool isFound = _labels.TryGetValue(id, out LogLabel label);
        bool hasPassed = Within is { } within && at + (long)within.TotalMilliseconds <= AsOf;
        isMature = isFound || hasPassed;
        return isFound ? label : null;
    }
}
