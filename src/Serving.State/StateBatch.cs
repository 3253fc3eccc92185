namespace Serving.State;

/// <summary>
/// The accesses of one request, or of one batch of rows, to the store: one round trip. Reused: after warm-up nothing is
/// allocated. One owner at a time.
/// </summary>
/// <remarks>
/// Accesses are carried out in their order; two accesses to one key see each other's appends in that order.
/// </remarks>
public sealed class StateBatch
{
    /// <summary>
    /// Bytes behind the last answer that readers may load without looking (whole words at a blob's end).
    /// </summary>
    public const int Padding = 16;

    private StateAccess[] _accesses = new StateAccess[16];
    private byte[] _records = new byte[1024];
    private byte[] _answers = new byte[16384];
    private int _recordLength;
    private int _answerLength;

    /// <summary>Number of accesses.</summary>
    public int Count { get; private set; }

    /// <summary>
    /// Whether the appends must be durable when the exchange ends: logged and synced by the embedded folder, answered
    /// by Redis (events ingested). Otherwise they are by the next group commit.
    /// </summary>
    public bool MustBeDurable { get; set; }

    /// <summary>The accesses, to be read and answered by a store.</summary>
    public Span<StateAccess> Accesses => _accesses.AsSpan(0, Count);

    /// <summary>Empties the batch.</summary>
    public void Clear()
    {
        Count = 0;
        _recordLength = 0;
        _answerLength = 0;
        MustBeDurable = false;
    }

    /// <summary>Adds an access and returns its place; an empty record only reads.</summary>
    public int Add(in StateKey key, ulong schema, long lifetimeMs, ReadOnlySpan<byte> record)
    {
        if (Count == _accesses.Length)
        {
            Array.Resize(ref _accesses, Count * 2);
        }

        if (_recordLength + record.Length > _records.Length)
        {
            Array.Resize(ref _records, Math.Max(_records.Length * 2, _recordLength + record.Length));
        }

        record.CopyTo(_records.AsSpan(_recordLength));
        _accesses[Count] = new StateAccess
        {
            Key = key,
            Schema = schema,
            LifetimeMs = lifetimeMs,
            RecordOffset = _recordLength,
            RecordLength = record.Length,
        };
        _recordLength += record.Length;
        return Count++;
    }

    /// <summary>The record that an access appends.</summary>
    public ReadOnlySpan<byte> RecordOf(int access) =>
        _records.AsSpan(_accesses[access].RecordOffset, _accesses[access].RecordLength);

    /// <summary>
    /// Room for the state that an access reads; the store writes it. <see cref="Padding"/> bytes stand behind it.
    /// </summary>
    public Span<byte> Answer(int access, int length)
    {
        if (_answerLength + length + Padding > _answers.Length)
        {
            Array.Resize(ref _answers, Math.Max(_answers.Length * 2, _answerLength + length + Padding));
        }

        _accesses[access].StateOffset = _answerLength;
        _accesses[access].StateLength = length;
        _answerLength += length;
        return _answers.AsSpan(_accesses[access].StateOffset, length);
    }

    /// <summary>
    /// Answers every access with what another batch read of the same blob: the first access to a blob with its first,
    /// and so on. What the other did not ask is answered as missing, and asked of a third batch.
    /// </summary>
    /// <param name="other">The batch that was carried out.</param>
    /// <param name="unasked">Receives what the other did not ask, to be read alone; null for nobody.</param>
    public void AnswerFrom(StateBatch other, StateBatch? unasked)
    {
        if (AddAnswers(other) == Count)
        {
            return;
        }

        for (int access = 0; access < Count; access++)
        {
            ref StateAccess asked = ref _accesses[access];
            if (other.Find(asked, 0) < 0)
            {
                asked.Outcome = StateOutcome.Unavailable;
                unasked?.Add(asked.Key, asked.Schema, asked.LifetimeMs, []);
            }
        }
    }

    /// <summary>
    /// Answers the accesses whose blob another batch read, as it did; others stay as they are. Returns how many it
    /// answered.
    /// </summary>
    public int AddAnswers(StateBatch other)
    {
        // Both ask in the same order as a rule, so the search begins behind what was found last.
        int next = 0;
        int answered = 0;
        for (int access = 0; access < Count; access++)
        {
            int found = other.Find(_accesses[access], next);
            if (found < 0)
            {
                continue;
            }

            answered++;
            next = found + 1;
            ref readonly StateAccess source = ref other._accesses[found];
            _accesses[access].Outcome = source.Outcome;
            _accesses[access].Epoch = source.Epoch;
            _accesses[access].After = source.StateLength;
            other.StateOf(found).CopyTo(Answer(access, source.StateLength));
        }

        return answered;
    }

    /// <summary>The state before the append of an access; empty for an absent key.</summary>
    public ReadOnlySpan<byte> StateOf(int access) =>
        _answers.AsSpan(_accesses[access].StateOffset, _accesses[access].StateLength);

    private int Find(in StateAccess asked, int from)
    {
        for (int step = 0; step < Count; step++)
        {
            int access = (from + step) % Count;
            if (_accesses[access].Schema == asked.Schema && _accesses[access].Key == asked.Key)
            {
                return access;
            }
        }

        return -1;
    }
}
