using Serving.Engine.Pipeline;
using Serving.Engine.Routing;
using Serving.State;

namespace Serving.Engine.Versions;

/// <summary>
/// Decides when a loaded version is Ready: once its windows see all that they look back on. Until then it stays in
/// Warming, its windows are filled, and its reason says how far it is. Used under the version control's gate.
/// </summary>
/// <remarks>
/// The history of a log is whole when it begins at least the log's horizon ago, or when a backfill ran; that of a log
/// without a horizon only by a backfill. A version whose lacking logs are all kept by a Ready version of its model
/// knows as much as that one, so it waits for nothing. A model has a Ready version in any case: before the first, the
/// one whose history begins first serves; what was decided to serve before a restart serves on.
/// </remarks>
internal sealed class HistoryWatch
{
    private readonly IWindowStore? _store;
    private readonly TimeProvider _time;
    private readonly Action _wake;
    private readonly Dictionary<ulong, HistoryNote> _notes = [];

    /// <summary>Makes the watch of a store.</summary>
    /// <param name="store">The store; null where no version has windows.</param>
    /// <param name="time">The clock.</param>
    /// <param name="wake">Is called, on any thread, once the store answered what a version waits for.</param>
    public HistoryWatch(IWindowStore? store, TimeProvider time, Action wake)
    {
        _store = store;
        _time = time;
        _wake = wake;
    }

    /// <summary>Whether a version is loaded and waits to be Ready.</summary>
    public static bool IsWaiting(VersionHarness version) =>
        version is { State: VersionState.Warming, Served: not null };

    /// <summary>
    /// Makes Ready what need not wait, and says of the others how far they are. Whether any became Ready.
    /// </summary>
    /// <param name="versions">The versions of one model.</param>
    /// <param name="decided">What was decided about its traffic; null before the first act.</param>
    public bool Decide(List<VersionHarness> versions, TrafficState? decided)
    {
        bool isMoving = false;
        while (NextOf(versions, decided) is { } next)
        {
            next.MoveTo(VersionState.Ready, "", next.Served);
            isMoving = true;
        }

        foreach (VersionHarness version in versions.Where(IsWaiting))
        {
            version.Note(NoteOf(version));
        }

        return isMoving;
    }

    /// <summary>How far the history of a loaded version is; empty where it is whole.</summary>
    public string NoteOf(VersionHarness version)
    {
        long now = NowMs();
        (WindowLog Log, HistoryNote Note)[] lacking = [.. LackingOf(version, now).OrderByDescending(
            lack => lack.Note.MissingMs(lack.Log.Log, now))];
        return lacking.Length == 0
            ? ""
            : HistoryWords.Of(lacking[0].Log.Log, lacking[0].Note.Known, now, lacking.Length - 1);
    }

    /// <summary>
    /// Whether a version is not about to become Ready: nothing of it is under way, or its history takes its time.
    /// </summary>
    public bool IsSettled(VersionHarness version) =>
        version.State is not (VersionState.New or VersionState.Loading or VersionState.Warming)
        || (IsWaiting(version) && !IsUnheard(version));

    /// <summary>
    /// Forgets the history of what a version alone kept: from now on nobody fills it, so it would have a hole.
    /// </summary>
    /// <param name="version">The version that goes.</param>
    /// <param name="all">Every version of every model.</param>
    public void Forget(VersionHarness version, IEnumerable<VersionHarness> all)
    {
        IEnumerable<VersionHarness> kept = all.Where(other => other.State == VersionState.Ready || IsWaiting(other));
        HashSet<ulong> others = [.. kept.SelectMany(LogsOf).Select(log => log.Codec.History)];
        foreach (ulong log in LogsOf(version).Select(log => log.Codec.History).Where(log => !others.Contains(log)))
        {
            _notes.Remove(log);
            _ = ForgetAsync(log);
        }
    }

    private VersionHarness? NextOf(List<VersionHarness> versions, TrafficState? decided)
    {
        VersionHarness[] waiting = [.. versions.Where(IsWaiting)];
        if (waiting.Length == 0)
        {
            return null;
        }

        VersionHarness[] ready = [.. versions.Where(version => version.State == VersionState.Ready)];
        HashSet<ulong> shared = [.. ready.SelectMany(LogsOf).Select(log => log.Codec.History)];
        long now = NowMs();
        VersionHarness? next = Array.FindLast(waiting, version => Serves(decided, version.Location.Version)
            || LackingOf(version, now).TrueForAll(lack => shared.Contains(lack.Log.Codec.History)));
        bool mustWait = ready.Length > 0 || versions.Exists(IsComing)
            || (waiting.Length > 1 && Array.Exists(waiting, IsUnheard));
        return next is not null || mustWait
            ? next
            : waiting.OrderBy(version => BeginOf(version, now)).ThenByDescending(version => version.Location.Version)
                .First();
    }

    // Of versions that all lack something that which lacks it the shortest; unknown is worse than any.
    private long BeginOf(VersionHarness version, long now) =>
        LackingOf(version, now).Max(lack => lack.Note.Known?.SinceMs ?? long.MaxValue);

    // The store has not answered yet what is asked about a version.
    private bool IsUnheard(VersionHarness version) => LackingOf(version, NowMs()).Exists(lack => !lack.Note.IsHeard);

    // Its shares were given to it when it was Ready: a restart takes nothing away from it.
    private static bool Serves(TrafficState? decided, long version) => decided is not null
        && (version == decided.Stable || version == decided.Canary || version == decided.Previous
            || decided.ShareOf(version) > 0);

    private static bool IsComing(VersionHarness version) => version.Served is null
        && version.State is VersionState.New or VersionState.Loading or VersionState.Warming;

    private List<(WindowLog Log, HistoryNote Note)> LackingOf(VersionHarness version, long now)
    {
        List<(WindowLog, HistoryNote)> lacking = [];
        foreach (WindowLog log in LogsOf(version))
        {
            HistoryNote note = NoteOf(log.Codec.History);
            if (!note.IsWhole)
            {
                note.Ask(_store!, log.Codec.History, now, _wake);
                note.IsWhole = note.MissingMs(log.Log, now) == 0;
            }

            if (!note.IsWhole)
            {
                lacking.Add((log, note));
            }
        }

        return lacking;
    }

    private HistoryNote NoteOf(ulong log)
    {
        if (!_notes.TryGetValue(log, out HistoryNote? note))
        {
            _notes.Add(log, note = new HistoryNote());
        }

        return note;
    }

    private IEnumerable<WindowLog> LogsOf(VersionHarness version) =>
        _store is null || version.Served?.Pipeline.Windows is not { } windows ? [] : windows.Logs;

    private long NowMs() => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task ForgetAsync(ulong log)
    {
        try
        {
            await _store!.ForgetHistoryAsync(log, CancellationToken.None);
        }
        catch (IOException)
        {
            // A store that is away keeps the note. It is a few bytes, and wrong only if the same log comes back.
        }
    }
}
