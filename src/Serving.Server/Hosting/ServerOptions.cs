using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Serving.Engine.Predictions.Log;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Durable;
using Serving.Models.Tensors;
using Serving.NativeModels.Hosting;
using Serving.Server.Admin;

namespace Serving.Server.Hosting;

/// <summary>
/// Everything that a server is told at start. Immutable. <see cref="OptionReader"/> makes one of a file, the
/// environment and the command line.
/// </summary>
public sealed record ServerOptions
{
    private const int AdminPortDefault = 8082;

    /// <summary>Folder <c>MODELS/&lt;model&gt;/&lt;version&gt;/</c> that is served.</summary>
    public required string Models { get; init; }

    /// <summary>Runtimes of tensor models; without any, bundles of such models fail to load.</summary>
    public ImmutableArray<IScorerFactory> Runtimes { get; init; } = [];

    /// <summary>TensorFlow's library or its folder; null: the loader's path.</summary>
    public string? TensorFlowLibrary { get; init; }

    /// <summary>
    /// Program and arguments that become a worker process when a socket's path follows; none: models with
    /// <c>isolation: process</c> fail to load.
    /// </summary>
    public ImmutableArray<string> WorkerCommand { get; init; } = [];

    /// <summary>How tensor models are hosted; a model may have its own in <see cref="TensorModels"/>.</summary>
    public NativeModelOptions TensorDefaults { get; init; } = TensorOptionReader.BuiltIn;

    /// <summary>How named tensor models are hosted.</summary>
    public ImmutableDictionary<string, NativeModelOptions> TensorModels { get; init; } =
        ImmutableDictionary<string, NativeModelOptions>.Empty;

    /// <summary>Where the state of windows is kept.</summary>
    public StateLocation State { get; init; } = StateLocation.Memory;

    /// <summary>Bounds of that store.</summary>
    public StateLimits StateLimits { get; init; } = new();

    /// <summary>File that receives one line for each answer; null for none.</summary>
    public string? Records { get; init; }

    /// <summary>Address to listen on. Off loopback only with <see cref="AllowAnonymous"/>.</summary>
    public IPAddress Listen { get; init; } = IPAddress.Loopback;

    /// <summary>Port of REST, health and metrics, HTTP/1.1; 0 takes a free one.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>Port of gRPC, HTTP/2 without upgrade; 0 takes a free one.</summary>
    public int GrpcPort { get; init; } = 8081;

    /// <summary>
    /// Port of the admin API, HTTP/1.1; 0 takes a free one. Null: 8082, or a free one where the other ports are free
    /// ones too.
    /// </summary>
    public int? AdminPort { get; init; }

    /// <summary>Whether callers from loopback need no token for the admin API.</summary>
    public bool AdminAnonymous { get; init; }

    /// <summary>Whether anybody who reaches the ports may call them.</summary>
    public bool AllowAnonymous { get; init; }

    /// <summary>Longest time that the server calls itself before it says ready; 0 for none.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Longest time of one row; null for 50 ms where the bundle has a fallback policy, and 1 s where it has none.
    /// </summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>Longest time of one row of single models, by name.</summary>
    public ImmutableDictionary<string, TimeSpan> ModelDeadlines { get; init; } =
        ImmutableDictionary<string, TimeSpan>.Empty;

    /// <summary>Longest time of a batch.</summary>
    public TimeSpan BatchDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most bytes of a message or a body, after decompression, in and out.</summary>
    public int MessageSizeMax { get; init; } = 4 << 20;

    /// <summary>Most rows of one request.</summary>
    public int RowsMax { get; init; } = 10_000;

    /// <summary>Most requests under way at once.</summary>
    public int ConcurrencyMax { get; init; } = 1024;

    /// <summary>Most requests that wait for a place.</summary>
    public int QueueMax { get; init; } = 256;

    /// <summary>Most connections of each port.</summary>
    public int ConnectionsMax { get; init; } = 10_000;

    /// <summary>How long requests are still taken after the server said that it is not ready any more.</summary>
    public TimeSpan DrainDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long requests under way may take to end after that.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Certificate, PEM or PKCS #12; without one the ports are plain.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>Private key of a PEM certificate.</summary>
    public string? TlsKey { get; init; }

    /// <summary>Password of a PKCS #12 file.</summary>
    public string? TlsPassword { get; init; }

    /// <summary>Whether reflection is offered.</summary>
    public bool Reflection { get; init; } = true;

    /// <summary>Whether <c>/openapi/v1.json</c> and its page <c>/scalar</c> are offered.</summary>
    public bool ApiPage { get; init; } = true;

    /// <summary>Whether answers are compared with their version's baseline.</summary>
    public bool Drift { get; init; } = true;

    /// <summary>Endpoint of an OTLP collector for traces, HTTP with protobuf; null for none.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Whether only versions that are named are loaded.</summary>
    public bool LoadsNamedOnly { get; init; }

    /// <summary>Folder of audit, tables, tokens and uploads; null: <c>.control</c> in the models folder.</summary>
    public string? Control { get; init; }

    /// <summary>How long the version that was stable before is kept Ready.</summary>
    public TimeSpan KeepPrevious { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most memory that all models together may hold.</summary>
    public MemoryLimit MemoryLimit { get; init; } = new(90, 0);

    /// <summary>Most bytes a second that all loads together read.</summary>
    public long LoadBandwidth { get; init; } = 100_000_000;

    /// <summary>Most bytes of an uploaded bundle.</summary>
    public long UploadLimit { get; init; } = 2L << 30;

    /// <summary>How versions come and go; a model may have its own in <see cref="ModelTraffic"/>.</summary>
    public TrafficOptions Traffic { get; init; } = new();

    /// <summary>How versions of named models come and go.</summary>
    public ImmutableDictionary<string, TrafficOptions> ModelTraffic { get; init; } =
        ImmutableDictionary<string, TrafficOptions>.Empty;

    /// <summary>Folder of the prediction log; null for none.</summary>
    public string? Log { get; init; }

    /// <summary>How answers are logged.</summary>
    public LogOptions LogOptions { get; init; } = new();

    /// <summary>File of the log's keys; null for none.</summary>
    public string? LogKeyFile { get; init; }

    /// <summary>A key of the log beside the file's; null for none.</summary>
    public string? LogKey { get; init; }

    /// <summary>Least level that is logged, to stderr.</summary>
    public string LogLevel { get; init; } = "Warning";

    /// <summary>The control folder.</summary>
    public string ControlFolder => Control ?? Path.Combine(Models, ControlFiles.DefaultFolder);

    /// <summary>The port of the admin API that is asked for.</summary>
    public int AdminPortTaken => AdminPort ?? (HttpPort == 0 || GrpcPort == 0 ? 0 : AdminPortDefault);

    /// <summary>
    /// The address of the admin API: that of the other ports, or loopback where it is off loopback and nobody has a
    /// token.
    /// </summary>
    public IPAddress AdminAddress =>
        IPAddress.IsLoopback(Listen) || TokenFile.HasAny(ControlFolder) ? Listen
        : Listen.AddressFamily == AddressFamily.InterNetworkV6 ? IPAddress.IPv6Loopback
        : IPAddress.Loopback;
}
