using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Amazon.S3;
using Amazon.S3.Model;
using Serving.Cli.Tests.Running;
using Serving.EndToEnd.Tests.Fixtures;

namespace Serving.EndToEnd.Tests.Admin;

/// <summary><c>bundles sync</c> against a real S3 server, which checks signatures.</summary>
public sealed class BundleSyncTests : IAsyncLifetime
{
    private const string Bucket = "models";

    private readonly ModelFolder _folder = new();
    private Process? _server;
    private AmazonS3Client? _client;
    private string _endpoint = "";

    public async ValueTask InitializeAsync()
    {
        string gateway = TestTools.Find("versitygw", "s3");
        int port = FreePort();
        _endpoint = $"http://127.0.0.1:{port}";
        string data = Directory.CreateDirectory(Path.Combine(_folder.Root, "store")).FullName;
        var start = new ProcessStartInfo(gateway, ["--port", $"127.0.0.1:{port}", "posix", data])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ROOT_ACCESS_KEY"] = "test";
        start.Environment["ROOT_SECRET_KEY"] = "testsecret";
        _server = Process.Start(start)!;
        _server.OutputDataReceived += (_, _) => { };
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", "test");
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", "testsecret");
        _client = new AmazonS3Client(new AmazonS3Config
        {
            ServiceURL = _endpoint,
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            MaxErrorRetry = 0,
        });
        using var patience = new CancellationTokenSource(Patience.Longest);
        while (true)
        {
            try
            {
                await _client.PutBucketAsync(Bucket, patience.Token);
                return;
            }
            catch (Exception exception) when (exception is HttpRequestException or AmazonS3Exception)
            {
                await Task.Delay(100, patience.Token);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_server is not null)
        {
            _server.Kill();
            _server.WaitForExit();
            _server.Dispose();
        }

        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Sync_CopiesCompleteBundlesOnlyAndNoneTwice()
    {
        await PutAsync("pay", "prod/pay/1", _ => true);
        await PutAsync("multi", "prod/multi/1", name => name != "manifest.json");
        await PutAsync("pay", "prod/pay/07", _ => true);
        await PutAsync("pay", "other/pay/1", _ => true);
        await PutAsync("pay", "prod/wrong/1", _ => true);
        string target = Path.Combine(_folder.Root, "copied");
        string[] command = ["bundles", "sync", "--from", $"s3://{Bucket}/prod", "--to", target, "--endpoint", _endpoint,
            "--json"];

        CommandRun first = await CommandRun.DoneAsync(command);
        Assert.Equal(
            "pay", first.Json.GetProperty("copied").EnumerateArray().Single().GetProperty("model").GetString());
        Assert.Equal(
            ["multi", "wrong"],
            first.Json.GetProperty("incomplete").EnumerateArray().Select(one => one.GetProperty("model").GetString()));
        Assert.Equal(["pay"], Directory.EnumerateDirectories(target).Select(Path.GetFileName));
        (await CommandRun.OfAsync("bundle", "verify", Path.Combine(target, "pay", "1"))).Expect(0);

        await PutAsync("multi", "prod/multi/1", name => name == "manifest.json");
        CommandRun second = await CommandRun.DoneAsync(command);
        Assert.Equal(1, second.Json.GetProperty("present").GetInt32());
        Assert.Equal(
            "multi", second.Json.GetProperty("copied").EnumerateArray().Single().GetProperty("model").GetString());
        Assert.DoesNotContain(
            Directory.EnumerateFileSystemEntries(target, "*", SearchOption.AllDirectories),
            path => Path.GetFileName(path).StartsWith('.'));
    }

    [Fact]
    public async Task Sync_OfABundleWithOtherBytes_LeavesItOut()
    {
        await PutAsync("pay", "prod/pay/1", _ => true);
        await _client!.PutObjectAsync(new PutObjectRequest
        {
            BucketName = Bucket, Key = "prod/pay/1/linear.json", ContentBody = "{}",
        });
        string target = Path.Combine(_folder.Root, "copied");
        CommandRun run = await CommandRun.DoneAsync(
            "bundles", "sync", "--from", $"s3://{Bucket}/prod", "--to", target, "--endpoint", _endpoint, "--json");
        Assert.Empty(run.Json.GetProperty("copied").EnumerateArray());
        Assert.Empty(Directory.EnumerateFileSystemEntries(target));
    }

    [Fact]
    public async Task Sync_OfABucketThatIsNotThere_EndsWithFour() =>
        (await CommandRun.OfAsync(
            "bundles", "sync", "--from", "s3://nobody/prod", "--to", Path.Combine(_folder.Root, "x"), "--endpoint",
            _endpoint)).Expect(Serving.Cli.CommandLine.ExitCode.Unreachable, "s3://nobody/prod/");

    private async Task PutAsync(string model, string prefix, Func<string, bool> isWanted)
    {
        string bundle = Path.Combine(_folder.Models, model, "1");
        foreach (string file in Directory.EnumerateFiles(bundle, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(bundle, file);
            if (isWanted(name))
            {
                await _client!.PutObjectAsync(new PutObjectRequest
                {
                    BucketName = Bucket, Key = $"{prefix}/{name}", FilePath = file,
                });
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
