using System.Diagnostics.CodeAnalysis;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Serving.Server.Admin;

namespace Serving.Server.Hosting;

/// <summary>Kestrel's limits and the two ports. What each limit answers is listed in docs/security.md.</summary>
internal static class KestrelSetup
{
    // 431 to 33 KB of headers on HTTP/1.1 and to 64 KB of metadata on HTTP/2 (with Kestrel's default for one field the
    // latter would be a COMPRESSION_ERROR of the whole connection).
    private const int HeadersBytesMax = 33_000;
    private const int HeaderFieldBytesMax = 128 << 10;

    // Kestrel looks once a second: 408 comes within 5 s.
    private static readonly TimeSpan s_slowMax = TimeSpan.FromSeconds(3.5);
    private const double BytesPerSecondMin = 240;

    /// <summary>Sets limits and ports up: gRPC first, then HTTP, then the admin API.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The certificate lives as long as the ports.")]
    public static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = options.MessageSizeMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = HeadersBytesMax;
        kestrel.Limits.RequestHeadersTimeout = s_slowMax;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(BytesPerSecondMin, s_slowMax);
        kestrel.Limits.MaxConcurrentConnections = options.ConnectionsMax;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = HeaderFieldBytesMax;
        kestrel.Limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(30);
        kestrel.Limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(20);
        X509Certificate2? certificate = LoadCertificate(options);
        kestrel.Listen(options.Listen, options.GrpcPort, port => Set(port, HttpProtocols.Http2, certificate));
        kestrel.Listen(options.Listen, options.HttpPort, port => Set(port, HttpProtocols.Http1, certificate));
        kestrel.Listen(options.AdminAddress, options.AdminPortTaken, port =>
        {
            port.Use(next => connection =>
            {
                connection.Features.Set(AdminPort.Connection);
                return next(connection);
            });
            Set(port, HttpProtocols.Http1, certificate);
        });
    }

    [SuppressMessage(
        "Security", "CA5398", Justification = "The floor is the point: nothing below 1.2, whatever the system allows.")]
    private static void Set(ListenOptions port, HttpProtocols protocols, X509Certificate2? certificate)
    {
        port.Protocols = protocols;
        if (certificate is not null)
        {
            port.UseHttps(https =>
            {
                https.ServerCertificate = certificate;
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            });
        }
    }

    private static X509Certificate2? LoadCertificate(ServerOptions options)
    {
        if (options.TlsCertificate is not { } path)
        {
            return null;
        }

        return Path.GetExtension(path) is ".pfx" or ".p12"
            ? X509CertificateLoader.LoadPkcs12FromFile(path, options.TlsPassword)
            : X509Certificate2.CreateFromPemFile(path, options.TlsKey);
    }
}
