using System.Text.Json;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Clients;

/// <summary>Clients that are not ours, each against the real server.</summary>
public sealed class OtherClientTests(TestServer server) : IClassFixture<TestServer>
{
    private static readonly string s_protos = Path.Combine(SharedFiles.Repository, "src/Serving.Protocol/v1");
    private static readonly string s_python = Path.Combine(SharedFiles.Repository, "src/Serving.Client/python");

    [Fact]
    public async Task Grpcurl_ByReflection_ListsDescribesAndScores()
    {
        string grpcurl = TestTools.Find("grpcurl");
        string address = $"127.0.0.1:{server.GrpcPort}";

        (_, string list) = await TestTools.RunAsync(grpcurl, ["-plaintext", address, "list"]);
        (_, string methods) =
            await TestTools.RunAsync(grpcurl, ["-plaintext", address, "describe", "serving.v1.ScoringService"]);
        string request = Samples.Request().ToString();
        (int code, string answer) = await TestTools.RunAsync(
            grpcurl, ["-plaintext", "-d", request, address, "serving.v1.ScoringService/Score"]);
        (int health, string status) = await TestTools.RunAsync(
            grpcurl, ["-plaintext", "-d", """{"service":"pay"}""", address, "grpc.health.v1.Health/Check"]);

        Assert.Contains("serving.v1.ScoringService", list);
        Assert.Contains("grpc.health.v1.Health", list);
        Assert.Contains("rpc ScoreStream ( stream", methods);
        Assert.True(code == 0, answer);
        ScoreResponse expected = await server.Client.ScoreAsync(Samples.Request());
        Assert.Equal(expected.Score, JsonDocument.Parse(answer).RootElement.GetProperty("score").GetDouble());
        Assert.True(health == 0, status);
        Assert.Contains("SERVING", status);
    }

    [Fact]
    public async Task Ghz_OpenLoop_FailsNoCall()
    {
        (int code, string output) = await TestTools.RunAsync(
            TestTools.Find("ghz"),
            [
                "--insecure", "--import-paths", s_protos, "--proto", "serving.proto", "--call",
                    "serving.v1.ScoringService.Score",
                "-d", Samples.Request().ToString(), "-r", "200", "-n", "400", "--async", "-O", "json",
                    $"127.0.0.1:{server.GrpcPort}",
            ]);

        Assert.True(code == 0, output);
        JsonElement report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(400, report.GetProperty("count").GetInt32());
        Assert.Equal(400, report.GetProperty("statusCodeDistribution").GetProperty("OK").GetInt32());
    }

    [Fact]
    public async Task PythonExamples_OfBothWires_GiveTheSameScore()
    {
        const string Plugin = "/usr/bin/grpc_python_plugin";
        const string Python = "/usr/bin/python3";
        Assert.SkipWhen(
            !File.Exists(Plugin) || !File.Exists("/usr/bin/protoc"), "protobuf-compiler-grpc is not installed");
        (int absent, _) = await TestTools.RunAsync(Python, ["-c", "import grpc"]);
        Assert.SkipWhen(absent != 0, "python3-grpcio is not installed");
        string stubs = Directory.CreateDirectory(Path.Combine(server.Folder.Root, "stubs")).FullName;

        (int made, string error) = await TestTools.RunAsync(
            "/usr/bin/protoc",
            [$"-I{s_protos}", $"--python_out={stubs}", $"--grpc_out={stubs}", $"--plugin=protoc-gen-grpc={Plugin}",
                "serving.proto"]);
        Assert.True(made == 0, error);
        File.Copy(Path.Combine(s_python, "score_grpc.py"), Path.Combine(stubs, "score_grpc.py"));
        (int grpc, string byGrpc) = await TestTools.RunAsync(
            Python, [Path.Combine(stubs, "score_grpc.py"), $"127.0.0.1:{server.GrpcPort}", "pay", Samples.Json]);
        (int rest, string byRest) = await TestTools.RunAsync(
            Python, [Path.Combine(
                s_python, "score_rest.py"), server.Host.HttpAddress.ToString().TrimEnd('/'), "pay", Samples.Json]);
        (int bad, string refusal) = await TestTools.RunAsync(
            Python, [Path.Combine(stubs, "score_grpc.py"), $"127.0.0.1:{server.GrpcPort}", "nobody", "{}"]);

        Assert.True(grpc == 0, byGrpc);
        Assert.True(rest == 0, byRest);
        Assert.Equal(byGrpc, byRest);
        Assert.Equal(1, bad);
        Assert.Contains("NOT_FOUND", refusal);
    }

    // tests/run installs what tests/Serving.EndToEnd.Tests/node/package.json names; no test downloads it.
    [Fact]
    public async Task NodeClient_WithGrpcJs_Scores()
    {
        string modules = Path.Combine(
            SharedFiles.Repository, "tests", "Serving.EndToEnd.Tests", "node", "node_modules");
        Assert.SkipWhen(
            !Directory.Exists(Path.Combine(modules, "@grpc", "grpc-js")),
            "tests/Serving.EndToEnd.Tests/node holds no @grpc/grpc-js (npm ci there)");
        string script = Path.Combine(server.Folder.Root, "score.js");
        await File.WriteAllTextAsync(script, $$"""
            const grpc = require('{{modules}}/@grpc/grpc-js');
            const loader = require('{{modules}}/@grpc/proto-loader');
            const loaded = loader.loadSync('{{s_protos}}/serving.proto', { keepCase: false, longs: String });
            const service = grpc.loadPackageDefinition(loaded).serving.v1.ScoringService;
            const client = new service('127.0.0.1:{{server.GrpcPort}}', grpc.credentials.createInsecure());
            client.score({{Samples.Request()}}, (error, answer) => {
              if (error) { console.error(error); process.exit(1); }
              console.log(answer.score);
              client.close();
            });
            """);

        (int code, string output) = await TestTools.RunAsync("node", [script]);

        Assert.True(code == 0, output);
        Assert.Equal((await server.Client.ScoreAsync(Samples.Request())).Score, double.Parse(output));
    }
}
