using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Pipeline;
using Serving.Engine.Versions;

namespace Serving.Engine.Ingest;

/// <summary>
/// The logs beside a version's own that its requests enter: those that only other versions of the feature set have
/// (other columns, keys, conditions). Belongs to a published table, not to the version. Immutable and safe for use by
/// several threads.
/// </summary>
internal sealed class RequestFeed
{
    private RequestFeed(ImmutableArray<IngestLogs> parts, ImmutableArray<Field> fields)
    {
        Parts = parts;
        Fields = fields;
    }

    /// <summary>The logs by declaration; places are those of the version's fields with <see cref="Fields"/>
    /// behind.</summary>
    public ImmutableArray<IngestLogs> Parts { get; }

    /// <summary>
    /// Fields that these logs need and the version's own request does not have; each is optional here.
    /// </summary>
    public ImmutableArray<Field> Fields { get; }

    /// <summary>
    /// What a version's requests enter beside its own logs; null when nothing. A log is known by its schema hash: one
    /// that several versions have is fed once.
    /// </summary>
    /// <param name="scorer">The version that answers.</param>
    /// <param name="fed">
    /// Every version whose windows are to be kept full: the Ready ones, and those that wait for their history.
    /// </param>
    public static RequestFeed? Of(ServedVersion scorer, IEnumerable<ServedVersion> fed)
    {
        if (scorer.Script is not { } script)
        {
            return null;
        }

        string name = script.Request.Name;
        var seen = new SortedSet<ulong>(LogsOf(scorer).Select(log => log.Codec.Schema));
        var parts = new List<IngestLogs>();
        foreach (ServedVersion version in fed.Where(other => other != scorer && other.Script?.Name == script.Name))
        {
            ImmutableArray<WindowLog> logs =
                [.. LogsOf(version).Where(log => log.Log.Event.Schema.Name == name && seen.Add(log.Codec.Schema))];
            if (!logs.IsEmpty)
            {
                EventDeclaration declaration = logs[0].Log.Event;
                parts.Add(new IngestLogs(declaration, [], logs)
                {
                    LabelFields = declaration.IsRequest ? version.Pipeline.LabelFields : [],
                });
            }
        }

        return parts.Count == 0 ? null : Of(scorer.Pipeline.Rows, parts);
    }

    private static RequestFeed Of(RowSchema own, List<IngestLogs> parts)
    {
        ImmutableArray<Field> fields = IngestLogs.FieldsBeside(own, parts);
        var rows = new RowSchema(own.Name, [.. own.Fields, .. fields]);
        return new RequestFeed([.. parts.Select(part => part.For(rows))], fields);
    }

    private static ImmutableArray<WindowLog> LogsOf(ServedVersion version) => version.Pipeline.Windows?.Logs ?? [];
}
