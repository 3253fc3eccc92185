namespace Serving.Engine.Predictions.Replays;

/// <summary>The bytes of a blob in one epoch, as far as they could be rebuilt.</summary>
internal sealed class EpochBytes
{
    // Readers may load whole words behind a blob's end.
    private const int Slack = 16;

    private readonly List<int> _ends = [];
    private byte[] _bytes;

    /// <summary>Begins with the bytes that the epoch begins with.</summary>
    public EpochBytes(byte[] start)
    {
        _bytes = new byte[start.Length + Slack];
        start.CopyTo(_bytes, 0);
        Length = start.Length;
    }

    /// <summary>Length of the blob at the epoch's end.</summary>
    public int Length { get; private set; }

    /// <summary>Length up to which every byte is known; what lies behind is lost.</summary>
    public int KnownLength { get; private set; } = int.MaxValue;

    /// <summary>
    /// Length from which bytes stand that fit the lengths but may be others: appends that waited for the store.
    /// </summary>
    public int GuessedFrom { get; private set; } = int.MaxValue;

    /// <summary>Lengths at which records of this epoch end, ascending.</summary>
    public IReadOnlyList<int> Ends => _ends;

    /// <summary>
    /// What the bytes hold beside the pieces of this epoch: history, earlier epochs, appends that had waited.
    /// </summary>
    public HashSet<KeyAppend> Started { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether the epoch's first bytes are known.</summary>
    public bool IsKnown(int length) => length <= KnownLength && length <= Length;

    /// <summary>The first bytes. REQUIRES: they are known.</summary>
    public ReadOnlySpan<byte> Prefix(int length) => _bytes.AsSpan(0, length);

    /// <summary>Appends bytes and notes that a record ends there.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        Reserve(Length + bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        _ends.Add(Length);
    }

    /// <summary>Notes that what is added from a length on is a guess.</summary>
    public void Guess(int from) => GuessedFrom = Math.Min(GuessedFrom, from);

    /// <summary>Notes that nothing is known from here up to a length.</summary>
    public void Lose(int length)
    {
        KnownLength = Math.Min(KnownLength, Length);
        Reserve(length);
        Length = length;
    }

    private void Reserve(int length)
    {
        if (length + Slack > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(length + Slack, _bytes.Length * 2));
        }
    }
}
