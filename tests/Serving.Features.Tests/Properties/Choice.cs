using CsCheck;

namespace Serving.Features.Tests.Properties;

/// <summary>Draws from CsCheck's generator of random numbers, the same on every machine for one seed.</summary>
internal sealed class Choice(ulong seed)
{
    private readonly PCG _random = new(1, seed);

    /// <summary>0 .. bound - 1.</summary>
    public int Below(int bound) => (int)_random.Next((uint)bound);

    public long Long() => (long)_random.Next64();

    public bool OneIn(int count) => Below(count) == 0;

    public T Of<T>(params ReadOnlySpan<T> items) => items[Below(items.Length)];

    /// <summary>One of the makers, called.</summary>
    public T Make<T>(params ReadOnlySpan<Func<T>> makers) => Of(makers)();
}
