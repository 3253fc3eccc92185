using System.Collections.Immutable;
using System.Text.Json;
using Serving.Data;
using Serving.Data.Tensors;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>Finds what fills each input of a signature, as the mapping says or by the names alone.</summary>
internal sealed class InputResolver(
    TensorSignature signature, MappingColumns columns, ImmutableArray<InputProblem>.Builder problems)
{
    private readonly FillCheck _check = new(columns, problems);

    /// <summary>Rows of one call: 1 where an input takes one row alone.</summary>
    public int RowsPerCall { get; private set; } = int.MaxValue;

    /// <summary>The inputs as the member <c>inputs</c> says.</summary>
    public ImmutableArray<MappedInput> Named(JsonElement inputs)
    {
        var found = ImmutableArray.CreateBuilder<MappedInput>();
        foreach (JsonProperty member in inputs.EnumerateObject())
        {
            int index = signature.InputIndex(member.Name);
            if (index < 0)
            {
                problems.Add(new InputProblem($"inputs, '{member.Name}'", "no input of that name", Listed));
            }
            else if (Mapped(index, member.Value) is { } input)
            {
                found.Add(input);
            }
        }

        for (int index = 0; index < signature.Inputs.Length; index++)
        {
            TensorSpec spec = signature.Inputs[index];
            if (!spec.HasDefault && !inputs.TryGetProperty(spec.Name, out _))
            {
                problems.Add(new InputProblem($"inputs, '{spec.Name}'", "nothing", $"columns for {spec.TypeText}"));
            }
        }

        return Ordered(found);
    }

    /// <summary>
    /// The inputs without that member: each by the column of its name, or one input of all columns in their order.
    /// </summary>
    public ImmutableArray<MappedInput> ByName()
    {
        ImmutableArray<TensorSpec> specs = signature.Inputs;
        bool areNamed = specs.All(spec => spec.HasDefault || columns.Find(spec.Name) is not null);
        var found = ImmutableArray.CreateBuilder<MappedInput>();
        if (areNamed)
        {
            for (int index = 0; index < specs.Length; index++)
            {
                if (columns.Find(specs[index].Name) is { } column
                    && Mapped(index, FillOf(column), specs[index].Name) is { } input)
                {
                    found.Add(input);
                }
            }

            return Ordered(found);
        }

        int[] needed = [.. Enumerable.Range(0, specs.Length).Where(index => !specs[index].HasDefault)];
        if (needed is [int only] && TakesAll(specs[only])
            && !columns.All.Any(column => column.IsMultiValued))
        {
            var all = new ColumnFill([.. columns.All.Select(column => new MappedColumn(column.Name, false))]);
            return Mapped(only, all, specs[only].Name) is { } input ? [input] : [];
        }

        problems.Add(new InputProblem(
            "inputs", Listed, $"names of feature columns: {columns.Listed}",
            "say by --mapping which columns fill which input"));
        return [];
    }

    private string Listed => string.Join(", ", signature.Inputs.Select(spec => spec.ToString()));

    private bool TakesAll(TensorSpec spec) => spec.Shape is { Length: 2 } shape
        && (shape[1] < 0 || shape[1] == columns.All.Length);

    private static ColumnFill FillOf(FeatureColumn column) => column.IsMultiValued
        ? new ColumnFill([new MappedColumn(column.Name, false)]) { TakesIds = true, Length = column.IdsMax }
        : new ColumnFill([new MappedColumn(column.Name, false)]) { IsSingle = true };

    private MappedInput? Mapped(int index, JsonElement value)
    {
        TensorSpec spec = signature.Inputs[index];
        string place = $"inputs, '{spec.Name}'";
        try
        {
            if (spec.Type == TensorType.Text && !spec.Example.IsEmpty)
            {
                return Example(index, place, value);
            }

            return Mapped(index, FillReader.Read(place, value, columns), spec.Name);
        }
        catch (InputException exception)
        {
            problems.AddRange(exception.Problems);
            return null;
        }
    }

    private MappedInput? Mapped(int index, ColumnFill fill, string name)
    {
        TensorSpec spec = signature.Inputs[index];
        string place = $"inputs, '{name}'";
        int before = problems.Count;
        _check.Check(place, fill, spec.Type);
        int rank = RankOf(spec, fill);
        if (problems.Count == before && !Fits(spec, rank, fill.Width))
        {
            problems.Add(new InputProblem(
                place,
                fill.Width == 1 ? "one number of each row" : $"{fill.Width} numbers of each row",
                $"{spec.TypeText}, [rows{(fill.IsSingle ? "] or [rows, 1]" : ", numbers]")}",
                fill.TakesIds ? "say its \"length\"" : ""));
        }

        return problems.Count == before ? new MappedInput(index, rank, fill, []) : null;
    }

    private MappedInput? Example(int index, string place, JsonElement value)
    {
        TensorSpec spec = signature.Inputs[index];
        string known = string.Join(", ", spec.Example.Select(feature => feature.Name));
        int before = problems.Count;
        if (value.ValueKind != JsonValueKind.Object)
        {
            problems.Add(new InputProblem(place, value.GetRawText(), $"an object, feature to column: {known}"));
            return null;
        }

        var features = ImmutableArray.CreateBuilder<MappedFeature>();
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string at = $"{place}, feature '{member.Name}'";
            if (spec.Example.FirstOrDefault(feature => feature.Name == member.Name) is { } feature)
            {
                features.Add(Feature(at, feature, member.Value));
            }
            else
            {
                problems.Add(new InputProblem(at, "no feature of that name", known));
            }
        }

        foreach (ExampleFeature feature in spec.Example.Where(
            feature => feature.IsRequired && !value.TryGetProperty(feature.Name, out _)))
        {
            problems.Add(new InputProblem($"{place}, feature '{feature.Name}'", "nothing", "a column"));
        }

        int rank = spec.Shape is { Length: 1 } or null ? 1 : 2;
        if (!Fits(spec, rank, 1))
        {
            problems.Add(new InputProblem(place, "one example of each row", spec.TypeText));
        }

        return problems.Count == before ? new MappedInput(index, rank, null, features.ToImmutable()) : null;
    }

    private MappedFeature Feature(string place, ExampleFeature feature, JsonElement value)
    {
        ColumnFill fill = FillReader.Read(place, value, columns);
        if (fill is { IsSingle: true } && columns.Find(fill.Columns[0].Name) is { IsMultiValued: true } several)
        {
            // A feature of any number of values takes all ids that there are.
            fill = FillOf(several) with { Length = feature.Count < 0 ? 0 : (int)feature.Count };
        }

        _check.Check(place, fill, feature.Type);
        if (feature.Count >= 0 && fill.Width != feature.Count)
        {
            problems.Add(new InputProblem(place, $"{fill.Width} values", $"{feature.Count}"));
        }

        return new MappedFeature(feature, fill);
    }

    private static int RankOf(TensorSpec spec, ColumnFill fill) =>
        spec.Shape is { Length: 1 } && fill is { Width: 1, TakesIds: false } ? 1 : 2;

    private bool Fits(TensorSpec spec, int rank, int width)
    {
        if (spec.Kind != TensorKind.Tensor)
        {
            return false;
        }

        if (spec.Shape is not { } shape)
        {
            return true;
        }

        bool fits = shape.Length == rank && shape[0] is < 0 or 1
            && (rank == 1 || shape[1] < 0 || shape[1] == width);
        RowsPerCall = fits && shape[0] == 1 ? 1 : RowsPerCall;
        return fits;
    }

    private static ImmutableArray<MappedInput> Ordered(ImmutableArray<MappedInput>.Builder inputs) =>
        [.. inputs.OrderBy(input => input.Index)];
}
