using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Net.Client.Configuration;
using Serving.Protocol.V1;

namespace Serving.Client;

/// <summary>
/// Calls a server: one object for a program's life, its connections are reused. Every call has a deadline; what fails
/// with UNAVAILABLE is tried again within a budget, nothing else is. Safe for use by several threads.
/// </summary>
/// <remarks>
/// Errors are <see cref="RpcException"/>; <c>GetRpcStatus</c> of Grpc.StatusProto gives the fields that are wrong.
/// </remarks>
public sealed class ServingClient : IDisposable
{
    // A dead connection is noticed although nothing is sent; new ones are opened beyond 100 calls at once on one.
    private static readonly TimeSpan s_pingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_pingTimeout = TimeSpan.FromSeconds(10);

    private readonly GrpcChannel _channel;
    private readonly ServingClientOptions _options;
    private readonly ScoringService.ScoringServiceClient _scoring;

    /// <summary>Makes a client; the first call connects.</summary>
    /// <param name="server">The gRPC address, e.g. <c>http://127.0.0.1:8081</c>.</param>
    /// <param name="options">How to call; null for the defaults.</param>
    public ServingClient(Uri server, ServingClientOptions? options = null)
    {
        _options = options ?? new ServingClientOptions();
        _channel = GrpcChannel.ForAddress(server, ChannelOptionsOf(_options));
        _scoring = new ScoringService.ScoringServiceClient(_channel);
    }

    /// <summary>Scores one row by field names.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="row">The row.</param>
    /// <param name="deadline">Longest time; null for <see cref="ServingClientOptions.Deadline"/>.</param>
    /// <param name="cancellation">Gives the call up.</param>
    /// <exception cref="RpcException">The server refused it, or could not be reached within the deadline.</exception>
    public Task<ScoreResponse> ScoreAsync(
        string model, Row row, TimeSpan? deadline = null, CancellationToken cancellation = default) =>
        ScoreAsync(
            new ScoreRequest { Model = model, Row = row, Options = new Options { Language = _options.Language } },
            deadline,
            cancellation);

    /// <summary>Scores one row.</summary>
    /// <param name="request">The request.</param>
    /// <param name="deadline">Longest time; null for <see cref="ServingClientOptions.Deadline"/>.</param>
    /// <param name="cancellation">Gives the call up.</param>
    /// <exception cref="RpcException">The server refused it, or could not be reached within the deadline.</exception>
    public async Task<ScoreResponse> ScoreAsync(
        ScoreRequest request, TimeSpan? deadline = null, CancellationToken cancellation = default) =>
        await _scoring.ScoreAsync(request, CallOptionsOf(deadline ?? _options.Deadline, cancellation));

    /// <summary>Scores rows that share fields.</summary>
    /// <param name="request">The request.</param>
    /// <param name="deadline">Longest time; null for <see cref="ServingClientOptions.BatchDeadline"/>.</param>
    /// <param name="cancellation">Gives the call up.</param>
    /// <exception cref="RpcException">The server refused it, or could not be reached within the deadline.</exception>
    public async Task<ScoreBatchResponse> ScoreBatchAsync(
        ScoreBatchRequest request, TimeSpan? deadline = null, CancellationToken cancellation = default) =>
        await _scoring.ScoreBatchAsync(request, CallOptionsOf(deadline ?? _options.BatchDeadline, cancellation));

    /// <summary>
    /// Opens a stream whose answers come in the order of the requests. It has no deadline and is not repeated; dispose
    /// it.
    /// </summary>
    public AsyncDuplexStreamingCall<ScoreRequest, ScoreResponse> OpenStream(CancellationToken cancellation = default) =>
        _scoring.ScoreStream(new CallOptions(cancellationToken: cancellation));

    /// <summary>
    /// Scores one row without learning from it: windows are read as they are, and the row enters none of them.
    /// </summary>
    /// <param name="model">The model's name.</param>
    /// <param name="row">The row.</param>
    /// <param name="deadline">Longest time; null for <see cref="ServingClientOptions.Deadline"/>.</param>
    /// <param name="cancellation">Gives the call up.</param>
    /// <exception cref="RpcException">The server refused it, or could not be reached within the deadline.</exception>
    public Task<ScoreResponse> ScoreOnlyAsync(
        string model, Row row, TimeSpan? deadline = null, CancellationToken cancellation = default) =>
        ScoreAsync(
            new ScoreRequest
            {
                Model = model,
                Row = row,
                Options = new Options { ScoreOnly = true, Language = _options.Language },
            },
            deadline,
            cancellation);

