using System.Collections.Concurrent;
using System.Collections.Immutable;
using Serving.Data.Windows;
using Serving.Engine.Pipeline;
using Serving.Engine.Versions;

namespace Serving.Engine.Ingest;

/// <summary>
/// One event of one feature set as the Ready versions know it: what its rows may say and which logs take them.
/// Immutable but for its pool of contexts; safe for use by several threads.
/// </summary>
internal sealed class IngestTarget
{
    private const int IdleMax = 64;

    private readonly ConcurrentQueue<IngestContext> _idle = new();

    private IngestTarget(string set, EventDeclaration declaration, ImmutableArray<IngestLogs> parts)
    {
        Set = set;
        Declaration = declaration;
        Schema = new RequestSchema(
            declaration.Schema,
            [],
            [.. parts.Where(part => part.Declaration != declaration).Select(part => part.Declaration.Schema)],
            IngestLogs.FieldsBeside(declaration.Schema, parts));
        Parts = [.. parts.Select(part => part.For(Schema.Rows))];
    }

    /// <summary>Name of the set.</summary>
    public string Set { get; }

    /// <summary>The event as the newest script of the set declares it.</summary>
    public EventDeclaration Declaration { get; }

    /// <summary>The versions of the set whose scripts declare the event.</summary>
    public ImmutableArray<ServedVersion> Versions { get; private init; } = [];

    /// <summary>What rows may say.</summary>
    public RequestSchema Schema { get; }

    /// <summary>The logs that take the rows.</summary>
    public ImmutableArray<IngestLogs> Parts { get; }

    /// <summary>
    /// Every event of every set of the versions. What rows must say is decided by a Ready version where one knows the
    /// event: one that waits for its history must not refuse what was taken so far.
    /// </summary>
    public static IEnumerable<IngestTarget> Of(
        IEnumerable<ServedVersion> ready, IEnumerable<ServedVersion> warming)
    {
        IEnumerable<ServedVersion> scripts = NewestFirst(ready).Concat(NewestFirst(warming));
        foreach (IGrouping<string, ServedVersion> set in scripts.GroupBy(version => version.Script!.Name))
        {
            var declared = set.SelectMany(version => version.Script!.Events, (version, declaration) =>
                (Version: version, Declaration: declaration));
            foreach (var versions in declared.GroupBy(pair => pair.Declaration.Schema.Name))
            {
                EventDeclaration newest = versions.First().Declaration;
                yield return new IngestTarget(set.Key, newest, PartsOf(versions))
                {
                    Versions = [.. versions.Select(pair => pair.Version)],
                };
            }
        }
    }

    /// <summary>Takes an idle context or makes one.</summary>
    public IngestContext Rent()
    {
        IngestContext context = _idle.TryDequeue(out IngestContext? idle) ? idle : new IngestContext(this);
        context.Begin();
        return context;
    }

    /// <summary>Takes a context back.</summary>
    public void GiveBack(IngestContext context)
    {
        if (_idle.Count < IdleMax && context.IsSmall)
        {
            _idle.Enqueue(context);
        }
    }

    private static IEnumerable<ServedVersion> NewestFirst(IEnumerable<ServedVersion> versions) =>
        versions.Where(version => version.Script is not null)
            .OrderByDescending(version => version.Script!.Version).ThenByDescending(version => version.Number);

    private static ImmutableArray<IngestLogs> PartsOf(
        IEnumerable<(ServedVersion Version, EventDeclaration Declaration)> versions)
    {
        var seen = new SortedSet<ulong>();
        var parts = ImmutableArray.CreateBuilder<IngestLogs>();
        foreach ((ServedVersion version, EventDeclaration declaration) in versions)
        {
            ImmutableArray<WindowLog> logs = [.. (version.Pipeline.Windows?.Logs ?? []).Where(log =>
                log.Log.Event.Schema.Name == declaration.Schema.Name && seen.Add(log.Codec.Schema))];
            if (!logs.IsEmpty)
            {
                parts.Add(new IngestLogs(declaration, [], logs)
                {
                    LabelFields = declaration.IsRequest ? version.Pipeline.LabelFields : [],
                });
            }
        }

        return parts.ToImmutable();
    }
}
