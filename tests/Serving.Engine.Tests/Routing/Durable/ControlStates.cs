using Serving.Engine.Routing;
using Serving.Engine.Routing.Gates;

namespace Serving.Engine.Tests.Routing.Durable;

/// <summary>States and lines that have all there is.</summary>
internal static class ControlStates
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 30, 15, 250, TimeSpan.Zero);

    public static TrafficState Plain(string model, long generation) => new()
    {
        Model = model,
        Generation = generation,
        Stable = 7,
        Split = TrafficState.NoShares.Add(7, 10_000),
    };

    public static TrafficState Full => Plain("card-fraud", 12) with
    {
        By = "card",
        Split = TrafficState.NoShares.Add(7, 9_487).Add(8, 513),
        Shadow = TrafficState.NoShares.Add(9, 1),
        Canary = 8,
        Previous = 6,
        PreviousUntil = Now.AddMinutes(10),
        Plan = new CanaryPlan(
            8, [1, 513, 10_000], 1, TimeSpan.FromSeconds(90), IsHeld: false, Now,
            new GateOptions
            {
                Drift = null,
                Latency = new(TimeSpan.FromMicroseconds(750), 0.1, 7, TimeSpan.FromHours(1)),
            }),
        Guard = new TrafficGuard(7, 6, Now, Now.AddMinutes(5), new GateOptions { Errors = null, Missing = null }),
        Pending = new Publication(10, PublicationKind.Shadow, 25, [10_000], TimeSpan.Zero, new GateOptions()),
        Dropped = [1, 2],
        Loaded = [10],
        Last = new TrafficAct(
            "rollback", Now, "gate", 8, 7,
            new GateReading(
                "missing", 0.1 + 0.2, 0.05, 1200, 1000, TimeSpan.FromMinutes(5), GateState.Broken, "amount"),
            "a \"reason\" with ,\"hash\":\" inside and \u017elu\u0165ou\u010dk\u00fd"),
    };

    public static ControlLine Line(TrafficState? table, string action = "publish") =>
        new(Now, "alice", action, table?.Model ?? "m", "req-1", table, table is null ? "Aborted: \"no\"" : "ok");
}
