using Serving.Data.Windows;
using Serving.Features;
using Serving.State.Windows;

namespace Serving.Engine.Pipeline;

/// <summary>
/// One keyed log of a script with what turns rows into its records. Immutable and safe for use by several threads.
/// </summary>
internal sealed class WindowLog
{
    /// <summary>Makes the log of a script's plan.</summary>
    public WindowLog(FeatureScript script, KeyedLog log)
        : this(script, log, new LogCodec(log))
    {
    }

    /// <summary>The same with bytes of another kind: tests seed bugs into what is written and read.</summary>
    internal WindowLog(FeatureScript script, KeyedLog log, LogCodec codec)
    {
        Log = log;
        Codec = codec;
        Program = script.CreateLogProgram(log);
    }

    /// <summary>What it holds and what is read from it.</summary>
    public KeyedLog Log { get; }

    /// <summary>Its bytes.</summary>
    public LogCodec Codec { get; }

    /// <summary>Fills a record's columns from an event.</summary>
    public LogProgram Program { get; }

    /// <summary>Whether the request is its event, so that scoring appends to it.</summary>
    public bool IsOfRequest => Log.Event.IsRequest;
}
