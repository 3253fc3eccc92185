namespace Serving.NativeModels.Batching;

/// <summary>
/// Is told what batches do, for metrics. Called from several threads; must be quick and throw nothing.
/// </summary>
public interface IBatchObserver
{
    /// <summary>A run ended, well or not.</summary>
    /// <param name="calls">Calls in it.</param>
    /// <param name="rows">Rows of these calls.</param>
    /// <param name="size">Rows that ran: these and the filled ones.</param>
    /// <param name="waited">How long its first call had waited; zero of a call that did not wait.</param>
    /// <param name="ran">How long the model ran.</param>
    void OnRun(int calls, int rows, int size, TimeSpan waited, TimeSpan ran);

    /// <summary>A call was refused because too many waited.</summary>
    void OnRefused();

    /// <summary>A call's time ended while it waited, or while the batch ran that it was in.</summary>
    void OnExpired();
}
