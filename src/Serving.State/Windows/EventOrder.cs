namespace Serving.State.Windows;

/// <summary>Orders records by (time, id) (R42).</summary>
internal readonly struct EventOrder(RecordSet records) : IPlaceOrder
{
    public int Compare(int left, int right)
    {
        int order = records.Times[left].CompareTo(records.Times[right]);
        return order != 0
            ? order
            : records.CompareIds(
                records.Ids[left], records.IdTexts[left], records.Ids[right], records.IdTexts[right]);
    }
}
