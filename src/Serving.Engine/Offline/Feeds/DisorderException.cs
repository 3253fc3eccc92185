namespace Serving.Engine.Offline.Feeds;

/// <summary>
/// A file that was taken as ordered is not: the run begins again and sorts it. Never leaves the offline runs.
/// </summary>
public sealed class DisorderException(int feed) : Exception
{
    /// <summary>Place of the feed.</summary>
    internal int Feed => feed;
}
