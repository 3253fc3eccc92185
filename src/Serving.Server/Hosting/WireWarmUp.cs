using System.Diagnostics.CodeAnalysis;
using System.Diagnostics;
using System.Net.Security;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.Logging;
using Serving.Protocol.V1;
using Serving.Server.Telemetry;

namespace Serving.Server.Hosting;

/// <summary>
/// Calls the server through its own real wire, all hot methods and REST, until the time per call settles: a fresh
/// server needs 24 us a call where a warm one needs 6, and the difference is code that is not optimised yet.
/// </summary>
internal sealed class WireWarmUp
{
    // One round is long enough to be told from noise. Four seconds without a better one are settled: after 0.75 s the
    // first calls behind ready still took 2.4 times as long as later ones.
    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(250);
    private const int SettledRounds = 16;
    private const double SettledRatio = 0.95;
    private const int StreamsAtOnce = 4;

    private readonly Uri _grpc;
    private readonly Uri _http;
    private readonly ILogger _logger;

    /// <summary>Makes the warm-up of a server's addresses.</summary>
    public WireWarmUp(Uri grpc, Uri http, ILogger logger)
    {
        _grpc = grpc;
        _http = http;
        _logger = logger;
    }

    /// <summary>Runs until the time per call settles, at most as long as is left.</summary>
    /// <param name="samples">Sample calls of each model.</param>
    /// <param name="longest">For all models together.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "The client disposes its handler.")]
    public async Task RunAsync(IReadOnlyList<IWireLoad> samples, TimeSpan longest)
    {
        if (samples.Count == 0 || longest <= TimeSpan.Zero)
        {
            return;
        }

        using var handler = new SocketsHttpHandler { SslOptions = OwnCertificate() };
        using GrpcChannel channel = GrpcChannel.ForAddress(_grpc, new GrpcChannelOptions { HttpHandler = handler });
        using var http =
            new HttpClient(new SocketsHttpHandler { SslOptions = OwnCertificate() }) { BaseAddress = _http };
        var client = new ScoringService.ScoringServiceClient(channel);
        long start = Stopwatch.GetTimestamp();
        long calls = 0;
        TimeSpan share = longest / samples.Count;
        foreach (IWireLoad load in samples)
        {
            long until = Stopwatch.GetTimestamp() + (long)(share.TotalSeconds * Stopwatch.Frequency);
            bool isLate;
            do
            {
                isLate = false;
                try
                {
                    calls += await SettleAsync(client, http, load, until);
                }
                catch (Exception exception) when (exception is RpcException or HttpRequestException)
                {
                    // The first calls of a busy machine miss the deadline of a row, which is what a warm-up is for. A
                    // sample that is refused is the bundle's matter; the server starts all the same.
                    isLate = IsLate(exception);
                    _logger.WarmUpEnded(exception.Message);
                }
            }
            while (isLate && Stopwatch.GetTimestamp() < until);
        }

        _logger.Warm(calls, Stopwatch.GetElapsedTime(start));
    }

    // The server's own certificate is not one that it trusts by name.
    [SuppressMessage("Security", "CA5359",
        Justification = "The server calls itself on loopback; its certificate names another host.")]
    private static SslClientAuthenticationOptions OwnCertificate() =>
        new() { RemoteCertificateValidationCallback = static (_, _, _, _) => true };

    private static bool IsLate(Exception exception) => exception is
        RpcException { StatusCode: StatusCode.DeadlineExceeded }
        or HttpRequestException { StatusCode: System.Net.HttpStatusCode.GatewayTimeout };

    private static async Task<long> SettleAsync(
        ScoringService.ScoringServiceClient client, HttpClient http, IWireLoad load, long until)
    {
        double best = double.MaxValue;
        int settled = 0;
        long calls = 0;
        while (settled < SettledRounds && Stopwatch.GetTimestamp() < until)
        {
            long end = Math.Min(until, Stopwatch.GetTimestamp() + (long)(s_round.TotalSeconds * Stopwatch.Frequency));
            long start = Stopwatch.GetTimestamp();
            long[] counts = await Task.WhenAll(
                Enumerable.Range(0, StreamsAtOnce).Select(stream => load.RoundAsync(client, http, stream, end)));
            double time = Stopwatch.GetElapsedTime(start).TotalSeconds / Math.Max(1, counts.Sum());
            calls += counts.Sum();
            settled = time < best * SettledRatio ? 0 : settled + 1;
            best = Math.Min(best, time);
        }

        return calls;
    }
}
