namespace Serving.Cli.Simulation;

/// <summary>Why a payment is fraud. The order is that of <see cref="SimulationSummary.ByScenario"/>.</summary>
internal enum FraudScenario : byte
{
    /// <summary>The payment is genuine.</summary>
    None,

    /// <summary>A stolen card is used for some hours, in shops, for more than its owner spends.</summary>
    StolenCard,

    /// <summary>
    /// A terminal copies cards for some weeks; part of what is paid there is fraud of ordinary looks.
    /// </summary>
    CompromisedTerminal,

    /// <summary>
    /// Somebody else holds the account: a device never seen before, a far country, large amounts online.
    /// </summary>
    AccountTakeover,

    /// <summary>One device tries many cards with small amounts at one merchant; some of them are used later.</summary>
    CardTesting,

    /// <summary>One payment of many times the usual amount.</summary>
    HighAmount,
}
