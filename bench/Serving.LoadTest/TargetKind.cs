namespace Serving.LoadTest;

/// <summary>What is called.</summary>
internal enum TargetKind
{
    /// <summary>serving.v1.ScoringService/Score.</summary>
    Serving,

    /// <summary>
    /// grpc.testing.TestService/UnaryCall, the gRPC project's own interop server: the peer to compare with.
    /// </summary>
    Interop,

    /// <summary>POST /v1/score/MODEL.</summary>
    Rest,
}
