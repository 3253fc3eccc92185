namespace Serving.Server.Admin;

/// <summary>What a caller of the admin API may do.</summary>
public enum AdminRole
{
    /// <summary>All but deleting versions and reading the audit.</summary>
    Operate = 0,

    /// <summary>Everything.</summary>
    Admin,
}
