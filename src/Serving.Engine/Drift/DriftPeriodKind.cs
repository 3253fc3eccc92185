namespace Serving.Engine.Drift;

/// <summary>How long a period of a report is; both begin at whole ones of UTC.</summary>
public enum DriftPeriodKind
{
    /// <summary>An hour.</summary>
    Hour,

    /// <summary>A day.</summary>
    Day,
}
