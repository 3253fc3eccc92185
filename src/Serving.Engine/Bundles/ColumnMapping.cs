using System.Collections.Immutable;
using Serving.Data;
using Serving.Features;
using Serving.Models;

namespace Serving.Engine.Bundles;

/// <summary>
/// Which feature column goes to which model input: by name when every input's name is a column's; by position when the
/// model holds default names and the counts agree; nothing else.
/// </summary>
internal static class ColumnMapping
{
    private const int ListedMax = 40;

    /// <summary>The layout, or null after noting why the two sides do not fit, both listed.</summary>
    public static FeatureLayout? Create(
        ImmutableArray<FeatureColumn> columns, BundleModel model, BundleProblems problems)
    {
        int[]? columnOfInput = ByName(columns, model.Inputs);
        if (columnOfInput is null && model.HasDefaultNames && columns.Length == model.Inputs.Length)
        {
            columnOfInput = [.. Enumerable.Range(0, columns.Length)];
        }

        if (columnOfInput is null)
        {
            problems.Add(
                "model inputs",
                Names(model.Inputs.Select(input => input.Name), model.Inputs.Length),
                $"names of feature columns: {Names(columns.Select(column => column.Name), columns.Length)}",
                model.HasDefaultNames
                    ? "the model has default names: give it as many columns as it has inputs"
                    : "train the model on the columns of `features run`, or name them alike");
            return null;
        }

        long before = problems.Count;
        for (int input = 0; input < columnOfInput.Length; input++)
        {
            CheckKind(columns[columnOfInput[input]], model.Inputs[input], model.IsLinear, problems);
        }

        return problems.Count == before ? LayoutOf(columns.Length, columnOfInput, model.Inputs) : null;
    }

    private static int[]? ByName(ImmutableArray<FeatureColumn> columns, ImmutableArray<ModelInput> inputs)
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int column = 0; column < columns.Length; column++)
        {
            places[columns[column].Name] = column;
        }

        int[] columnOfInput = new int[inputs.Length];
        var taken = new HashSet<int>();
        for (int input = 0; input < inputs.Length; input++)
        {
            if (!places.TryGetValue(inputs[input].Name, out columnOfInput[input]) || !taken.Add(columnOfInput[input]))
            {
                return null;
            }
        }

        return columnOfInput;
    }

    private static void CheckKind(FeatureColumn column, ModelInput input, bool isLinear, BundleProblems problems)
    {
        string place = $"model input '{input.Name}'";
        if (input.TakesIds && !column.IsDiscrete)
        {
            problems.Add(place, $"the continuous column '{column.Name}'", "a column of ids");
        }
        else if (input.TakesIds && column.Size > input.Size)
        {
            problems.Add(
                place, $"a block of {input.Size} ids",
                $"at least {column.Size}, since column '{column.Name}' has ids up to {column.Size - 1}");
        }
        else if (!input.TakesIds && column.IsMultiValued)
        {
            problems.Add(
                place, $"column '{column.Name}' of several ids", "one number", "linear models take it under ids");
        }
        else if (!input.TakesIds && isLinear && column.IsDiscrete)
        {
            problems.Add(
                place, $"column '{column.Name}' of ids under dense", "a continuous column", "name it under ids");
        }
    }

    private static FeatureLayout LayoutOf(int columns, int[] columnOfInput, ImmutableArray<ModelInput> inputs)
    {
        int[] dense = new int[columns];
        int[] ids = new int[columns];
        Array.Fill(dense, -1);
        Array.Fill(ids, -1);
        int nextDense = 0;
        int nextIds = 0;
        for (int input = 0; input < columnOfInput.Length; input++)
        {
            if (inputs[input].TakesIds)
            {
                ids[columnOfInput[input]] = nextIds++;
            }
            else
            {
                dense[columnOfInput[input]] = nextDense++;
            }
        }

        return new FeatureLayout([.. dense], [.. ids]);
    }

    private static string Names(IEnumerable<string> names, int count) =>
        $"{string.Join(", ", names.Take(ListedMax))}{(count > ListedMax ? $" ... ({count})" : $" ({count})")}";
}
