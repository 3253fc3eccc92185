namespace Serving.State.Redis;

/// <summary>
/// Places for appends that may have to wait. A place is taken before an append is sent, so that one that is not
/// answered always finds room, and one that finds none was never sent: the count of lost ones is exact.
/// </summary>
internal sealed class QueueBound(int max, RedisStatus status)
{
    /// <summary>Takes a place for each record; false when there are not as many.</summary>
    public bool TryTake(RedisAccess access)
    {
        // Exchanges and drains of all threads meet here.
        if (Interlocked.Add(ref status.Reserved, access.Weight) > max)
        {
            Interlocked.Add(ref status.Reserved, -access.Weight);
            return false;
        }

        access.HoldsPlace = true;
        return true;
    }

    /// <summary>Gives the places of an access back, if it has some.</summary>
    public void Release(RedisAccess access)
    {
        if (access.HoldsPlace)
        {
            access.HoldsPlace = false;
            Interlocked.Add(ref status.Reserved, -access.Weight);
        }
    }
}
