namespace Serving.NativeModels.Workers;

/// <summary>Is told what worker processes do, for metrics and the log. Must be quick and throw nothing.</summary>
public interface IWorkerObserver
{
    /// <summary>A worker has loaded its model and takes calls.</summary>
    /// <param name="processId">Its process.</param>
    /// <param name="took">From its start.</param>
    void OnReady(int processId, TimeSpan took);

    /// <summary>A worker is gone that nobody had ended.</summary>
    /// <param name="processId">Its process.</param>
    /// <param name="why">Its exit code or signal, or what it could not do, in one line.</param>
    /// <param name="callsLost">Calls that it had under way.</param>
    void OnDied(int processId, string why, int callsLost);
}
