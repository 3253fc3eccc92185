using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine.Predictions.Log;

namespace Serving.EndToEnd.Tests.Logs;

/// <summary>The key file of an encrypted log is changed beside the server that writes it (hardening.md 121).</summary>
public sealed class LogKeyRotationTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("serving-keys-").FullName;

    private string Log => Path.Combine(_root, "log");

    private string KeyFile => Path.Combine(_root, "keys");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task KeyFile_RotatedAndThenSpoiled_WritesByTheNewKeyAndKeepsIt()
    {
        await File.WriteAllTextAsync(KeyFile, Line("first", 1));
        using LogSink sink = new();
        TestServer server = sink.Observe(options => options with
        {
            Log = Log, LogKeyFile = KeyFile,
            LogOptions = options.LogOptions with { Encrypts = true, Compresses = false },
        });
        await server.InitializeAsync();
        try
        {
            await ScoreUntilAsync(server, () => Keys().Contains("first"));
            await File.WriteAllTextAsync(KeyFile, Line("first", 1) + Line("second", 2));
            await ScoreUntilAsync(server, () => Keys().Contains("second"));
            await File.WriteAllTextAsync(KeyFile, "no key at all\n");
            await ScoreUntilAsync(server, () => sink.Faults.Count > 0);
            await server.Client.ScoreAsync(Samples.Request());
        }
        finally
        {
            await server.DisposeAsync();
        }

        string fault = Assert.Single(sink.Faults);
        Assert.Contains("the keys that were known go on", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("no key at all", fault, StringComparison.Ordinal);
        var reader = new PredictionLogReader(Log, LogKeys.Parse(Line("first", 1) + Line("second", 2), "keys"));
        Assert.NotEmpty(reader.Read());
        Assert.Equal((0, 0L), (reader.Problems.Count, reader.Closed));
        Assert.Equal(["first", "second"], Keys().Distinct());
    }

    private static string Line(string name, byte fill) =>
        $"{name} {Convert.ToBase64String([.. Enumerable.Repeat(fill, LogKeys.KeySize)])}\n";

    private static async Task ScoreUntilAsync(TestServer server, Func<bool> isReached)
    {
        using var patience = new CancellationTokenSource(Patience.Longest);
        while (!isReached())
        {
            await server.Client.ScoreAsync(Samples.Request(), cancellationToken: patience.Token);
            await Task.Delay(20, patience.Token);
        }
    }

    // Names of the keys of all segments, in their order.
    private List<string> Keys()
    {
        List<string> names = [];
        foreach (string path in Directory.EnumerateFiles(Log, "*.plog").Order(StringComparer.Ordinal))
        {
            byte[] front = new byte[SegmentHeader.Size];
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            int read = file.ReadAtLeast(front, front.Length, throwOnEndOfStream: false);
            if (SegmentHeader.Read(front.AsSpan(0, read), out _) is { } header)
            {
                names.Add(header.Key);
            }
        }

        return names;
    }
}
