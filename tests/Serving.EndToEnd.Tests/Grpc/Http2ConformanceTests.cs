using System.Net;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Serving.EndToEnd.Tests.Fixtures;

namespace Serving.EndToEnd.Tests.Grpc;

/// <summary>
/// Kestrel stays the only parser of HTTP/2: h2spec finds nothing here that a bare Kestrel does not have.
/// </summary>
public sealed class Http2ConformanceTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task H2spec_AllCases_FailNoneThatABareKestrelPasses()
    {
        string h2spec = TestTools.Find("h2spec");
        await using WebApplication bare = await StartBareAsync();
        int barePort = new Uri(bare.Urls.Single()).Port;

        HashSet<string>[] failures = await Task.WhenAll(RunAsync(h2spec, server.GrpcPort), RunAsync(h2spec, barePort));
        string[] own = [.. failures[0].Except(failures[1])];
        if (own.Length > 0)
        {
            // Its cases wait two seconds at most: on a busy machine one may miss that once, not twice.
            own = [.. own.Intersect(await RunAsync(h2spec, server.GrpcPort))];
        }

        Assert.Empty(own);
    }

    private static async Task<WebApplication> StartBareAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, port => port.Protocols = HttpProtocols.Http2));
        builder.Services.AddRouting();
        WebApplication app = builder.Build();
        app.Run(context => context.Response.WriteAsync("""{"status":"alive"}"""));
        await app.StartAsync();
        return app;
    }

    private static async Task<HashSet<string>> RunAsync(string h2spec, int port)
    {
        string report = Path.GetTempFileName();
        try
        {
            (_, string output) = await TestTools.RunAsync(
                h2spec,
                ["-h", "127.0.0.1", "-p", $"{port}", "-j", report, "generic", "hpack", "http2"],
                TimeSpan.FromSeconds(100));
            XElement[] cases = [.. XDocument.Load(report).Descendants("testcase")];
            Assert.True(cases.Length > 140, output);
            return [.. cases.Where(IsFailed).Select(
                found => $"{found.Attribute("package")?.Value} {found.Attribute("classname")?.Value}")];
        }
        finally
        {
            File.Delete(report);
        }
    }

    private static bool IsFailed(XElement found) =>
        found.Elements().Any(child => child.Name.LocalName is "failure" or "error");
}
