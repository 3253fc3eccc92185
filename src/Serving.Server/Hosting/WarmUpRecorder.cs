using Serving.Engine.Ingest;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions;

namespace Serving.Server.Hosting;

/// <summary>
/// Keeps the server's own warm-up calls out of the records: they are no answers to anybody. Callers who come meanwhile
/// and teach the windows are recorded, since what they appended must be found. Safe for use by several threads.
/// </summary>
internal sealed class WarmUpRecorder : IAnswerRecorder
{
    private readonly IAnswerRecorder _recorder;
    private volatile bool _isWarming;

    /// <summary>Makes the filter before a recorder.</summary>
    public WarmUpRecorder(IAnswerRecorder recorder) => _recorder = recorder;

    /// <summary>Whether the server is calling itself.</summary>
    public bool IsWarming
    {
        get => _isWarming;
        set => _isWarming = value;
    }

    /// <inheritdoc/>
    public void Record(ScoringContext context)
    {
        if (!_isWarming || !context.ScoreOnly)
        {
            _recorder.Record(context);
        }
    }

    /// <inheritdoc/>
    public void Record(IngestContext context) => _recorder.Record(context);
}
