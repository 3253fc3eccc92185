namespace Serving.Engine.Versions;

/// <summary>
/// Owns the life of one version. The control thread alone touches it.
/// </summary>
/// <remarks>
/// New -> Loading -> Warming -> Ready -> Draining -> Retired, any -> Failed; Warming -> Draining once it is loaded.
/// </remarks>
internal sealed class VersionHarness(BundleLocation location, TimeProvider time)
{
    /// <summary>Where its bundle was found.</summary>
    public BundleLocation Location { get; } = location;

    /// <summary>Where it stands.</summary>
    public VersionState State { get; private set; }

    /// <summary>Since when it stands there.</summary>
    public DateTimeOffset Since { get; private set; } = time.GetUtcNow();

    /// <summary>Why it failed, or what is to be known of it.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>What is loaded: from late in Warming to Draining.</summary>
    public ServedVersion? Served { get; private set; }

    /// <summary>Its status.</summary>
    public VersionStatus Status => new(
        Location.Model, Location.Version, State, Reason, Served?.Pipeline.MemoryBytes ?? 0)
    {
        Since = Since,
        Tensors = Served?.Tensors?.Status,
    };

    /// <summary>The one way to another state.</summary>
    /// <param name="next">The state.</param>
    /// <param name="reason">Why; replaces what was known before.</param>
    /// <param name="served">What is loaded, for Ready.</param>
    /// <exception cref="InvalidOperationException">There is no such transition, which is our own fault.</exception>
    public void MoveTo(VersionState next, string reason = "", ServedVersion? served = null)
    {
        bool isLegal = next == VersionState.Failed
            || (next == State + 1 && (next == VersionState.Ready) == (served is not null))
            || (next == VersionState.Draining && State == VersionState.Warming && Served is not null);
        if (!isLegal)
        {
            throw new InvalidOperationException($"a version cannot go from {State} to {next}");
        }

        State = next;
        Since = time.GetUtcNow();
        Reason = reason;
        if (next is VersionState.Retired or VersionState.Failed)
        {
            Served?.Tensors?.Dispose();
        }

        Served = next switch
        {
            VersionState.Ready => served,
            VersionState.Draining => Served,
            _ => null,
        };
    }

    /// <summary>
    /// Takes what was loaded; whether the version has to wait before it is Ready is decided elsewhere.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is not Warming, or is loaded: our own fault.</exception>
    public void Hold(ServedVersion served)
    {
        if (State != VersionState.Warming || Served is not null)
        {
            throw new InvalidOperationException($"a version cannot be loaded in {State}");
        }

        Served = served;
    }

    /// <summary>Notes something about a version whose state stays.</summary>
    public void Note(string reason) => Reason = reason;
}
