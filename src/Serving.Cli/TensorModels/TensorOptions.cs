using System.CommandLine;
using Serving.Cli.CommandLine;
using Serving.Features.Explanation;
using Serving.Models.Tensors;

namespace Serving.Cli.TensorModels;

/// <summary>Options of commands that open or run tensor models.</summary>
internal sealed class TensorOptions
{
    public Option<string?> Library { get; } = CreateLibrary();

    public Option<string?> Tags { get; } = new("--tags")
    {
        Description = "A,B: tags of a SavedModel's graph; default: the one tagged exactly serve, else the only one.",
    };

    public Option<string?> Timeout { get; } = new("--timeout")
    {
        Description = "Most time of one call of a tensor model, e.g. 500ms (default 10s).",
    };

    public Option<string?> Memory { get; } = new("--memory")
    {
        Description = "Most work memory of one call of a tensor model, e.g. 256MiB (default 1GiB).",
    };

    /// <summary>What a bundle allows; no command that runs a model from its file has it.</summary>
    public Option<string?> AllowOperators { get; } = new("--allow-operators")
    {
        Description = "A,B: operators of a tensor model that reach outside; a server must allow them too.",
    };

    /// <summary>The option of every command that runs a model.</summary>
    public static Option<string?> CreateLibrary() => new("--tensorflow-library")
    {
        Description = $"TensorFlow's library or its folder (else {NativeRuntimes.LibraryVariable}, else the loader's).",
    };

    /// <summary>What they say.</summary>
    /// <exception cref="UsageException">A time or a size is none.</exception>
    public TensorModelOptions Of(ParseResult parsed)
    {
        TensorModelOptions options = TensorModelOptions.Default with
        {
            Tags = TableInput.Names(parsed.GetValue(Tags)),
            AllowedOperators = TableInput.Names(parsed.GetValue(AllowOperators)),
        };
        return WithLimits(options, parsed.GetValue(Timeout), parsed.GetValue(Memory));
    }

    /// <summary>Limits of a call as texts.</summary>
    /// <exception cref="UsageException">A time or a size is none.</exception>
    public static TensorModelOptions WithLimits(TensorModelOptions options, string? timeout, string? memory)
    {
        if (timeout is not null)
        {
            options = Data.Time.DurationText.TryParse(timeout, out TimeSpan time) && time > TimeSpan.Zero
                ? options with { CallTime = time }
                : throw new UsageException($"--timeout {timeout}: a time is expected, e.g. 500ms or 10s");
        }

        if (memory is not null)
        {
            options = SizeText.TryParse(memory, out long bytes)
                ? options with { CallMemoryBytes = bytes }
                : throw new UsageException($"--memory {memory}: a size is expected, e.g. 256MiB or 1GiB");
        }

        return options;
    }
}
