using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Evaluation;

namespace Serving.Features.Tests.Conformance;

/// <summary>Events of a case, read into the oracle of windows.</summary>
internal static class WindowTables
{
    /// <summary>An oracle with the rows of every event that the folder has a file of.</summary>
    public static WindowOracle Oracle(FeatureScript script, string folder)
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

        return oracle;
    }

    /// <summary>The window values of request rows.</summary>
    public static WindowValues Values(FeatureScript script, WindowOracle oracle, RowBatch requests)
    {
        var values = new WindowValues(script.Windows);
        for (int row = 0; row < requests.RowCount; row++)
        {
            oracle.Read(requests, row, values);
        }

        return values;
    }
}
