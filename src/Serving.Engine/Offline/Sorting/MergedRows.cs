namespace Serving.Engine.Offline.Sorting;

/// <summary>Several sorted runs as one: a binary heap of their next rows.</summary>
internal sealed class MergedRows : SortedRows
{
    private readonly SortedRows[] _all;
    private readonly SortedRows[] _heap;
    private int _count;
    private bool _hasBegun;

    /// <summary>Takes the runs over: they are disposed with it.</summary>
    public MergedRows(IReadOnlyCollection<SortedRows> runs)
    {
        _all = [.. runs];
        _heap = [.. runs];
    }

    public override long Key => _heap[0].Key;

    public override long Position => _heap[0].Position;

    public override ReadOnlySpan<byte> Row => _heap[0].Row;

    public override bool MoveNext()
    {
        if (!_hasBegun)
        {
            Begin();
        }
        else if (_count > 0 && !_heap[0].MoveNext())
        {
            _heap[0] = _heap[--_count];
            SiftDown(0);
        }
        else
        {
            SiftDown(0);
        }

        return _count > 0;
    }

    public override void Dispose()
    {
        foreach (SortedRows run in _all)
        {
            run.Dispose();
        }
    }

    private void Begin()
    {
        _hasBegun = true;
        foreach (SortedRows run in _all)
        {
            if (run.MoveNext())
            {
                _heap[_count++] = run;
            }
        }

        for (int place = (_count / 2) - 1; place >= 0; place--)
        {
            SiftDown(place);
        }
    }

    // Does nothing to an empty heap.
    private void SiftDown(int place)
    {
        while (true)
        {
            int child = (2 * place) + 1;
            if (child >= _count)
            {
                return;
            }

            if (child + 1 < _count && _heap[child + 1].IsBefore(_heap[child]))
            {
                child++;
            }

            if (!_heap[child].IsBefore(_heap[place]))
            {
                return;
            }

            (_heap[place], _heap[child]) = (_heap[child], _heap[place]);
            place = child;
        }
    }
}
