namespace Serving.Engine.Versions;

/// <summary>
/// What stood in the models folder at the last look that succeeded: a folder that is away for a moment retires nothing.
/// The control thread looks; the problem may be read by others.
/// </summary>
internal sealed class FolderLook(BundleSource source)
{
    private Dictionary<(string Model, long Version), BundleLocation> _found = [];
    private string _problem = "";

    /// <summary>Why the folder was not read at the last look, or empty.</summary>
    public string Problem => Volatile.Read(ref _problem);

    /// <summary>Whether it was read once.</summary>
    public bool WasRead { get; private set; }

    /// <summary>Bundles under names that are none.</summary>
    public List<VersionStatus> Ignored { get; private set; } = [];

    /// <summary>Every bundle.</summary>
    public IEnumerable<BundleLocation> Found => _found.Values;

    /// <summary>The bundle of a version, or null.</summary>
    public BundleLocation? Of(string model, long version) => _found.GetValueOrDefault((model, version));

    /// <summary>Looks again.</summary>
    public void Look()
    {
        var ignored = new List<VersionStatus>();
        try
        {
            _found = source.Look(ignored).ToDictionary(location => (location.Model, location.Version));
            Ignored = ignored;
            WasRead = true;
            Volatile.Write(ref _problem, "");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Volatile.Write(ref _problem, $"{exception.GetType().Name}: {exception.Message}");
        }
    }
}
