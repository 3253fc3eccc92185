using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Serving.Data;
using Serving.Server.Rows;
using Status = Google.Rpc.Status;

namespace Serving.Server;

/// <summary>
/// The one table from <see cref="ErrorCode"/> to a gRPC status and an HTTP status, for every wire of the server.
/// </summary>
internal static class StatusMapping
{
    /// <summary>When a caller that was shed may come again: after the requests that are under way.</summary>
    public static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    // A message travels in a header: bounded, whatever a request made it say.
    private const int MessageLengthMax = 2000;

    private static readonly ImmutableArray<Row> s_rows =
    [
        new(ErrorCode.None, StatusCode.OK, "OK", 200, "OK"),
        new(ErrorCode.Cancelled, StatusCode.Cancelled, "CANCELLED", 499, "The caller went away"),
        new(ErrorCode.InvalidArgument, StatusCode.InvalidArgument, "INVALID_ARGUMENT", 400, "The request is wrong"),
        new(ErrorCode.DeadlineExceeded, StatusCode.DeadlineExceeded, "DEADLINE_EXCEEDED", 504, "The deadline passed"),
        new(ErrorCode.NotFound, StatusCode.NotFound, "NOT_FOUND", 404, "Not found"),
        new(ErrorCode.ResourceExhausted, StatusCode.ResourceExhausted, "RESOURCE_EXHAUSTED", 429, "A limit is reached"),
        new(ErrorCode.FailedPrecondition, StatusCode.FailedPrecondition, "FAILED_PRECONDITION", 412, "Not now"),
        new(ErrorCode.Unimplemented, StatusCode.Unimplemented, "UNIMPLEMENTED", 501, "Not offered"),
        new(ErrorCode.Internal, StatusCode.Internal, "INTERNAL", 500, "Our own fault"),
        new(ErrorCode.Unavailable, StatusCode.Unavailable, "UNAVAILABLE", 503, "Not reachable at present"),
        new(ErrorCode.Aborted, StatusCode.Aborted, "ABORTED", 409, "Somebody else acted meanwhile"),
        new(ErrorCode.AlreadyExists, StatusCode.AlreadyExists, "ALREADY_EXISTS", 409, "Something else stands there"),
        new(ErrorCode.Unauthenticated, StatusCode.Unauthenticated, "UNAUTHENTICATED", 401, "Not known"),
        new(ErrorCode.PermissionDenied, StatusCode.PermissionDenied, "PERMISSION_DENIED", 403, "Not allowed"),
    ];

    /// <summary>The row of a code.</summary>
    public static Row Of(ErrorCode code) => s_rows[(int)code];

    /// <summary>The exception by which the gRPC library answers an error, with its details. Cold.</summary>
    /// <param name="code">What went wrong.</param>
    /// <param name="message">For people.</param>
    /// <param name="problems">What is wrong with the request's fields, or null.</param>
    public static RpcException ToException(ErrorCode code, string message, RequestProblems? problems = null)
    {
        string text = message.Length > MessageLengthMax ? message[..MessageLengthMax] + "..." : message;
        var status = new Status { Code = (int)Of(code).Grpc, Message = text };
        if (problems is { Count: > 0 })
        {
            var bad = new BadRequest();
            bad.FieldViolations.AddRange(problems.Shown.Select(problem =>
                new BadRequest.Types.FieldViolation { Field = problem.Place, Description = problem.What }));
            status.Details.Add(Any.Pack(bad));
        }

        if (code is ErrorCode.ResourceExhausted or ErrorCode.Unavailable)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(RetryAfter) }));
        }

        return status.ToRpcException();
    }

    /// <summary>What one code is on each wire.</summary>
    /// <param name="Code">The code.</param>
    /// <param name="Grpc">gRPC status.</param>
    /// <param name="Name">Name of the gRPC status, the <c>code</c> of a problem.</param>
    /// <param name="Http">HTTP status.</param>
    /// <param name="Title">Title of a problem (RFC 9457).</param>
    internal sealed record Row(ErrorCode Code, StatusCode Grpc, string Name, int Http, string Title);
}
