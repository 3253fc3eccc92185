using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Cli.Tests.Running;

namespace Serving.Cli.Tests.CommandLine;

/// <summary>
/// What every command does alike: usage, help, missing and misplaced files, places that cannot be written.
/// </summary>
public sealed class CommandRunnerTests
{
    // A command line, and what stderr names. ROWS, SCRIPT, MODEL are files that are there; FOLDER is a folder.
    public static TheoryData<string, string> WrongUsage() => new()
    {
        { "", "Required command" },
        { "nonsense", "nonsense" },
        { "features", "Required command" },
        { "features check", "SCRIPT" },
        { "features check SCRIPT --bogus", "--bogus" },
        { "features fit SCRIPT --out s.json", "--data txn=FILE is missing" },
        { "features fit SCRIPT --data txn=ROWS", "--out" },
        { "features fit SCRIPT --data ROWS --out s.json", "expected EVENT=FILE" },
        { "features fit SCRIPT --data pay=ROWS --out s.json", "no event 'pay'; it has txn" },
        { "features fit SCRIPT --data txn=ROWS --data txn=ROWS --out s.json", "given twice" },
        { "features fit SCRIPT --data txn=ROWS --from yesterday --out s.json", "--from yesterday" },
        { "features fit SCRIPT --data txn=- --out s.json", "--format" },
        { "features run SCRIPT --data txn=ROWS --rename amount --out f.csv", "--rename amount" },
        { "features run SCRIPT --data txn=ROWS --format xml --out f.csv", "--format xml" },
        { "features run SCRIPT --data txn=ROWS --threads many --out f.csv", "many" },
        { "model show MODEL --format pickle", "--format pickle" },
        { "model score --model MODEL --in ROWS --output shap --out f.csv", "--output shap" },
        { "model score --model MODEL --in ROWS --output contributions --out f.csv", "contributions" },
        { "model score --model MODEL --in ROWS --output leaf --out f.csv", "no trees" },
        { "model score --model MODEL --in ROWS --engine warp --out f.csv", "--engine warp" },
        { "model score --model MODEL --in ROWS --engine lane-qs --out f.csv", "those that can: " },
        { "bundle pack --name pay --model MODEL", "one of --out DIR and --models MODELS" },
        { "bundle pack --name pay --model MODEL --out b --models m", "one of --out DIR and --models MODELS" },
        { "bundle pack --name pay --model MODEL --out b --version 0", "--version 0" },
        { "bundle pack --model MODEL --out b", "--name" },
        { "score --in ROWS --out f.csv", "--bundle" },
        { "score --bundle FOLDER --in ROWS --out f.csv --reasons 3", "--reasons" },
        { "simulate cards --customers 0 --terminals 1 --days 1 --seed 1 --out d", "customers" },
        { "simulate cards --customers 1 --terminals 1 --days 1 --seed -1 --out d", "-1" },
        { "simulate cards --customers 1 --terminals 1 --days 1 --seed 1 --from 1.1.2025 --out d", "--from 1.1.2025" },
        { "serve", "models" },
        { "serve --models FOLDER --http-port 70000", "http-port" },
        { "serve --models FOLDER --http-port 8o80", "http-port" },
        { "serve --models FOLDER --warm-up soon", "warm-up" },
        { "serve --models FOLDER --listen 0.0.0.0", "allow-anonymous" },
        { "serve --models FOLDER --log-level Loud", "log-level" },
        { "demo --model nothing", "--model nothing" },
        { "demo --requests 0", "--requests" },
        { "health --url not-a-url", "--url not-a-url" },
    };

    // A command line and what stderr names; the file that is missing is called `absent`.
    public static TheoryData<string> MissingInputs() =>
    [
        "features check absent.feat",
        "features fmt absent.feat",
        "features explain absent.feat",
        "features explain SCRIPT --statistics absent.json",
        "features lint absent.feat",
        "features test absent.feat",
        "features diff SCRIPT absent.feat",
        "features fit SCRIPT --data txn=absent.csv --out s.json",
        "features run SCRIPT --data txn=absent.csv --out f.csv",
        "features run SCRIPT --data txn=ROWS --statistics absent.json --out f.csv",
        "features run SCRIPT --data txn=absent.parquet --out f.csv",
        "model show absent.txt",
        "model score --model absent.txt --in ROWS --out f.csv",
        "model score --model MODEL --in absent.csv --out f.csv",
        "bundle pack --name pay --model absent.txt --out b",
        "bundle pack --name pay --model MODEL --script absent.feat --out b",
        "bundle pack --name pay --model MODEL --script SCRIPT --statistics absent.json --out b",
        "bundle pack --name pay --model MODEL --samples absent.jsonl --out b",
        "bundle pack --name pay --model MODEL --samples absent.csv --out b",
        "score --bundle absent --in ROWS --out f.csv",
        "score --bundle BUNDLE --in absent.csv --out f.csv",
    ];

    public static TheoryData<string> FoldersAsInputs() =>
    [
        "features check FOLDER",
        "features explain SCRIPT --statistics FOLDER",
        "features fit SCRIPT --data txn=FOLDER --out s.json",
        "features run SCRIPT --data txn=FOLDER --out f.csv",
        "model show FOLDER",
        "model score --model MODEL --in FOLDER --out f.csv",
        "bundle pack --name pay --model FOLDER --out b",
        "score --bundle FOLDER --in ROWS --out f.csv",
        "score --bundle BUNDLE --in FOLDER --out f.csv",
    ];

