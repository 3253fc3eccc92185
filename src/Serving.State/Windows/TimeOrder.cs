namespace Serving.State.Windows;

/// <summary>Orders places by a number that stands there.</summary>
internal readonly ref struct TimeOrder(ReadOnlySpan<long> times) : IPlaceOrder
{
    private readonly ReadOnlySpan<long> _times = times;

    public int Compare(int left, int right) => _times[left].CompareTo(_times[right]);
}
