namespace Serving.Server.Admin;

/// <summary>An upload that is under way. Immutable.</summary>
/// <param name="Id">Its id, 32 hex digits.</param>
/// <param name="Size">Bytes of the whole.</param>
/// <param name="Sha256">SHA-256 of the whole, 64 lower-case hex digits.</param>
/// <param name="Offset">Bytes that are there.</param>
internal sealed record Upload(string Id, long Size, string Sha256, long Offset);
