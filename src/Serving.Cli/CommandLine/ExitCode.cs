namespace Serving.Cli.CommandLine;

/// <summary>What a command ends with; the numbers are a contract with scripts.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    /// <summary>A check did not hold: differences found, verification failed.</summary>
    public const int CheckFailed = 1;

    /// <summary>Wrong usage.</summary>
    public const int Usage = 2;

    /// <summary>Invalid input.</summary>
    public const int Input = 3;

    /// <summary>Something needed is not reachable or not writable.</summary>
    public const int Unreachable = 4;

    /// <summary>Our own fault.</summary>
    public const int Fault = 70;

    public const int Interrupted = 130;
}
