namespace Serving.Cli.Simulation;

/// <summary>
/// The payments of one day, in any order until they are sorted. Those that fall beyond its end are kept for the next
/// day. Memory is that of the busiest day.
/// </summary>
internal sealed class DayOfPayments
{
    public const int DayMs = 24 * 60 * 60 * 1000;

    private readonly List<Payment> _later = [];
    private Payment[] _payments = new Payment[1024];
    private ulong[] _keys = new ulong[1024];

    public int Count { get; private set; }

    public ref readonly Payment this[int index] => ref _payments[index];

    public void Add(in Payment payment)
    {
        if (payment.TimeOfDayMs >= DayMs)
        {
            _later.Add(payment);
            return;
        }

        if (Count == _payments.Length)
        {
            Array.Resize(ref _payments, Count * 2);
            Array.Resize(ref _keys, Count * 2);
        }

        // Time above, order of arrival below: no two keys are equal, so every sort gives the same order.
        _keys[Count] = ((ulong)payment.TimeOfDayMs << 32) | (uint)Count;
        _payments[Count++] = payment;
    }

    public void Sort() => Array.Sort(_keys, _payments, 0, Count);

    /// <summary>Forgets the day and takes up what was left over for the next.</summary>
    public void NextDay()
    {
        Count = 0;
        Payment[] carried = [.. _later];
        _later.Clear();
        foreach (Payment payment in carried)
        {
            Add(payment with { TimeOfDayMs = payment.TimeOfDayMs - DayMs });
        }
    }
}
