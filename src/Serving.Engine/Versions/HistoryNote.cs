using Serving.Data.Windows;
using Serving.State;

namespace Serving.Engine.Versions;

/// <summary>What the store said last about the history of one log. Used under the version control's gate.</summary>
internal sealed class HistoryNote
{
    private Task<LogHistory>? _asked;

    /// <summary>When the history begins; null where the store has not said it yet.</summary>
    public LogHistory? Known { get; private set; }

    /// <summary>Whether the store has answered, or failed to.</summary>
    public bool IsHeard { get; private set; }

    /// <summary>Whether the history is whole; it stays so while the log is kept.</summary>
    public bool IsWhole { get; set; }

    /// <summary>Asks the store, which notes a log that it does not know; takes an answer that has come.</summary>
    /// <param name="store">The store.</param>
    /// <param name="log">The log.</param>
    /// <param name="now">Now, which a new log's history begins with: its events are kept from here on.</param>
    /// <param name="wake">Is called when the first answer comes later.</param>
    public void Ask(IHistoryNotes store, ulong log, long now, Action wake)
    {
        _asked ??= AskAsync(store, log, now);
        if (!_asked.IsCompleted)
        {
            if (!IsHeard)
            {
                _ = _asked.ContinueWith(
                    (_, state) => ((Action)state!)(), wake, CancellationToken.None,
                    TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }

            return;
        }

        IsHeard = true;
        if (_asked.IsCompletedSuccessfully)
        {
            Known = _asked.Result;
        }
        else
        {
            // Whether the store is away is told by its own status; it is asked again at the next look.
            _ = _asked.Exception;
        }

        _asked = null;
    }

    /// <summary>For how long the history of a log must still grow; 0: it is whole.</summary>
    public long MissingMs(KeyedLog log, long now) =>
        Known is not { } known || (!known.IsFilled && log.HorizonMs < 0)
            ? long.MaxValue
            : known.IsFilled ? 0 : Math.Max(0, known.SinceMs + log.HorizonMs - now);

    private static async Task<LogHistory> AskAsync(IHistoryNotes store, ulong log, long now) =>
        await store.NoteHistoryAsync(log, new LogHistory(now, IsFilled: false), CancellationToken.None);
}
