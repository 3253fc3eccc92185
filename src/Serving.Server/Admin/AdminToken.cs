namespace Serving.Server.Admin;

/// <summary>A token as it is kept: never itself, only the hash of it. Immutable.</summary>
/// <param name="Name">Whose it is: the actor in the audit.</param>
/// <param name="Role">What it allows.</param>
/// <param name="Sha256">SHA-256 of its UTF-8 text.</param>
/// <param name="Created">When it was made.</param>
internal sealed record AdminToken(string Name, AdminRole Role, ReadOnlyMemory<byte> Sha256, DateTimeOffset Created);
