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
    public static CaseRows Read(FeatureScript script, string folder)
    {
        var oracle = new WindowOracle(script);
        foreach (EventDeclaration item in script.Events)
        {
            string file = Path.Combine(folder, item.Schema.Name + ".csv");
            if (File.Exists(file))
            {
                oracle.Add(item.Schema.Name, CellReader.Read(item.Schema, File.ReadAllText(file)));
            }
        }

        string requests = File.ReadAllText(Path.Combine(folder, script.Request.Name + ".csv"));
        return Of(script, oracle, CellReader.Read(script.Request, requests));
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
