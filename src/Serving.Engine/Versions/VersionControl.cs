namespace Serving.Engine.Versions;

/// <summary>The one writer of the published table.</summary>
internal sealed class VersionControl : IDisposable
{
    private ModelTable _table = ModelTable.Empty;

    public VersionControl(EngineOptions options, TimeProvider time)
    {
        _ = (options, time);
    }

    /// <summary>What is served now.</summary>
    public ModelTable Table => Volatile.Read(ref _table);

    public Task Settled => Task.CompletedTask;

    public void Start() => Poll();

    public void Poll() => Volatile.Write(ref _table, ModelTable.Empty);

    public void Dispose()
    {
    }
}
