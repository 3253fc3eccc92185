namespace Serving.State;

/// <summary>
/// Remembers beside the blobs when the history of each log begins, as long as the blobs last. Safe for use by several
/// threads.
/// </summary>
/// <remarks>
/// A log is known by a hash of its set and its schema. No method is for the request path; each may wait for a disk or a
/// network, and throws <see cref="IOException"/> where the store does not answer: then nothing is known, and the caller
/// asks again later.
/// </remarks>
public interface IHistoryNotes
{
    /// <summary>When a log's history begins; null where it was never noted.</summary>
    /// <exception cref="IOException">The store does not answer.</exception>
    ValueTask<LogHistory?> HistoryOfAsync(ulong log, CancellationToken cancellation);

    /// <summary>
    /// Notes a log's history and returns what stands behind it: of two notes the earlier begin, durable where blobs
    /// are.
    /// </summary>
    /// <exception cref="IOException">The store does not answer, or cannot write it.</exception>
    ValueTask<LogHistory> NoteHistoryAsync(ulong log, LogHistory history, CancellationToken cancellation);

    /// <summary>Forgets a log's history: nobody appends its events any more.</summary>
    /// <exception cref="IOException">The store does not answer, or cannot write it.</exception>
    ValueTask ForgetHistoryAsync(ulong log, CancellationToken cancellation);
}
