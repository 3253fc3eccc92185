using System.Diagnostics.CodeAnalysis;
using Serving.Data;

namespace Serving.Features.Fitting;

/// <summary>
/// Bytes that all tables of one fit may hold together. Tables reserve before they grow; threads meet in one counter.
/// </summary>
internal sealed class MemoryBudget(long bytesMax)
{
    private long _used;

    /// <summary>Whether anything was refused.</summary>
    public bool IsExceeded { get; private set; }

    /// <summary>Bytes in use.</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes bytes for a feature's table.</summary>
    /// <exception cref="InputException">The data has more distinct values than the budget holds.</exception>
    public void Reserve(long bytes, string owner, long distinct)
    {
        if (Interlocked.Add(ref _used, bytes) > bytesMax)
        {
            Interlocked.Add(ref _used, -bytes);
            Refuse(owner, distinct);
        }
    }

    /// <summary>Refuses data that has more distinct values than can be counted.</summary>
    [DoesNotReturn]
    public void Refuse(string owner, long distinct)
    {
        IsExceeded = true;
        throw new InputException(new InputProblem(
            owner,
            $"more than {distinct} distinct values; the tables of all features would exceed {bytesMax} bytes",
            "fewer distinct values, since fitting counts each value exactly",
            "allow more memory, or round or bucket the value before the encoder"));
    }

    /// <summary>Gives bytes back.</summary>
    public void Release(long bytes) => Interlocked.Add(ref _used, -bytes);
}
