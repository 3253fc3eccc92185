namespace Serving.Server.Admin;

/// <summary>What the audit calls a path's act.</summary>
/// <param name="Name">Its name.</param>
internal sealed record AdminAction(string Name);
