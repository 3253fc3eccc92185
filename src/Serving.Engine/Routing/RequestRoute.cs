using System.Runtime.InteropServices;

namespace Serving.Engine.Routing;

/// <summary>How a request came to its version: what its record says of it.</summary>
/// <param name="Kind">What the version was chosen by.</param>
/// <param name="Bucket">0 to 9,999, by the hash of the model and the split's key; -1 where none was taken.</param>
/// <param name="Generation">The model's acts until then; 0 before the first.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RequestRoute(RouteKind Kind, int Bucket, long Generation)
{
    /// <summary>Whether the traffic split chose, not the request: only such requests count in gates.</summary>
    public bool IsRouted => Kind is not RouteKind.Pinned;

    /// <summary>The label as records and answers spell it; empty for a version that has a share and no label.</summary>
    public string Label => Kind switch
    {
        RouteKind.Stable => RouteLabel.Stable,
        RouteKind.Canary => RouteLabel.Canary,
        RouteKind.Previous => RouteLabel.Previous,
        RouteKind.Pinned => "pinned",
        _ => "",
    };
}
