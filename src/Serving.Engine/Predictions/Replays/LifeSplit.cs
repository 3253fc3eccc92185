namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// Splits what happened to a key into lives of its blob. A new life begins where a blob was made again (it had
/// expired), and at the first access behind a start that was not clean, where the store lost its tail.
/// </summary>
internal sealed class LifeSplit(IReadOnlyList<KeyAccess> accesses, IReadOnlyList<RecordLine> compactions)
{
    private readonly List<RecordLine> _pending = [.. compactions];
    private BlobLife _life = new();

    /// <summary>Gives every access that the store answered its life.</summary>
    public void Run(List<BlobLife> lives)
    {
        lives.Add(_life);
        int session = 0;
        foreach (KeyAccess access in accesses.Where(access => access.Entry.Outcome == State.StateOutcome.Read))
        {
            TakeCompactions(access.Line.Order);
            if (access.Line.Session != session)
            {
                session = access.Line.Session;
                CutFor(session, lives);
            }

            bool isFirst = access.Entry is { Epoch: 0, Read: 0 } && access.IsPlaced;
            if (isFirst && !_life.IsEmpty && HasBegun(access.Entry.After))
            {
                Begin(new BlobLife(), lives);
            }

            if (!_life.TryAdd(access))
            {
                // Two appends at one place: the store lost something that nobody told. What it kept is not known.
                Begin(new BlobLife { IsCut = true }, lives);
                _life.TryAdd(access);
            }
        }

        TakeCompactions(int.MaxValue);
    }

    // The append of a concurrent request may be told before the one that made the blob, which then ends where it
    // begins.
    private bool HasBegun(int length) =>
        _life.End.Epoch > 0 || (_life.PiecesInOrder(0) is [var first, ..] && first.Start != length);

    private void CutFor(int session, List<BlobLife> lives)
    {
        // Lines of concurrent requests cross each other, so the least is meant; what was made again later does not
        // count.
        KeyAccess? first = null;
        foreach (KeyAccess access in accesses.Where(
            access => access.Line.Session == session && access.Entry.Outcome == State.StateOutcome.Read))
        {
            bool isMadeAgain = access.Entry is { Epoch: 0, Read: 0 } && access.IsPlaced;
            if (first is not null && isMadeAgain)
            {
                break;
            }

            bool isLess = first is null || (access.Entry.Epoch, access.Entry.Read).CompareTo(
                (first.Entry.Epoch, first.Entry.Read)) < 0;
            first = isLess ? access : first;
        }

        (uint, int) start = (first!.Entry.Epoch, first.Entry.Read);
        if (start.CompareTo(_life.End) < 0)
        {
            Begin(_life.CutAt(first.Entry.Epoch, first.Entry.Read), lives);
        }
    }

    private void Begin(BlobLife life, List<BlobLife> lives)
    {
        _life = life;
        lives.Add(life);
    }

    private void TakeCompactions(int before)
    {
        while (_pending.Count > 0 && _pending[0].Order < before)
        {
            _life.Compactions[_pending[0].Epoch] = _pending[0];
            _pending.RemoveAt(0);
        }
    }
}
