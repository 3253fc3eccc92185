using System.Globalization;
using System.Text;
using System.Text.Json;
using Serving.Cli.TensorModels;
using Serving.Cli.Tests.Running;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.NativeModels.Tests.TensorFlow;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Hosting;

/// <summary>The sample models are what their script makes, and score the same wherever they run.</summary>
public sealed class SampleModelTests
{
    // A runtime may add in another order where other rows stand beside one.
    private const double ScoreTolerance = 1e-5;

    private static readonly TimeSpan s_making = TimeSpan.FromMinutes(60);

    // Trained weights may differ in their last bits between versions of the learners; what holds none may not.
    private static readonly string[] s_exact =
        ["script.feat", "statistics.json", "samples.jsonl", "mapping.json", "saved_model.pb"];

    private static string Stored => Path.Combine(SharedFiles.Repository, "models-sample");

    /// <summary>models-sample/make runs from nothing; all but trained weights comes out byte for byte.</summary>
    [Fact]
    [Trait("Category", "Nightly")]
    public async Task Make_FromNothing_GivesTheStoredSamples()
    {
        Assert.SkipWhen(!File.Exists("/usr/lib/x86_64-linux-gnu/libxgboost.so.0"), "libxgboost0 is not installed");
        const string Learner = "/usr/lib/python3/dist-packages/sklearn";
        Assert.SkipWhen(!Directory.Exists(Learner), "python3-sklearn is not installed");
        DirectoryInfo folder = Directory.CreateTempSubdirectory("serving-samples-");
        try
        {
            (int code, string output) = await TestTools.RunAsync(
                "bash", ["-c", $"OUT='{folder.FullName}' bash models-sample/make"], s_making, SharedFiles.Repository);

            Assert.True(code == 0, output);
            string[] made = FilesOf(folder.FullName);
            Assert.Equal(
                FilesOf(Stored).Where(file => file.Split('/').Contains("1", StringComparer.Ordinal)), made);
            foreach (string file in made.Where(file => s_exact.Contains(Path.GetFileName(file))))
            {
                Assert.Equal(
                    await File.ReadAllBytesAsync(Path.Combine(Stored, file)),
                    await File.ReadAllBytesAsync(Path.Combine(folder.FullName, file)));
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The requests of a network's samples, in a file and over the wire; no other event happens.</summary>
    [Theory]
    [InlineData("card-mlp", "chargeback")]
    [InlineData("feed-wide-deep", "")]
    public async Task Score_SamplesOfANetwork_IsTheSameOfflineAndServed(string model, string otherEvent)
    {
        string library = model == "feed-wide-deep" ? TensorFlowFiles.Library : "";
        string bundle = Path.Combine(Stored, model, "1");
        string[] rows = [.. File.ReadLines(Path.Combine(bundle, "samples.jsonl")).Select(RequestOf)];

        double[] offline = await ScoreAsync(bundle, library, rows, otherEvent);
        double[] served = await ServeAsync(model, library, rows);

        Assert.Equal(rows.Length, offline.Length);
        Assert.All(
            offline.Zip(served), pair => Assert.InRange(Math.Abs(pair.First - pair.Second), 0, ScoreTolerance));
        Assert.True(offline.Distinct().Count() > rows.Length / 2, "the scores do not tell the rows apart");
    }

    // Sorted, by their path below the folder.
    private static string[] FilesOf(string folder) =>
    [
        .. Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal),
    ];

    // Without what came before it: the requests before a row are its past, in both places.
    private static string RequestOf(string sample)
    {
        using var line = JsonDocument.Parse(sample);
        return line.RootElement.TryGetProperty("request", out JsonElement request)
            ? request.GetRawText()
            : line.RootElement.GetRawText();
    }

    private static async Task<double[]> ScoreAsync(string bundle, string library, string[] rows, string otherEvent)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("serving-samples-");
        try
        {
            string input = Path.Combine(folder.FullName, "rows.jsonl");
            string output = Path.Combine(folder.FullName, "scores.csv");
            await File.WriteAllLinesAsync(input, rows);
            string none = Path.Combine(folder.FullName, "none.jsonl");
            await File.WriteAllTextAsync(none, "");
            string[] options =
            [
                .. otherEvent.Length > 0 ? (string[])["--data", $"{otherEvent}={none}"] : [],
                .. library.Length > 0 ? (string[])["--tensorflow-library", library] : [],
            ];
            await CommandRun.DoneAsync(["score", "--bundle", bundle, "--in", input, "--out", output, .. options]);
            return
            [
                .. File.ReadLines(output).Skip(1)
                    .Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<double[]> ServeAsync(string model, string library, string[] rows)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("serving-samples-");
        try
        {
            Directory.CreateSymbolicLink(Path.Combine(folder.FullName, model), Path.Combine(Stored, model));
            await using var server = new TestServer
            {
                Change = options => options with
                {
                    Models = folder.FullName,
                    Runtimes = [.. NativeRuntimes.Of(library.Length > 0 ? library : null)],
                },
            };
            await server.InitializeAsync();
            var scores = new List<double>();
            foreach (string row in rows)
            {
                using var content = new StringContent(row, Encoding.UTF8, "application/json");
                using HttpResponseMessage answer = await server.Http.PostAsync(
                    new Uri($"/v1/score/{model}", UriKind.Relative), content);
                string text = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.IsSuccessStatusCode, text);
                using var body = JsonDocument.Parse(text);
                scores.Add(body.RootElement.GetProperty("score").GetDouble());
            }

            return [.. scores];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
