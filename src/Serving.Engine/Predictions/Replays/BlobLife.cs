namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// One life of a key's blob: from its making, or from where a crash cut it, until it expires or is cut again. Its
/// epochs hold what records say was appended where.
/// </summary>
internal sealed class BlobLife
{
    private readonly SortedDictionary<uint, List<BlobPiece>> _pieces = [];
    private readonly SortedDictionary<uint, EpochBytes> _epochs = [];
    private readonly SortedDictionary<uint, int> _reads = [];
    private readonly List<KeyAccess> _readOnly = [];

    /// <summary>Compactions of this life, by the epoch that they made.</summary>
    public SortedDictionary<uint, RecordLine> Compactions { get; } = [];

    /// <summary>Why the life before this one ended: cut by a crash, or expired.</summary>
    public bool IsCut { get; init; }

    /// <summary>Epochs that records tell of, ascending.</summary>
    public IEnumerable<uint> Epochs => _reads.Keys.Union(_pieces.Keys).Union(Compactions.Keys).Order();

    /// <summary>Whether nothing is known of it.</summary>
    public bool IsEmpty => _pieces.Count == 0 && _reads.Count == 0;

    /// <summary>Greatest epoch and length that something appended up to.</summary>
    public (uint Epoch, int Length) End => _pieces.Count == 0
        ? (0, 0)
        : (_pieces.Last().Key, _pieces.Last().Value.Max(piece => piece.End));

    /// <summary>Notes an access; false where it overlaps what another one appended, which cannot be.</summary>
    public bool TryAdd(KeyAccess access)
    {
        uint epoch = access.Entry.Epoch;
        if (access.IsPlaced && access.Append is not null)
        {
            List<BlobPiece> pieces = PiecesOf(epoch);
            var piece = new BlobPiece(access.Entry.Read, access.Entry.After, access.Append);
            if (pieces.Exists(other => other.Start < piece.End && piece.Start < other.End))
            {
                return false;
            }

            pieces.Add(piece);
        }

        if (!access.IsPlaced)
        {
            _readOnly.Add(access);
        }

        _reads[epoch] = _reads.TryGetValue(epoch, out int least)
            ? Math.Min(least, access.Entry.Read)
            : access.Entry.Read;
        access.Life = this;
        return true;
    }

    /// <summary>The life that goes on where a crash left this one: what lies behind a length is gone.</summary>
    public BlobLife CutAt(uint epoch, int length)
    {
        var rest = new BlobLife { IsCut = true };
        foreach ((uint at, List<BlobPiece> pieces) in _pieces.Where(pair => pair.Key <= epoch))
        {
            BlobPiece[] kept = [.. pieces.Where(piece => at < epoch || piece.End <= length)];
            if (kept.Length > 0)
            {
                rest.PiecesOf(at).AddRange(kept);
            }
        }

        foreach ((uint at, int least) in _reads.Where(pair => pair.Key <= epoch))
        {
            rest._reads[at] = at == epoch ? Math.Min(least, length) : least;
        }

        foreach ((uint at, RecordLine folded) in Compactions.Where(pair => pair.Key <= epoch))
        {
            rest.Compactions[at] = folded;
        }

        return rest;
    }

    /// <summary>Pieces of an epoch by their places.</summary>
    public IReadOnlyList<BlobPiece> PiecesInOrder(uint epoch) =>
        _pieces.TryGetValue(epoch, out List<BlobPiece>? pieces) ? [.. pieces.OrderBy(piece => piece.Start)] : [];

    /// <summary>Accesses to an epoch that appended nothing, by the length that they read.</summary>
    public IReadOnlyList<KeyAccess> ReadOnly(uint epoch) =>
        [.. _readOnly.Where(access => access.Entry.Epoch == epoch).OrderBy(access => access.Entry.Read)];

    /// <summary>Least length that an access read in an epoch; null where none is known.</summary>
    public int? LeastRead(uint epoch) => _reads.TryGetValue(epoch, out int least) ? least : null;

    /// <summary>The rebuilt bytes of an epoch; null before they are set.</summary>
    public EpochBytes? BytesOf(uint epoch) => _epochs.GetValueOrDefault(epoch);

    /// <summary>Sets the rebuilt bytes of an epoch.</summary>
    public void SetBytes(uint epoch, EpochBytes bytes) => _epochs[epoch] = bytes;

    /// <summary>Whether an append had entered the blob by an access of this life.</summary>
    public bool Holds(KeyAppend append, in StateEntry access)
    {
        foreach ((uint epoch, List<BlobPiece> pieces) in _pieces)
        {
            int limit = epoch < access.Epoch ? int.MaxValue : epoch == access.Epoch ? access.Read : 0;
            if (pieces.Exists(piece => ReferenceEquals(piece.Append, append) && piece.End <= limit))
            {
                return true;
            }
        }

        return _epochs.GetValueOrDefault(access.Epoch)?.Started.Contains(append) == true;
    }

    private List<BlobPiece> PiecesOf(uint epoch)
    {
        if (!_pieces.TryGetValue(epoch, out List<BlobPiece>? pieces))
        {
            pieces = [];
            _pieces[epoch] = pieces;
        }

        return pieces;
    }
}
