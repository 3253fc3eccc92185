using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;
using Serving.Server.Hosting;

namespace Serving.EndToEnd.Tests.Hosting;

public sealed class TlsTests
{
    [Fact]
    [SuppressMessage("Security", "MA0039", Justification = "The certificate was made a moment ago and is looked at.")]
    public async Task Start_WithACertificate_ServesBothPortsByTls()
    {
        using var folder = new ModelFolder();
        (string certificate, string key) = WriteCertificate(folder.Root);
        var output = new StringWriter();
        await using ServerHost host = await TestServer.StartAsync(
            folder, output, options => options with { TlsCertificate = certificate, TlsKey = key });
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, found, _, _) => found!.Subject == "CN=serving-test",
        };
        using GrpcChannel channel =
            GrpcChannel.ForAddress(host.GrpcAddress, new GrpcChannelOptions { HttpHandler = handler });
        using var http = new HttpClient(handler, disposeHandler: false) { BaseAddress = host.HttpAddress };

        ScoreResponse answer = await new ScoringService.ScoringServiceClient(channel).ScoreAsync(Samples.Request());

        Assert.Equal("pay", answer.Model);
        Assert.Equal("ok\n", await http.GetStringAsync(new Uri("/livez", UriKind.Relative)));
        Assert.Contains($"listening grpc https://127.0.0.1:{host.GrpcAddress.Port}", output.ToString());
    }

    private static (string Certificate, string Key) WriteCertificate(string folder)
    {
        using RSA rsa = RSA.Create(2048);
        var request =
            new CertificateRequest("CN=serving-test", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        string path = Path.Combine(folder, "tls.pem");
        string key = Path.Combine(folder, "tls.key");
        File.WriteAllText(path, certificate.ExportCertificatePem());
        File.WriteAllText(key, rsa.ExportPkcs8PrivateKeyPem());
        return (path, key);
    }
}
