namespace Serving.Cli.StateTools;

/// <summary>Tells progress at once and in order, where <see cref="Progress{T}"/> leaves it to other threads.</summary>
internal sealed class SameThreadProgress(Action<long> report) : IProgress<long>
{
    public void Report(long value) => report(value);
}
