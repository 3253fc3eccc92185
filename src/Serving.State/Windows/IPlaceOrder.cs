namespace Serving.State.Windows;

/// <summary>An order of places, as a struct so that sorting calls it directly.</summary>
internal interface IPlaceOrder
{
    /// <summary>Below, at or above 0 as the first place comes before, with or behind the second.</summary>
    int Compare(int left, int right);
}
