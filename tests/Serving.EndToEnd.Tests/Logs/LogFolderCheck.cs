using System.Globalization;
using System.Text.Json;
using Serving.Cli.Tests.Running;

namespace Serving.EndToEnd.Tests.Logs;

/// <summary>What the log commands say of a folder.</summary>
internal static class LogFolderCheck
{
    /// <summary>Scores of the answers of a log by id; each id once.</summary>
    public static async Task<Dictionary<long, double>> ScoresAsync(string log)
    {
        string file = Path.Combine(Path.GetDirectoryName(log)!, $"{Path.GetFileName(log)}-export.jsonl");
        await CommandRun.DoneAsync("log", "export", log, "--model", "pay", "--out", file);
        var scores = new Dictionary<long, double>();
        foreach (string line in File.ReadLines(file))
        {
            using JsonDocument record = JsonDocument.Parse(line);
            JsonElement root = record.RootElement;
            if (root.TryGetProperty("score", out JsonElement score))
            {
                scores.Add(root.GetProperty("id").GetInt64(), score.GetDouble());
            }
        }

        return scores;
    }

    /// <summary>Runs <c>log verify --json</c>; kinds of the problems.</summary>
    public static async Task<string[]> ProblemsAsync(string log)
    {
        CommandRun run = await CommandRun.OfAsync("log", "verify", log, "--json");
        Assert.True(run.ExitCode is 0 or 1, run.Error);
        string[] problems = [.. run.Json.GetProperty("problems").EnumerateArray().Select(problem => string.Create(
            CultureInfo.InvariantCulture,
            $"{problem.GetProperty("kind")} {problem.GetProperty("file")} {problem.GetProperty("offset")}"))];
        Assert.Equal(problems.Length == 0, run.Json.GetProperty("ok").GetBoolean());
        return problems;
    }

    /// <summary>Every answer of a load must stand in the log with its score.</summary>
    public static void HoldsAll(LogLoad load, Dictionary<long, double> scores)
    {
        foreach ((long id, (Serving.Protocol.V1.ScoreResponse answer, _)) in load.Answers)
        {
            Assert.True(scores.TryGetValue(id, out double score), $"the answer of {id} has no record");
            Assert.Equal(answer.Score, score);
        }
    }
}
