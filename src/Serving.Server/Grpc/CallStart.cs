namespace Serving.Server.Grpc;

/// <summary>When a request came; a feature of requests where models have deadlines of their own.</summary>
/// <param name="Timestamp">Timestamp of the server's clock.</param>
internal sealed record CallStart(long Timestamp);
