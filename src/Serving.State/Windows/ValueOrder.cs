namespace Serving.State.Windows;

/// <summary>Orders records by the value of a column in any order that tells different values apart.</summary>
internal readonly struct ValueOrder(RecordSet records, int column, int columns, bool isText) : IPlaceOrder
{
    public int Compare(int left, int right)
    {
        long first = records.Slots[(left * columns) + column];
        long second = records.Slots[(right * columns) + column];

        // Texts are their bytes; a list's encoded form is the same for the same elements.
        return isText
            ? records.TextOf(first).SequenceCompareTo(records.TextOf(second))
            : first.CompareTo(second);
    }
}
