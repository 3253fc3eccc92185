using System.Diagnostics;
using System.Globalization;

namespace Serving.Testing.Fuzzing;

/// <summary>
/// Feeds a parser with changed inputs: 20,000 in every build, 1,000,000 in the nightly job, or what SERVING_FUZZ says.
/// </summary>
public static class FuzzRun
{
    private const int EveryBuild = 20_000;
    private const int Nights = 1_000_000;

    /// <summary>Runs it; the first input that makes the parser throw is named.</summary>
    /// <param name="format">What is read.</param>
    /// <param name="corpus">Good inputs.</param>
    /// <param name="words">Words of the format.</param>
    /// <param name="parse">Reads one; true where it was taken. Throws nothing.</param>
    /// <returns>One line for the nightly table.</returns>
    public static string Of(
        string format, IReadOnlyList<byte[]> corpus, IReadOnlyList<string> words, Func<byte[], bool> parse)
    {
        int count = Nightly.Count(EveryBuild, Nights, "SERVING_FUZZ");
        var mutator = new Mutator(corpus, words, seed: 20261128);
        long start = Stopwatch.GetTimestamp();
        int taken = 0;
        for (int input = 0; input < count; input++)
        {
            byte[] bytes = mutator.Next();
            try
            {
                taken += parse(bytes) ? 1 : 0;
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException(
                    $"{format}: input {input} made the parser throw: {Convert.ToBase64String(bytes)}", exception);
            }
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"result: {format}: {count} inputs, {taken} taken, none threw, {Stopwatch.GetElapsedTime(start)}");
    }
}
