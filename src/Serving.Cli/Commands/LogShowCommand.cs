using System.CommandLine;
using System.Text;
using Serving.Cli.CommandLine;
using Serving.Cli.LogTools;
using Serving.Engine.Predictions.Log.Exports;

namespace Serving.Cli.Commands;

/// <summary><c>log show DIR</c>: the records of a prediction log, one line each.</summary>
internal static class LogShowCommand
{
    private const int ShownByDefault = 20;

    public static Command Create(CommandConsole console)
    {
        Argument<string> folder = LogFolder.Create();
        var model = new Option<string?>("--model") { Description = "Answers of this model alone." };
        Option<string?> from = SharedOptions.From();
        Option<string?> until = SharedOptions.Until();
        var last = new Option<int>("--last")
        {
            Description = "So many records from the end; 0 shows all.",
            DefaultValueFactory = _ => ShownByDefault,
        };
        Option<string?> keys = LogKeyOption.Create();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "show",
            "Show the last records of a prediction log as JSON lines, also beside its server.\n\n"
                + "Example: serving log show log --last 5")
        {
            folder, model, from, until, last, keys, json,
        };
        command.SetAction((parsed, cancellation) => Task.Run(
            () =>
            {
                var export = new LogExport(
                    LogFolder.Existing(parsed.GetValue(folder)!),
                    LogExportCommand.Filter(parsed.GetValue(model), parsed.GetValue(from), parsed.GetValue(until)),
                    null,
                    LogKeyOption.Read(parsed.GetValue(keys)));
                Show(console, export, parsed.GetValue(last), cancellation);
                LogExportCommand.SayWhatIsLeftOut(console, export);
                return ExitCode.Done;
            },
            CancellationToken.None));
        return command;
    }

    private static void Show(CommandConsole console, LogExport export, int last, CancellationToken cancellation)
    {
        using var lines = new LastLines(last);
        export.WriteLines(lines, null, cancellation);
        foreach (string line in lines.Lines)
        {
            console.Out.WriteLine(line);
        }
    }

    /// <summary>Keeps the last lines of what is written to it.</summary>
    private sealed class LastLines(int count) : MemoryStream
    {
        private readonly Queue<string> _lines = new();
        private readonly StringBuilder _open = new();

        public IEnumerable<string> Lines => _lines;

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            while (buffer.IndexOf((byte)'\n') is >= 0 and int end)
            {
                _lines.Enqueue(_open.Append(Encoding.UTF8.GetString(buffer[..end])).ToString());
                _open.Clear();
                buffer = buffer[(end + 1)..];
                if (count > 0 && _lines.Count > count)
                {
                    _lines.Dequeue();
                }
            }

            _open.Append(Encoding.UTF8.GetString(buffer));
        }
    }
}
