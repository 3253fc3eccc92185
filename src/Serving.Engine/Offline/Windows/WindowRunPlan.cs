using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Offline.Feeds;
using Serving.Features;
using Serving.State.Windows;

namespace Serving.Engine.Offline.Windows;

/// <summary>
/// What a run over a script with windows reads and keeps. Immutable and safe for use by several threads.
/// </summary>
internal sealed class WindowRunPlan
{
    /// <summary>Makes the plan.</summary>
    /// <param name="script">A script with windows or a label over events.</param>
    /// <param name="rows">The request rows as they are read: fields may be optional that the script needs.</param>
    /// <param name="isJoined">
    /// Whether window values and a label over events stand behind the request's fields in the rows.
    /// </param>
    public WindowRunPlan(FeatureScript script, RowSchema rows, bool isJoined)
    {
        Joined = isJoined ? new JoinedRows(script) : null;
        Script = script;
        Rows = rows;
        Windows = script.Windows;
        Logs = [.. Windows.Logs.Select((log, number) => new LogPlan(number, new LogCodec(log)))];
        EventDeclaration request = script.Events.Single(declared => declared.IsRequest);
        bool appendsItself = request.KnownField < 0 && request.LagMs <= 0;
        Requests = new FeedPlan(request, IsEvent: false, Logs, appendsItself);
        Events =
        [
            .. script.Events.Where(declared => !(declared.IsRequest && appendsItself))
                .Select(declared => new FeedPlan(
                    declared,
                    IsEvent: true,
                    [.. Logs.Where(log => log.Log.Event.Schema.Name == declared.Schema.Name)],
                    AppendsItself: false))
                .Where(feed => !feed.Logs.IsEmpty),
        ];
    }

    public FeatureScript Script { get; }

    /// <summary>The request rows.</summary>
    public RowSchema Rows { get; }

    public WindowPlan Windows { get; }

    public ImmutableArray<LogPlan> Logs { get; }

    /// <summary>The feed of requests.</summary>
    public FeedPlan Requests { get; }

    /// <summary>The feeds of events; of the request's own too where something delays it.</summary>
    public ImmutableArray<FeedPlan> Events { get; }

    /// <summary>Rows with window values and label behind the request's fields; null where these come apart.</summary>
    public JoinedRows? Joined { get; }

    /// <summary>The rows that the run gives.</summary>
    public RowSchema Results => Joined?.Schema ?? Rows;
}
