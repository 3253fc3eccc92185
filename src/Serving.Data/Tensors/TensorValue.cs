namespace Serving.Data.Tensors;

/// <summary>
/// A named value that a tensor model answers: a tensor, a map, or a sequence of either. Kept and filled again from call
/// to call. Not safe for use by several threads.
/// </summary>
public sealed class TensorValue
{
    private readonly List<TensorValue> _items = [];
    private TensorBuffer? _keys;

    /// <summary>What it is.</summary>
    public TensorKind Kind { get; private set; }

    /// <summary>The tensor; of a map its values, [entries].</summary>
    public TensorBuffer Tensor { get; } = new();

    /// <summary>Keys of a map, [entries]: <see cref="TensorType.Int64"/> or <see cref="TensorType.Text"/>.</summary>
    public TensorBuffer Keys => _keys ??= new TensorBuffer();

    /// <summary>Items of a sequence.</summary>
    public int ItemCount { get; private set; }

    /// <summary>Begins a value; a sequence has no items then.</summary>
    public void Reset(TensorKind kind)
    {
        Kind = kind;
        ItemCount = 0;
    }

    /// <summary>An item of a sequence.</summary>
    public TensorValue Item(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ItemCount);
        return _items[index];
    }

    /// <summary>Adds an item to a sequence; what it held before is to be written anew.</summary>
    public TensorValue AddItem(TensorKind kind)
    {
        if (ItemCount == _items.Count)
        {
            _items.Add(new TensorValue());
        }

        TensorValue item = _items[ItemCount++];
        item.Reset(kind);
        return item;
    }
}
