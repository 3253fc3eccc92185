using Serving.Client;
using Serving.Data.Windows;
using Serving.Engine.Bundles;
using Serving.Protocol.V1;

namespace Serving.Cli.Demonstration;

/// <summary>
/// The events behind a bundle's samples, brought to the server before its requests: requests of the past are scored,
/// which teaches the windows, other events are ingested.
/// </summary>
internal sealed class DemoHistory
{
    private const int RowsAtOnce = 500;

    private readonly string _model;
    private readonly string _set;
    private readonly List<(EventDeclaration Event, List<Row> Rows)> _events = [];

    private DemoHistory(string model, string set)
    {
        _model = model;
        _set = set;
    }

    /// <summary>Number of events.</summary>
    public int Count => _events.Sum(pair => pair.Rows.Count);

    /// <summary>
    /// What a bundle's samples have behind them and was known before a moment, the first of their own times: what came
    /// later would be the future of the first requests.
    /// </summary>
    public static DemoHistory Of(Bundle bundle, long before)
    {
        var history = new DemoHistory(bundle.Manifest.Name, bundle.Script?.Name ?? "");
        foreach (EventDeclaration declaration in bundle.Script?.Events ?? [])
        {
            var rows = new List<(long Known, Row Row)>();
            foreach (GivenEvents given in Enumerable.Range(0, bundle.SampleSet.Count)
                .SelectMany(sample => bundle.SampleSet.GivenOf(sample))
                .Where(given => given.Event == declaration.Schema.Name))
            {
                for (int row = 0; row < given.Rows.RowCount; row++)
                {
                    long known = declaration.KnownOf(given.Rows, row);
                    if (known < before)
                    {
                        rows.Add((known, DemoRequests.RowOf(given.Rows, row)));
                    }
                }
            }

            history._events.Add((declaration, [.. rows.OrderBy(pair => pair.Known).Select(pair => pair.Row)]));
        }

        return history;
    }

    /// <summary>Brings all of it.</summary>
    public async Task SendAsync(ServingClient client, CancellationToken cancellation)
    {
        foreach ((EventDeclaration declaration, List<Row> rows) in _events)
        {
            foreach (Row[] some in rows.Chunk(RowsAtOnce))
            {
                if (declaration.IsRequest)
                {
                    var request = new ScoreBatchRequest { Model = _model };
                    request.Rows.AddRange(some);
                    await client.ScoreBatchAsync(request, cancellation: cancellation);
                }
                else
                {
                    await client.IngestAsync(_set, declaration.Schema.Name, some, cancellation: cancellation);
                }
            }
        }
    }
}
