using System.Runtime.InteropServices;

namespace Serving.Engine.Offline.Feeds;

/// <summary>Events that entered no window, by reason.</summary>
/// <param name="Late">Became known later behind their time than the event's <c>late</c> (R54).</param>
/// <param name="Future">Their time is more than 5 s ahead of known (R55).</param>
/// <param name="WithoutKey">A part of every window's key is missing (R35).</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct AdmissionCounts(long Late, long Future, long WithoutKey)
{
    /// <summary>The sums of two.</summary>
    public static AdmissionCounts operator +(AdmissionCounts one, AdmissionCounts other) =>
        new(one.Late + other.Late, one.Future + other.Future, one.WithoutKey + other.WithoutKey);

}
