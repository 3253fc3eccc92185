using System.Collections.Immutable;

namespace Serving.Features.Explanation;

/// <summary>What a script computes and costs, known before anything runs. Immutable.</summary>
/// <param name="Name">The script's name.</param>
/// <param name="Version">The script's version.</param>
/// <param name="Zone">Its time zone.</param>
/// <param name="Fields">Fields of the request with their types.</param>
/// <param name="Items">Lets and feature members in the script's order.</param>
/// <param name="Operations">Operations of one row.</param>
/// <param name="Nanoseconds">Estimated time of one row.</param>
public sealed record ScriptExplanation(
    string Name,
    long Version,
    string Zone,
    ImmutableArray<string> Fields,
    ImmutableArray<FeatureExplanation> Items,
    int Operations,
    double Nanoseconds)
{
    /// <summary>What the windows keep and read: one for each event and key, each one read of a request.</summary>
    public ImmutableArray<LogExplanation> State { get; init; } = [];

    /// <summary>Greatest bytes that any key's state has (<see cref="LogExplanation.BoundBytes"/>).</summary>
    public long StateBytesPerKey => State.Select(log => log.BoundBytes).DefaultIfEmpty().Max();


    /// <summary>Explains a script.</summary>
    public static ScriptExplanation Of(FeatureScript script) => new ScriptExplainer(script).Explain();
}
