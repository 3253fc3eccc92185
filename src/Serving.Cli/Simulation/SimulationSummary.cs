using System.Collections.Immutable;

namespace Serving.Cli.Simulation;

/// <summary>What a simulation wrote.</summary>
/// <param name="Payments">Rows of transactions.csv.</param>
/// <param name="Chargebacks">Rows of chargebacks.csv.</param>
/// <param name="ByScenario">Payments of each <see cref="FraudScenario"/>, the genuine ones first.</param>
internal sealed record SimulationSummary(long Payments, long Chargebacks, ImmutableArray<long> ByScenario)
{
    /// <summary>Payments that are fraud, reported or not.</summary>
    public long Frauds => Payments - ByScenario[(int)FraudScenario.None];
}
