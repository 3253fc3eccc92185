namespace Serving.Data;

/// <summary>
/// Why a request was not answered with a score. One table, <c>Server/StatusMapping.cs</c>, turns a code into a gRPC
/// status and an HTTP status.
/// </summary>
public enum ErrorCode
{
    /// <summary>No error.</summary>
    None = 0,

    /// <summary>The caller went away.</summary>
    Cancelled,

    /// <summary>A field, value or parameter is wrong whatever the server's state.</summary>
    InvalidArgument,

    /// <summary>The deadline passed.</summary>
    DeadlineExceeded,

    /// <summary>No such model, version, set or event.</summary>
    NotFound,

    /// <summary>A limit on size, rate or concurrency is reached.</summary>
    ResourceExhausted,

    /// <summary>The request is right but not now, e.g. an outdated schema hash.</summary>
    FailedPrecondition,

    /// <summary>The server does not offer this.</summary>
    Unimplemented,

    /// <summary>Our own fault.</summary>
    Internal,

    /// <summary>Not reachable at present; sending again is harmless.</summary>
    Unavailable,

    /// <summary>Somebody else acted meanwhile; look again and decide anew.</summary>
    Aborted,

    /// <summary>Something else stands there already.</summary>
    AlreadyExists,

    /// <summary>The caller is not known.</summary>
    Unauthenticated,

    /// <summary>The caller is known and may not do this.</summary>
    PermissionDenied,
}
