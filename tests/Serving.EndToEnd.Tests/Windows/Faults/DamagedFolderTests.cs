using System.Text.Json;
using Serving.Cli.Tests.Running;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Windows.Faults;

/// <summary>
/// A bit that flips in any file of a state folder (hardening.md 111; section 3, 5) is named by <c>state verify</c> and
/// by a start.
/// </summary>
public sealed class DamagedFolderTests
{
    private const int ExitCheckFailed = 1;
    private const int ExitInput = 3;

    [Fact]
    public async Task Flip_InAnyFile_IsNamedByVerifyAndStart()
    {
        using FaultWorld world = new();
        await FillAsync(world);
        foreach (string folder in new[] { "stopped", "killed" })
        {
            Assert.Equal(0, (await VerifyAsync(world[folder])).ExitCode);
            foreach (string file in FilesOf(world[folder]))
            {
                await FlipsAsync(world, world[folder], file);
            }
        }
    }

    // A log and a stop of it, and the same as a kill leaves it.
    private static async Task FillAsync(FaultWorld world)
    {
        await using ServingProcess server = await ServingProcess.StartAsync(
            world, world["state"], world["records.jsonl"]);
        for (int id = 1; id <= 60; id++)
        {
            var next = new JournalEvent
            {
                IsIngest = true, Id = id, Card = FaultWorld.Card(id % 7), Cents = id, At = FaultWorld.NowMs,
            };
            await server.Client.IngestAsync(
                new IngestRequest { Set = "pay", Event = "chargeback", Rows = { FaultWorld.RowOf(next) } });
        }

        Copy(world["state"], world["killed"]);
        Assert.Equal(0, await server.StopAsync());
        Copy(world["state"], world["stopped"]);
    }

    private static async Task FlipsAsync(FaultWorld world, string folder, string file)
    {
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, file));
        int[] places = [0, bytes.Length / 3, bytes.Length / 2, bytes.Length - 1];
        foreach (int place in places.Distinct())
        {
            string copy = world["flipped"];
            Copy(folder, copy);
            bytes[place] ^= 4;
            File.WriteAllBytes(Path.Combine(copy, file), bytes);
            bytes[place] ^= 4;
            CommandRun verified = await VerifyAsync(copy);
            Assert.True(verified.ExitCode == ExitCheckFailed, $"byte {place} of {file} flipped unseen: {verified.Out}");
            Assert.Contains(verified.Json.GetProperty("problems").EnumerateArray(), problem => Names(problem, file));
            if (place == bytes.Length / 2)
            {
                await StartAsync(world, copy, file);
            }
        }
    }

    private static bool Names(JsonElement problem, string file) =>
        problem.GetString()!.Contains(Path.GetFileName(file), StringComparison.Ordinal);

    // State is not served from a damaged folder; a damaged script beside it is written again, and said.
    private static async Task StartAsync(FaultWorld world, string folder, string file)
    {
        if (file.EndsWith(".feat", StringComparison.Ordinal))
        {
            await using ServingProcess server = await ServingProcess.StartAsync(world, folder, world["r.jsonl"]);
            await server.SaysAsync(Path.GetFileName(file));
            Assert.Equal(0, await server.StopAsync());
            Assert.Equal(0, (await VerifyAsync(folder)).ExitCode);
            return;
        }

        (int code, string error) = await ServingProcess.RefusedAsync(world, folder);
        Assert.True(code == ExitInput, $"{file}: exit code {code}, {error}");
        Assert.Contains(file, error, StringComparison.Ordinal);
    }

    private static Task<CommandRun> VerifyAsync(string folder) =>
        CommandRun.OfAsync("state", "verify", "--state", folder, "--json");

    private static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path));

    private static void Copy(string from, string to)
    {
        if (Directory.Exists(to))
        {
            Directory.Delete(to, recursive: true);
        }

        foreach (string file in FilesOf(from).Where(file => file is not ("lock" or "holder")))
        {
            string target = Path.Combine(to, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(Path.Combine(from, file), target);
        }
    }
}