    /// <summary>
    /// Brings events that are no requests; the answer counts them. It comes when the store has them; after
    /// UNAVAILABLE sending them again is harmless, which this client does within its budget.
    /// </summary>
    /// <param name="set">The name after <c>features</c> in the script.</param>
    /// <param name="eventName">The event.</param>
    /// <param name="rows">Its rows by field names.</param>
    /// <param name="deadline">Longest time; null for <see cref="ServingClientOptions.BatchDeadline"/>.</param>
    /// <param name="cancellation">Gives the call up.</param>
    /// <exception cref="RpcException">The server refused them, or could not be reached within the deadline.</exception>
    public async Task<IngestResponse> IngestAsync(
        string set,
        string eventName,
        IEnumerable<Row> rows,
        TimeSpan? deadline = null,
        CancellationToken cancellation = default)
    {
        var request = new IngestRequest { Set = set, Event = eventName };
        request.Rows.AddRange(rows);
        return await _scoring.IngestAsync(request, CallOptionsOf(deadline ?? _options.BatchDeadline, cancellation));
    }

    /// <summary>
    /// Opens a stream of events whose answers come in the order of the requests. It has no deadline and is not
    /// repeated; dispose it.
    /// </summary>
    public AsyncDuplexStreamingCall<IngestRequest, IngestResponse> OpenIngestStream(
        CancellationToken cancellation = default) =>
        _scoring.IngestStream(new CallOptions(cancellationToken: cancellation));

    /// <summary>The fields of a model's requests and the hash under which values by index are sent.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">Version, 0 for the one that serves.</param>
    /// <param name="cancellation">Gives the call up.</param>
    public async Task<Schema> GetSchemaAsync(
        string model, long version = 0, CancellationToken cancellation = default) =>
        await _scoring.GetSchemaAsync(
            new GetSchemaRequest { Model = model, Version = version },
            CallOptionsOf(_options.BatchDeadline, cancellation));

    /// <summary>Every version that the server knows.</summary>
    public async Task<IReadOnlyList<ModelStatus>> ListModelsAsync(CancellationToken cancellation = default) =>
        (await _scoring.ListModelsAsync(
            new ListModelsRequest(), CallOptionsOf(_options.BatchDeadline, cancellation))).Models;

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _channel.Dispose();

    private static CallOptions CallOptionsOf(TimeSpan deadline, CancellationToken cancellation) =>
        new(deadline: DateTime.UtcNow + deadline, cancellationToken: cancellation);

    [SuppressMessage("Reliability", "CA2000", Justification = "The channel disposes its handler.")]
    private static GrpcChannelOptions ChannelOptionsOf(ServingClientOptions options) => new()
    {
        HttpHandler = options.CreateHandler?.Invoke() ?? new SocketsHttpHandler
        {
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = s_pingDelay,
            KeepAlivePingTimeout = s_pingTimeout,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = options.MessageSizeMax,
        MaxSendMessageSize = options.MessageSizeMax,
        ServiceConfig = options.AttemptsMax > 1 ? RetriesOf(options) : null,
    };

    private static ServiceConfig RetriesOf(ServingClientOptions options) => new()
    {
        RetryThrottling = new RetryThrottlingPolicy
        {
            MaxTokens = options.RetryTokensMax,
            TokenRatio = options.RetryTokensPerSuccess,
        },
        MethodConfigs =
        {
            new MethodConfig
            {
                Names = { MethodName.Default },
                RetryPolicy = new RetryPolicy
                {
                    MaxAttempts = options.AttemptsMax,
                    InitialBackoff = options.FirstBackoff,
                    MaxBackoff = options.BackoffMax,
                    BackoffMultiplier = 2,
                    RetryableStatusCodes = { StatusCode.Unavailable },
                },
            },
        },
    };
}
