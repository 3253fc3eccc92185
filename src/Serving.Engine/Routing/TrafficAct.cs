using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Routing;

/// <summary>What was done last to a model's traffic, by whom and why. Immutable.</summary>
/// <param name="Act">traffic, publish, promote, rollback, step, load, unload, delete, commit or expire.</param>
/// <param name="At">When.</param>
/// <param name="Actor">A token's name, <c>anonymous</c>, <c>gate</c> or <c>plan</c>.</param>
/// <param name="From">The version that lost, or 0.</param>
/// <param name="To">The version that won, or 0.</param>
/// <param name="Gate">The gate that broke, or null.</param>
/// <param name="Reason">In words; empty where the act says all.</param>
public sealed record TrafficAct(
    string Act, DateTimeOffset At, string Actor, long From, long To, GateReading? Gate = null, string Reason = "");
