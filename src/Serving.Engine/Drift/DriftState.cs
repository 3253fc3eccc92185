namespace Serving.Engine.Drift;

/// <summary>How far a distribution is from its baseline.</summary>
public enum DriftState
{
    /// <summary>Nothing to look at.</summary>
    Ok,

    /// <summary>PSI from 0.1 on: to be looked at.</summary>
    Warn,

    /// <summary>PSI from 0.25 on: somebody is to be called.</summary>
    Page,
}
