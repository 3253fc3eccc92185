namespace Serving.NativeModels.Batching;

/// <summary>Tells nobody.</summary>
internal sealed class SilentBatchObserver : IBatchObserver
{
    public static SilentBatchObserver Instance { get; } = new();

    public void OnRun(int calls, int rows, int size, TimeSpan waited, TimeSpan ran)
    {
    }

    public void OnRefused()
    {
    }

    public void OnExpired()
    {
    }
}
