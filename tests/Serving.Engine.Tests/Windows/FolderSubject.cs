using System.Globalization;
using Serving.State;
using Serving.State.Embedded;

namespace Serving.Engine.Tests.Windows;

/// <summary>
/// The embedded store in a folder: it is ended and opened again, or lost and its folder's copy opened.
/// </summary>
internal sealed class FolderSubject : StoreSubject
{
    private readonly string _root = Directory.CreateTempSubdirectory("serving-windows-").FullName;
    private EmbeddedWindowStore _store;
    private int _copies;

    public FolderSubject() => _store = EmbeddedWindowStore.Open(Folder, Options);

    public override IWindowStore Store => _store;

    public override IStateMaintenance Maintenance => _store;

    private string Folder => Path.Combine(_root, _copies.ToString(CultureInfo.InvariantCulture));

    private EmbeddedOptions Options => new() { Time = Clock, Shards = 4, SegmentBytes = 4096, LoadThreads = 1 };

    public override async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true);
        }
    }

    protected override async Task DisturbFurtherAsync(Disturbance what)
    {
        if (what.HasFlag(Disturbance.Sweep))
        {
            _store.Sweep();
        }

        if (what.HasFlag(Disturbance.Snapshot))
        {
            _store.WriteSnapshot();
        }

        if (what.HasFlag(Disturbance.Crash))
        {
            // Everything is on the disk then. The lock is not copied: the one of the lost store is held.
            await _store.FlushAsync(CancellationToken.None);
            string lost = Folder;
            _copies++;
            Directory.CreateDirectory(Folder);
            foreach (string file in Directory.GetFiles(lost).Where(file => Path.GetFileName(file) != "lock"))
            {
                using FileStream from = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                using FileStream to = File.Create(Path.Combine(Folder, Path.GetFileName(file)));
                from.CopyTo(to);
            }
        }

        if ((what & (Disturbance.Crash | Disturbance.Restart)) != Disturbance.None)
        {
            await _store.DisposeAsync();
            _store = EmbeddedWindowStore.Open(Folder, Options);
            UseAgain();
        }
    }
}
