using System.Runtime.InteropServices;
using System.Text.Json;
using Google.Protobuf;
using Serving.Cli.Commands;
using Serving.Cli.TensorModels;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.EndToEnd.Tests.Windows.Faults;
using Serving.Engine.Bundles;
using Serving.Models.Tensors;
using Serving.Protocol.V1;
using Serving.Server.Hosting;

namespace Serving.EndToEnd.Tests.Tensors;

/// <summary>A real server with tensor models of a test, and a configuration of its own.</summary>
internal static class TensorServer
{
    /// <summary>The runtimes of the program.</summary>
    public static IReadOnlyList<IScorerFactory> Runtimes { get; } = NativeRuntimes.Of(null);

    /// <summary>A server that is not started.</summary>
    /// <param name="config">Text of the configuration file.</param>
    /// <param name="runtimes">Runtimes; the program's own where there are none.</param>
    /// <param name="change">What a test changes beyond that.</param>
    public static TestServer Create(
        string config,
        IReadOnlyList<IScorerFactory>? runtimes = null,
        Func<ServerOptions, ServerOptions>? change = null) => new()
    {
        Change = options =>
        {
            ServerOptions read = Read(options.Models, config);
            options = options with
            {
                Runtimes = [.. runtimes ?? Runtimes],
                TensorDefaults = read.TensorDefaults,
                TensorModels = read.TensorModels,
                WorkerCommand = ["dotnet", "exec", ServingProcess.Program(), ModelWorkerCommand.Name],
            };
            return change is null ? options : change(options);
        },
    };

    /// <summary>Publishes a model as the only thing of a bundle.</summary>
    public static void Publish(
        ModelFolder folder,
        string name,
        string modelPath,
        IReadOnlyList<IScorerFactory>? runtimes = null,
        TensorModelOptions? options = null) =>
        BundleWriter.WriteToModels(Draft(name, modelPath, runtimes, options), name, folder.Models, 1);

    /// <summary>Such a bundle before it is written.</summary>
    public static BundleDraft Draft(
        string name,
        string modelPath,
        IReadOnlyList<IScorerFactory>? runtimes = null,
        TensorModelOptions? options = null) => BundleDraft.Create(
        new PackRequest { Name = name, ModelPath = modelPath, Tensors = options ?? TensorModelOptions.Default },
        TimeProvider.System,
        [.. runtimes ?? Runtimes]);

    /// <summary>Publishes a toy of some lines.</summary>
    public static void PublishToy(
        ModelFolder folder, string name, string text, IScorerFactory toys, TensorModelOptions? options = null)
    {
        string path = Path.Combine(folder.Root, $"{name}.toy");
        File.WriteAllText(path, text);
        Publish(folder, name, path, [toys], options);
    }

    /// <summary>A call of one float input of rank 2.</summary>
    public static TensorRequest Call(string model, string input, ReadOnlySpan<float> values, int width) => new()
    {
        Model = model,
        Inputs =
        {
            new Tensor
            {
                Name = input,
                Type = "f32",
                Shape = { values.Length / width, width },
                Data = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)),
            },
        },
    };

    /// <summary>The first output's floats.</summary>
    public static float[] Floats(TensorResponse answer) =>
        MemoryMarshal.Cast<byte, float>(answer.Outputs[0].Data.Span).ToArray();

    /// <summary>What <c>GET /v1/models</c> says of a model.</summary>
    public static async Task<JsonElement> DetailAsync(HttpClient http, string model)
    {
        string text = await http.GetStringAsync(new Uri("/v1/models", UriKind.Relative));
        using JsonDocument document = JsonDocument.Parse(text);
        return document.RootElement.GetProperty("details").EnumerateArray()
            .Single(detail => detail.GetProperty("model").GetString() == model).Clone();
    }

    /// <summary>The worker of a model, once it is another one than before.</summary>
    public static async Task<int> WorkerAsync(HttpClient http, string model, int before)
    {
        using var limit = new CancellationTokenSource(Patience.Longest);
        while (true)
        {
            int worker = (await DetailAsync(http, model)).GetProperty("worker").GetInt32();
            if (worker != 0 && worker != before)
            {
                return worker;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private static ServerOptions Read(string models, string config)
    {
        string path = Path.Combine(models, "..", "config.yaml");
        File.WriteAllText(path, config);
        return OptionReader.Read(
            new Dictionary<string, string> { ["models"] = models }, static _ => null, path);
    }
}
