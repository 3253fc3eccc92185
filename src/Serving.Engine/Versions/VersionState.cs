namespace Serving.Engine.Versions;

/// <summary>Life of a version: New -> Loading -> Warming -> Ready -> Draining -> Retired, any -> Failed.</summary>
public enum VersionState
{
    /// <summary>Found, nothing done yet.</summary>
    New = 0,

    /// <summary>Being read, checked and built, off the request path.</summary>
    Loading,

    /// <summary>
    /// Its sample requests are being replayed; then, beside a Ready version, its windows wait for their history.
    /// </summary>
    Warming,

    /// <summary>Takes requests.</summary>
    Ready,

    /// <summary>Takes no new requests; those under way end on it.</summary>
    Draining,

    /// <summary>Gone; its memory is given back.</summary>
    Retired,

    /// <summary>Refused; the reason is in the status. What served before serves on.</summary>
    Failed,
}
