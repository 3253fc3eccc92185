using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Evaluation;
using Serving.Features.Tests.Fitting;

namespace Serving.Features.Tests.Conformance;

/// <summary>
/// The request rows of a case with their window values and labels, by the oracle of windows over its events.
/// </summary>
internal sealed record CaseRows(RowBatch Requests, WindowValues Windows, IReadOnlyList<bool?> Labels)
{
    /// <summary>Reads the files of a folder: EVENT.csv of each event, absent where there are none.</summary>
    public static CaseRows Read(FeatureScript script, string folder) => Read(script, name =>
    {
        string file = Path.Combine(folder, name + ".csv");
        return File.Exists(file) ? File.ReadAllText(file) : null;
    });

    /// <summary>Reads a text case: its rows, and those of its other events.</summary>
    public static CaseRows Read(FeatureScript script, CaseFile file) =>
        Read(script, name => name == script.Request.Name ? file.Rows() : file.EventRows(name));

    private static CaseRows Read(FeatureScript script, Func<string, string?> csvOf)
    {
        var oracle = new WindowOracle(script);
        foreach (EventDeclaration item in script.Events)
        {
            if (csvOf(item.Schema.Name) is { } csv)
            {
                oracle.Add(item.Schema.Name, CellReader.Read(item.Schema, csv));
            }
        }

        return Of(script, oracle, CellReader.Read(script.Request, csvOf(script.Request.Name)!));
    }

    /// <summary>The rows with what an oracle that knows all events says of them.</summary>
    public static CaseRows Of(FeatureScript script, WindowOracle oracle, RowBatch requests)
    {
        var windows = new WindowValues(script.Windows);
        var labels = new List<bool?>();
        for (int row = 0; row < requests.RowCount; row++)
        {
            oracle.Read(requests, row, windows);
            labels.Add(script.Bound.Label is { } label
                ? InterpretedRow.OfEvent(label, requests, row, null, 0)?.IsTrue
                : oracle.Label(requests, row));
        }

        return new CaseRows(requests, windows, labels);
    }

    /// <summary>The rows as fitting reads them.</summary>
    public Func<IRowSource> Source(JoinedRows join)
    {
        var joined = new RowBatch(join.Schema);
        for (int row = 0; row < Requests.RowCount; row++)
        {
            join.Append(joined, Requests, Windows, row, Labels[row]);
        }

        return ListedRows.Of(joined);
    }
}
