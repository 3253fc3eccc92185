using Serving.Data;
using Serving.Engine.Tensors.Mapping;
using Serving.Features;

namespace Serving.Engine.Bundles;

/// <summary>Puts a checked tensor model behind a script, as a mapping's file says. Stateless.</summary>
internal static class MappingFile
{
    /// <summary>Its name in a bundle.</summary>
    public const string FileName = "mapping.json";

    /// <summary>The model behind the script.</summary>
    /// <param name="utf8">The mapping; null for one that says nothing, so that names alone decide.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="tensors">The model.</param>
    /// <param name="script">The script.</param>
    /// <param name="statistics">Its statistics.</param>
    /// <exception cref="InputException">They do not fit: all problems, each with the file before its place.</exception>
    public static BundleTensors Apply(
        byte[]? utf8, string file, BundleTensors tensors, FeatureScript script, FittedStatistics? statistics)
    {
        try
        {
            MappingDocument document = utf8 is null ? MappingDocument.Empty : MappingReader.Read(utf8);
            return tensors.Behind(
                MappingResolver.Resolve(document, tensors.Model, MappingColumns.Of(script, statistics)));
        }
        catch (InputException exception)
        {
            throw new InputException(
                [.. exception.Problems.Select(problem => problem with { Place = $"{file}, {problem.Place}" })],
                exception.ProblemCount);
        }
    }
}
