using Serving.Data.Numerics;

namespace Serving.Cli.Simulation;

/// <summary>
/// Random numbers that are the same on every machine and in every version: xoshiro256** 1.0 of Blackman and Vigna
/// (2018, public domain), its state filled by SplitMix64. Not safe for use by several threads; not for secrets.
/// </summary>
internal sealed class Xoshiro256
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;

    /// <summary>
    /// The second of the two normal numbers that one turn of the polar method makes; NaN when used up.
    /// </summary>
    private double _spareNormal = double.NaN;

    public Xoshiro256(ulong seed)
    {
        _s0 = SplitMix64(ref seed);
        _s1 = SplitMix64(ref seed);
        _s2 = SplitMix64(ref seed);
        _s3 = SplitMix64(ref seed);
    }

    /// <summary>A generator whose numbers have nothing to do with the ones that follow here.</summary>
    public Xoshiro256 Fork() => new(Next());

    public ulong Next()
    {
        ulong result = ulong.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = ulong.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), a multiple of 2^-53.</summary>
    public double NextUnit() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [0, bound). The bias is below bound / 2^64.</summary>
    public int NextBelow(int bound) => (int)Math.BigMul(Next(), (ulong)bound, out _);

    /// <summary>Uniform in [low, high].</summary>
    public int NextBetween(int low, int high) => low + NextBelow(high - low + 1);

    public bool NextChance(double probability) => NextUnit() < probability;

    /// <summary>Standard normal, by Marsaglia's polar method (1964).</summary>
    public double NextNormal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            double spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }

        double x;
        double y;
        double square;
        do
        {
            x = (2 * NextUnit()) - 1;
            y = (2 * NextUnit()) - 1;
            square = (x * x) + (y * y);
        }
        while (square >= 1 || square == 0);

        double scale = Math.Sqrt(-2 * PortableMath.Log(square) / square);
        _spareNormal = y * scale;
        return x * scale;
    }

    public double NextLogNormal(double mu, double sigma) => PortableMath.Exp(mu + (sigma * NextNormal()));

    public double NextExponential(double mean) => -mean * PortableMath.Log(1 - NextUnit());

    /// <summary>Poisson by Knuth's product method: its cost grows with the mean, which is small here.</summary>
    /// <param name="mean">Mean; above 30 it is split, so that exp does not vanish.</param>
    public int NextPoisson(double mean)
    {
        int count = 0;
        for (; mean > 30; mean -= 30)
        {
            count += PoissonBelow(PortableMath.Exp(-30));
        }

        return count + PoissonBelow(PortableMath.Exp(-mean));
    }

    private int PoissonBelow(double limit)
    {
        int count = 0;
        for (double product = NextUnit(); product > limit; product *= NextUnit())
        {
            count++;
        }

        return count;
    }

    private static ulong SplitMix64(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        ulong mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
