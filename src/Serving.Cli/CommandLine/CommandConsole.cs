using Serving.Cli.TensorModels;
using Serving.Models.Tensors;

namespace Serving.Cli.CommandLine;

/// <summary>Where a command reads and writes: the process's own streams, or a test's.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Progress, notices and errors.</param>
/// <param name="Input">Standard input as bytes.</param>
/// <param name="Output">Standard output as bytes, for tables written to <c>-</c>.</param>
/// <param name="IsTerminal">Whether a person looks at <see cref="Error"/>: then progress is a bar.</param>
internal sealed record CommandConsole(TextWriter Out, TextWriter Error, Stream Input, Stream Output, bool IsTerminal)
{
    /// <summary>
    /// Runtimes of tensor models; takes what <c>--tensorflow-library</c> says, or null. Tests bring their own.
    /// </summary>
    public Func<string?, IReadOnlyList<IScorerFactory>> Runtimes { get; init; } = NativeRuntimes.Of;

    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Reliability", "CA2000", Justification = "The process's own streams live as long as the process.")]
    public static CommandConsole OfProcess() => new(
        Console.Out,
        Console.Error,
        Console.OpenStandardInput(),
        Console.OpenStandardOutput(),
        !Console.IsErrorRedirected);
}