    public static TheoryData<string> Unwritable() =>
    [
        "features fit SCRIPT --data txn=ROWS --out FOLDER",
        "features fit SCRIPT --data txn=ROWS --out absent/s.json",
        "features run SCRIPT --data txn=ROWS --raw --out FOLDER",
        "features run SCRIPT --data txn=ROWS --raw --out absent/f.csv",
        "model score --model MODEL --in ROWS --out absent/f.csv",
        "score --bundle BUNDLE --in ROWS --out absent/f.csv",
        "score --bundle BUNDLE --in ROWS --out FOLDER",
        "bundle pack --name pay --model MODEL --out ROWS/b",
        "bundle pack --name pay --model MODEL --models ROWS",
        "simulate cards --customers 1 --terminals 1 --days 1 --seed 1 --out ROWS/d",
    ];

    [Theory]
    [MemberData(nameof(WrongUsage))]
    public async Task Run_WrongUsage_SaysWhatAndShowsTheRightForm(string line, string named)
    {
        using WorkFolder folder = new();
        CommandRun run = await CommandRun.OfAsync(await ArgumentsAsync(folder, line));
        run.Expect(2, named);
        Assert.Equal("", run.Out);
        Assert.True(run.Error.Contains("serving ", StringComparison.Ordinal), "no right form: " + run.Error);
    }

    [Theory]
    [MemberData(nameof(MissingInputs))]
    public async Task Run_MissingInput_IsNamed(string line)
    {
        using WorkFolder folder = new();
        CommandRun run = await CommandRun.OfAsync(await ArgumentsAsync(folder, line));
        run.Expect(3, "absent", "found no such", "expected");
        Assert.Equal("", run.Out);
    }

    [Theory]
    [MemberData(nameof(FoldersAsInputs))]
    public async Task Run_FolderInsteadOfAFile_IsNamed(string line)
    {
        using WorkFolder folder = new();
        CommandRun run = await CommandRun.OfAsync(await ArgumentsAsync(folder, line));
        run.Expect(3, folder["folder"], "found", "expected");
    }

    [Theory]
    [MemberData(nameof(Unwritable))]
    public async Task Run_PlaceThatCannotBeWritten_IsNamedAndNothingIsLeft(string line)
    {
        using WorkFolder folder = new();
        string[] arguments = await ArgumentsAsync(folder, line);
        string[] before = [.. folder.Names];
        CommandRun run = await CommandRun.OfAsync(arguments);
        run.Expect(4, "error: ", folder.Root);
        Assert.Equal(before, folder.Names);
        Assert.Empty(Directory.GetFileSystemEntries(folder["folder"]));
    }

    [Fact]
    public async Task Help_OfEveryCommand_HasAnExampleThatParses()
    {
        RootCommand root = RootCommands.Create(CommandConsole.OfProcess());

        // What is hidden has no help: a server starts it, not a person.
        foreach ((string path, Command command) in Leaves(root, "").Where(leaf => !leaf.Command.Hidden))
        {
            CommandRun help = await CommandRun.DoneAsync([.. path.Split(' '), "--help"]);
            int example = help.Out.IndexOf("Example: serving ", StringComparison.Ordinal);
            Assert.True(example > 0, $"{path} has no example");
            string line = string.Join(
                ' ', help.Out[(example + "Example: serving ".Length)..].Split("\n\n")[0]
                    .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            Assert.StartsWith(path, line, StringComparison.Ordinal);
            Assert.Empty(root.Parse(line).Errors);
            Assert.All(command.Options, option => Assert.True(
                option.Name.Length > 2
                    && option.Aliases.All(alias => alias is "-o" or "-v" or "-h" or "-?" or "/h" or "/?" or "--to"),
                $"{path} {option.Name}"));
        }
    }

    private static IEnumerable<(string Path, Command Command)> Leaves(Command command, string path) =>
        command.Subcommands.Count == 0
            ? [(path, command)]
            : command.Subcommands.SelectMany(child => Leaves(child, $"{path} {child.Name}".Trim()));

    private static async Task<string[]> ArgumentsAsync(WorkFolder folder, string line)
    {
        Directory.CreateDirectory(folder["folder"]);
        string script = folder.Write("pay.feat", SmallModel.Script);
        string rows = folder.Write("rows.csv", SmallModel.Rows);
        string model = folder.Write("linear.json", SmallModel.Linear);
        if (line.Contains("BUNDLE", StringComparison.Ordinal))
        {
            line = line.Replace("BUNDLE", await SmallModel.PackAsync(folder), StringComparison.Ordinal);
        }

        line = line.Replace("SCRIPT", script, StringComparison.Ordinal)
            .Replace("ROWS", rows, StringComparison.Ordinal)
            .Replace("MODEL", model, StringComparison.Ordinal)
            .Replace("FOLDER", folder["folder"], StringComparison.Ordinal);
        return [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => Rooted(folder, word))];
    }

    // Relative names are of the test's own folder, not of the process's.
    private static string Rooted(WorkFolder folder, string word)
    {
        string[] names = ["absent", "s.json", "f.csv", "d.json", "r.jsonl"];
        int at = word.LastIndexOf('=') + 1;
        bool isFile = names.Any(name => word[at..].StartsWith(name, StringComparison.Ordinal))
            || (word.Length == 1 && char.IsLetter(word[0]));
        return isFile ? word[..at] + folder[word[at..]] : word;
    }
}
