using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine.Routing.Durable;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Admin;

/// <summary>
/// kill -9 at random points of splits, swaps and uploads: what was acknowledged is there after the restart, and nothing
/// is there by half. 20 times in every build, 200 in the nightly job, or as SERVING_KILLS
/// says.
/// </summary>
public sealed class ControlKillTests : IDisposable
{
    private const int Seed = 20261128;
    private const int PieceBytes = 200;

    private readonly ModelFolder _folder = new();
    private long _acknowledged;
    private long _nextVersion = 3;
    private (string Id, byte[] Bytes, long Offset)? _upload;

    private string Control => Path.Combine(_folder.Root, "control");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Server_KilledAtRandomPoints_HasTheTableOfTheLastWholeLine()
    {
        int kills = Nightly.Count(20, 200, "SERVING_KILLS");
        var random = new Random(Seed);
        _folder.Publish("pay", 2);
        int acts = 0;
        int commits = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            await using AdminProcess server = await AdminProcess.StartAsync(_folder.Models, Control);
            using var client = new HttpClient { BaseAddress = server.Admin, Timeout = Patience.Longest };
            await CheckAsync(client, server);

            // The kill comes while acts go on, whatever they are at.
            int left = random.Next(12);
            using var killing = new ManualResetEventSlim();
            Task killed = Task.Run(() =>
            {
                killing.Wait();
                server.Kill();
            });
            try
            {
                while (true)
                {
                    commits += await ActAsync(client, random) ? 1 : 0;
                    acts++;
                    if (left-- == 0)
                    {
                        killing.Set();
                    }
                }
            }
            catch (HttpRequestException)
            {
                await killed;
            }
        }

        await using AdminProcess last = await AdminProcess.StartAsync(_folder.Models, Control);
        using var lastClient = new HttpClient { BaseAddress = last.Admin };
        await CheckAsync(lastClient, last);
        Assert.True(acts > kills && commits > 0, $"{acts} acts, {commits} commits: nothing was tried");
    }

    private async Task CheckAsync(HttpClient client, AdminProcess server)
    {
        // The chain is whole, and the table is that of its last line.
        AuditVerification verified = AuditVerifier.Verify(Control is var folder && Directory.Exists(folder) ? folder
            : Directory.CreateDirectory(folder).FullName);
        Assert.True(verified.IsOk, verified.Problem);
        JsonElement table = await GetAsync(client, "/models/pay");
        long generation = table.GetProperty("generation").GetInt64();
        Assert.True(generation >= _acknowledged, $"generation {generation}, acknowledged {_acknowledged}");
        if (LastTable() is { } line)
        {
            foreach (string member in (string[])["generation", "split", "shadow", "labels", "by"])
            {
                Assert.Equal(line.GetProperty(member).GetRawText(), table.GetProperty(member).GetRawText());
            }
        }

        // No version is there by half, and none that lost its traffic came back by itself.
        Assert.All(
            table.GetProperty("versions").EnumerateArray(),
            version => Assert.NotEqual("Failed", version.GetProperty("state").GetString()));
        if (_upload is { } upload)
        {
            using HttpResponseMessage response = await client.GetAsync(At($"/uploads/{upload.Id}"));
            if (response.IsSuccessStatusCode)
            {
                long offset = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement
                    .GetProperty("offset").GetInt64();
                Assert.True(offset >= upload.Offset, $"offset {offset}, acknowledged {upload.Offset}");
                _upload = upload with { Offset = offset };
            }
            else
            {
                // Only a commit that was not answered takes an upload away, and leaves its version.
                Assert.True(
                    Directory.Exists(Path.Combine(_folder.Models, "pay", $"{_nextVersion - 1}")), server.Error);
                _upload = null;
            }
        }
    }

    private JsonElement? LastTable()
    {
        string path = Path.Combine(Control, ControlFiles.Audit);
        string? last = !File.Exists(path) ? null : File.ReadAllLines(path)
            .LastOrDefault(line => line.EndsWith('}') && !line.Contains("\"table\":null", StringComparison.Ordinal));
        return last is null ? null : JsonDocument.Parse(last).RootElement.GetProperty("table").Clone();
    }

    // Whether a version was committed.
    private async Task<bool> ActAsync(HttpClient client, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                int share = random.Next(1, 100);
                await ActAsync(
                    client, HttpMethod.Put, "/models/pay/traffic",
                    $$"""{"split": {"1": {{share}}, "2": {{100 - share}} } }""");
                return false;
            case 1:
                await ActAsync(
                    client, HttpMethod.Post, "/models/pay:publish",
                    $$"""{"version": {{random.Next(1, 3)}}, "as": "stable"}""");
                return false;
            default:
                return await UploadAsync(client);
        }
    }

    private async Task ActAsync(HttpClient client, HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, "/admin/v1" + path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await client.SendAsync(request);
        if (response.IsSuccessStatusCode)
        {
            JsonElement table = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            _acknowledged = table.GetProperty("generation").GetInt64();
        }
    }

    // One piece further; a whole upload is committed.
    private async Task<bool> UploadAsync(HttpClient client)
    {
        if (_upload is not { } upload)
        {
            byte[] bytes = await File.ReadAllBytesAsync(_folder.Pack("pay", _nextVersion, _nextVersion));
            var facts = new JsonObject
            {
                ["size"] = bytes.Length,
                ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            };
            using var body = new StringContent(facts.ToJsonString(), Encoding.UTF8, "application/json");
            using HttpResponseMessage begun = await client.PostAsync(At("/uploads"), body);
            string id = JsonDocument.Parse(await begun.Content.ReadAsStringAsync()).RootElement
                .GetProperty("id").GetString()!;
            _upload = (id, bytes, 0);
            _nextVersion++;
            return false;
        }

        if (upload.Offset == upload.Bytes.Length)
        {
            using HttpResponseMessage done = await client.PostAsync(At($"/uploads/{upload.Id}:commit"), null);
            string answer = await done.Content.ReadAsStringAsync();
            Assert.True(done.IsSuccessStatusCode, answer);
            _upload = null;
            return true;
        }

        int count = (int)Math.Min(Math.Max(PieceBytes, upload.Bytes.Length / 3), upload.Bytes.Length - upload.Offset);
        using var patch = new HttpRequestMessage(HttpMethod.Patch, $"/admin/v1/uploads/{upload.Id}");
        patch.Content = new ByteArrayContent(upload.Bytes, (int)upload.Offset, count);
        patch.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        patch.Headers.Add("Upload-Offset", $"{upload.Offset}");
        using HttpResponseMessage sent = await client.SendAsync(patch);
        Assert.True(sent.IsSuccessStatusCode, await sent.Content.ReadAsStringAsync());
        _upload = upload with { Offset = upload.Offset + count };
        return false;
    }

    private static Uri At(string path) => new("/admin/v1" + path, UriKind.Relative);

    private static async Task<JsonElement> GetAsync(HttpClient client, string path) =>
        JsonDocument.Parse(await client.GetStringAsync(At(path))).RootElement;
}
