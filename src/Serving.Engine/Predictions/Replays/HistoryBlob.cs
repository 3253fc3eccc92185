namespace Serving.Engine.Predictions.Replays;

/// <summary>
/// The events of a key as one raw blob in the order in which they became known: what offline runs see. Immutable.
/// </summary>
internal sealed class HistoryBlob
{
    private const int Slack = 16;

    private readonly byte[] _bytes;
    private readonly KeyAppend[] _appends;

    // _ends[i] is the length of the blob with the first i events.
    private readonly int[] _ends;

    /// <summary>Makes the blob; events known at one moment keep their order.</summary>
    public HistoryBlob(byte[] header, IEnumerable<KeyAppend> events)
    {
        _appends = [.. events.OrderBy(append => append.Known)];
        _ends = new int[_appends.Length + 1];
        _ends[0] = header.Length;
        for (int index = 0; index < _appends.Length; index++)
        {
            _ends[index + 1] = _ends[index] + _appends[index].Record.Length;
        }

        _bytes = new byte[_ends[^1] + Slack];
        header.CopyTo(_bytes, 0);
        for (int index = 0; index < _appends.Length; index++)
        {
            _appends[index].Record.CopyTo(_bytes, _ends[index]);
        }
    }

    /// <summary>Number of events.</summary>
    public int Count => _appends.Length;

    /// <summary>The blob with the first events; empty without any.</summary>
    public ReadOnlySpan<byte> First(int count) => count == 0 ? [] : _bytes.AsSpan(0, _ends[count]);

    /// <summary>The first events.</summary>
    public IReadOnlyList<KeyAppend> Appends(int count) => _appends[..count];

    /// <summary>How many events were known at a moment.</summary>
    public int CountKnown(long time)
    {
        int low = 0;
        int high = _appends.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_appends[middle].Known <= time)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
