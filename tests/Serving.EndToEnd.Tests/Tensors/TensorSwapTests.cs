using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Serving.EndToEnd.Tests.Admin;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine.Bundles;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary>
/// Versions of a tensor model take each other's place under load in a server of its own: no call fails, and files,
/// threads, processes and memory do not grow.
/// </summary>
public sealed class TensorSwapTests
{
    private const string Library = "SERVING_TENSORFLOW_LIBRARY";
    private const string Onnx = "data/golden/torch/mlp/model.onnx";
    private const string SavedModel = "data/golden/tf-2.15/mlp-model-save-trained/saved_model";

    // The first swaps compile code and fill pools.
    private const int SwapsBefore = 6;

    // What comes and goes with connections and the pool, whatever the number of swaps.
    private const int FilesMore = 24;
    private const int ThreadsMore = 24;

    // Each load has a thread of its own, and glibc up to eight arenas a processor, of which each keeps what a load of
    // TensorFlow's took: 100 MB after 14 swaps on two processors, 12 MB with MALLOC_ARENA_MAX=1.
    private const long BytesMore = 192L << 20;

    [Theory]
    [InlineData(Onnx, "none")]
    [InlineData(Onnx, "process")]
    [InlineData(SavedModel, "none")]
    public async Task Swaps_UnderLoad_FailNoCallAndLeaveNothing(string model, string isolation)
    {
        string? path = SharedFiles.Find(model);
        Assert.SkipWhen(path is null, "no shared/data/golden");
        Assert.SkipWhen(
            model == SavedModel && Environment.GetEnvironmentVariable(Library) is null, $"no {Library}");
        int swaps = Nightly.Count(20, 200, "SERVING_SWAPS");
        using var folder = new ModelFolder();
        BundleDraft draft = TensorServer.Draft("net", path);
        BundleWriter.WriteToModels(draft, "net", folder.Models, 1);
        byte[][] calls = [.. Bundle.Open(Path.Combine(folder.Models, "net", "1"), TensorServer.Runtimes)
            .TensorSamples.Select(sample => sample.Request.ToArray())];
        string config = Path.Combine(folder.Root, "config.yaml");
        await File.WriteAllTextAsync(config, $"tensors: {{ isolation: {isolation} }}");
        await using AdminProcess server = await AdminProcess.StartAsync(
            folder.Models, Path.Combine(folder.Root, "control"), more: ["--config", config]);
        using var http = new HttpClient { BaseAddress = server.Http };
        using var over = new CancellationTokenSource();
        var wrong = new ConcurrentQueue<string>();
        Task[] load = [.. Enumerable.Range(0, 2).Select(_ => LoadAsync(server.Http, calls, wrong, over.Token))];
        Usage before = default;
        for (int version = 2; version <= swaps + 1; version++)
        {
            await SwapAsync(http, draft, folder.Models, version);
            before = version == SwapsBefore + 1 ? Usage.Of(server.Id) : before;
        }

        Usage after = Usage.Of(server.Id);
        await over.CancelAsync();
        await Task.WhenAll(load);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"result: {swaps} swaps of {Path.GetFileName(path)}, isolation {isolation}: {before} -> {after}");
        Assert.Empty(wrong);

        // A worker, and as a rule the process that waits to take its place.
        Assert.InRange(after.Children, isolation == "process" ? 1 : 0, isolation == "process" ? 2 : 0);
        Assert.Equal(after.Nice, after.NiceOfChild);
        Assert.InRange(after.Files, 0, before.Files + FilesMore);
        Assert.InRange(after.Threads, 0, before.Threads + ThreadsMore);
        Assert.InRange(after.Bytes, 0, before.Bytes + BytesMore);
    }

    private static async Task SwapAsync(HttpClient http, BundleDraft draft, string models, long version)
    {
        BundleWriter.WriteToModels(draft, "net", models, version);
        await AwaitAsync(http, version, state => state == "Ready");
        Directory.Delete(Path.Combine(models, "net", $"{version - 1}"), recursive: true);
        await AwaitAsync(http, version - 1, state => state is null or "Retired");
    }

    private static async Task AwaitAsync(HttpClient http, long version, Func<string?, bool> isRight)
    {
        using var limit = new CancellationTokenSource(Patience.Longest);
        while (!isRight(await StateAsync(http, version)))
        {
            await Task.Delay(50, limit.Token);
        }
    }

    private static async Task<string?> StateAsync(HttpClient http, long version)
    {
        using JsonDocument document = JsonDocument.Parse(
            await http.GetStringAsync(new Uri("/v1/models", UriKind.Relative)));
        foreach (JsonElement detail in document.RootElement.GetProperty("details").EnumerateArray())
        {
            if (detail.GetProperty("model").GetString() == "net" && detail.GetProperty("version").GetInt64() == version)
            {
                string state = detail.GetProperty("state").GetString()!;
                return state == "Failed" ? throw new InvalidOperationException(detail.ToString()) : state;
            }
        }

        return null;
    }

    private static async Task LoadAsync(
        Uri address, byte[][] calls, ConcurrentQueue<string> wrong, CancellationToken over)
    {
        using var http = new HttpClient { BaseAddress = address };
        for (int index = 0; !over.IsCancellationRequested; index++)
        {
            using var body = new ByteArrayContent(calls[index % calls.Length]);
            body.Headers.ContentType = new("application/json");
            using HttpResponseMessage answer = await http.PostAsync(
                new Uri("/v1/tensors/net", UriKind.Relative), body, CancellationToken.None);
            if (answer.StatusCode != HttpStatusCode.OK)
            {
                wrong.Enqueue(await answer.Content.ReadAsStringAsync(CancellationToken.None));
            }

            await Task.WhenAny(Task.Delay(2, over));
        }
    }

    // What a process holds, by /proc, and whether what it started runs as it does itself.
    private readonly record struct Usage(
        int Files, int Threads, int Children, long Bytes, string Nice, string NiceOfChild)
    {
        // Numbers of /proc/PID/stat behind the name in brackets.
        private const int ParentPlace = 1;
        private const int NicePlace = 16;

        public static Usage Of(int process)
        {
            string[] children = [.. Directory.GetDirectories("/proc").Select(path => Path.GetFileName(path))
                .Where(name => char.IsAsciiDigit(name[0]) && StatOf(name)[ParentPlace] == $"{process}")];
            string pages = File.ReadAllText($"/proc/{process}/statm", Encoding.ASCII).Split(' ')[1];
            string nice = StatOf($"{process}")[NicePlace];
            return new Usage(
                Directory.GetFileSystemEntries($"/proc/{process}/fd").Length,
                Directory.GetDirectories($"/proc/{process}/task").Length,
                children.Length,
                long.Parse(pages, CultureInfo.InvariantCulture) * Environment.SystemPageSize,
                nice,
                children.Length == 0 ? nice : StatOf(children[0])[NicePlace]);
        }

        // A process may end while we look.
        private static string[] StatOf(string process)
        {
            try
            {
                string stat = File.ReadAllText($"/proc/{process}/stat", Encoding.ASCII);
                return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            }
            catch (IOException)
            {
                return new string[NicePlace + 1];
            }
        }
    }
}
