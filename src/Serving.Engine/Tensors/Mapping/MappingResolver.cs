using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models;
using Serving.Models.Links;
using Serving.Models.Tensors;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>Fits a mapping to a model and the columns of a script: every side is listed where they differ.</summary>
internal static class MappingResolver
{
    // More rows make no call faster and take memory: 256 rows of 1,000 numbers are a megabyte.
    private const int RowsMax = 256;

    /// <summary>The mapping with nothing left to defaults.</summary>
    /// <exception cref="InputException">It does not fit: all problems found.</exception>
    public static TensorMapping Resolve(MappingDocument document, TensorModel model, MappingColumns columns)
    {
        int index = model.SignatureIndex(document.Signature);
        if (index < 0)
        {
            string found = document.Signature.Length == 0
                ? $"no signature {TensorSignature.DefaultName}"
                : $"no signature '{document.Signature}'";
            throw new InputException(new InputProblem(
                "signature", found, $"one of {string.Join(", ", model.Signatures.Select(known => known.Name))}"));
        }

        TensorSignature signature = model.Signatures[index];
        var problems = ImmutableArray.CreateBuilder<InputProblem>();
        var resolver = new InputResolver(signature, columns, problems);
        ImmutableArray<MappedInput> inputs = document.Inputs is { } said
            ? resolver.Named(said)
            : resolver.ByName();
        MappedScore? score = ScoreResolver.Resolve(document, signature, problems);
        ScoreLink? link = ScoreLinks.Find(document.Link);
        if (link is null)
        {
            problems.Add(new InputProblem("link", $"'{document.Link}'", string.Join(", ", ScoreLinks.Names)));
        }

        if (problems.Count == 0 && inputs.IsEmpty)
        {
            problems.Add(new InputProblem("inputs", "none that a column fills", "one at least"));
        }

        if (problems.Count > 0)
        {
            throw new InputException(
                [.. problems.Take(InputException.ProblemsShownMax)], problems.Count);
        }

        return new TensorMapping(index, signature, inputs, score!, link!)
        {
            ModelInputs = ModelInputsOf(inputs, columns),
            RowsPerCall = Math.Min(Math.Min(RowsMax, document.RowsPerCall ?? RowsMax), resolver.RowsPerCall),
        };
    }

    // Each column once, in the order of first use.
    private static ImmutableArray<ModelInput> ModelInputsOf(
        ImmutableArray<MappedInput> inputs, MappingColumns columns) =>
    [
        .. inputs.SelectMany(input => input.Fills).SelectMany(fill => fill.Columns).Select(column => column.Name)
            .Distinct(StringComparer.Ordinal)
            .Select(name => columns.Find(name)!)
            .Select(column => new ModelInput(
                column.Name, column.IsMultiValued, column.IsMultiValued ? column.Size : 0)),
    ];
}
