using System.Collections.Immutable;

namespace Serving.NativeModels.Workers;

/// <summary>How worker processes are started and watched. Immutable.</summary>
public sealed record WorkerOptions
{
    /// <summary>
    /// The program that becomes a worker when it is given <see cref="Arguments"/> and a socket's path.
    /// </summary>
    public required string Program { get; init; }

    /// <summary>Arguments before the socket's path, as a rule the name of the command.</summary>
    public ImmutableArray<string> Arguments { get; init; } = [];

    /// <summary>Variables of our environment that a worker does not get: what a model must not know.</summary>
    public ImmutableArray<string> HiddenVariables { get; init; } = [];

    /// <summary>
    /// Whether a second process waits without a model, its runtime loaded, to take a dead one's place: what it does
    /// not have to do any more is most of a start.
    /// </summary>
    public bool KeepsSpare { get; init; } = true;

    /// <summary>Calls that a worker runs at one time; more wait.</summary>
    public int Slots { get; init; } = 2;

    /// <summary>How long a worker may take to start and to load its model.</summary>
    public TimeSpan LoadTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// A call that has not ended so long after its own time was up is taken for a hang, and its worker is killed.
    /// </summary>
    public TimeSpan HangTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Waiting before the second start that follows a worker which never answered; doubles with each.
    /// </summary>
    public TimeSpan BackOff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest waiting between two starts.</summary>
    public TimeSpan BackOffMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Where sockets and copies of models are made, each in a folder of its own that only we may read.
    /// </summary>
    public string TemporaryFolder { get; init; } = Path.GetTempPath();

    /// <summary>How long to wait after so many workers in a row that died before they answered a call.</summary>
    public TimeSpan DelayAfter(int deadWithoutAnswer)
    {
        if (deadWithoutAnswer <= 1)
        {
            return TimeSpan.Zero;
        }

        double factor = 1L << Math.Min(deadWithoutAnswer - 2, 30);
        return TimeSpan.FromTicks((long)Math.Min(BackOffMax.Ticks, BackOff.Ticks * factor));
    }
}
