using Serving.Protocol.V1;

namespace Serving.Server.Hosting;

/// <summary>Calls of one version through the server's own wire. Safe for use by several threads.</summary>
internal interface IWireLoad
{
    /// <summary>Calls one after another.</summary>
    /// <param name="client">The gRPC port.</param>
    /// <param name="http">The http port.</param>
    /// <param name="stream">Number of this caller; each begins with another sample.</param>
    /// <param name="end">Timestamp behind which no call begins.</param>
    /// <returns>How many calls were answered.</returns>
    /// <exception cref="global::Grpc.Core.RpcException">A call was refused.</exception>
    /// <exception cref="HttpRequestException">A call was refused.</exception>
    Task<long> RoundAsync(ScoringService.ScoringServiceClient client, HttpClient http, int stream, long end);
}
