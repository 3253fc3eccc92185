namespace Serving.Engine.Tests.Windows;

/// <summary>
/// Holds a fold between its reading of a blob and its replacement, so that appends fall into this moment. Safe for use
/// by several threads.
/// </summary>
internal sealed class FoldGate : IDisposable
{
    // A store that has nothing to fold never comes; a case that fails must not hold its store for ever.
    private static readonly TimeSpan s_comes = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_stays = TimeSpan.FromSeconds(10);

    private readonly ManualResetEventSlim _open = new(initialState: true);
    private readonly ManualResetEventSlim _entered = new();

    /// <summary>Holds the next folds.</summary>
    public void Close()
    {
        _entered.Reset();
        _open.Reset();
    }

    /// <summary>Waits until a fold is held; whether one came.</summary>
    public bool WaitForFold() => _entered.Wait(s_comes);

    /// <summary>Lets all go on.</summary>
    public void Open() => _open.Set();

    /// <summary>Called by a fold that has read its blob.</summary>
    public void Pass()
    {
        _entered.Set();
        _open.Wait(s_stays);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _open.Dispose();
        _entered.Dispose();
    }
}
