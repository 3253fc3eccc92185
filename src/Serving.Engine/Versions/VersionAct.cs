namespace Serving.Engine.Versions;

/// <summary>What the policy wants done with a version.</summary>
internal enum VersionAct
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Load it.</summary>
    Load,

    /// <summary>Begin anew with the bundle that stands there now.</summary>
    Replace,

    /// <summary>Take it out of the table and let its requests end.</summary>
    Drain,

    /// <summary>Its requests have ended: give it back.</summary>
    Retire,

    /// <summary>Nobody wants it and nothing is loaded: forget it.</summary>
    Forget,
}
