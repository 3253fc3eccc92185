using System.Collections.Immutable;
using System.Text.Unicode;
using System.Text;
using Serving.Models.Import.Documents;

namespace Serving.Models.Import.XGBoost;

/// <summary>
/// Names of categories that XGBoost >= 3.1 stores from data frames (<c>cats.enc</c>): per feature texts as offsets and
/// bytes, or integers, in the order of the codes.
/// </summary>
internal static class XGBoostCategories
{
    /// <summary>The features with their categories' names, and a remark where names are damaged.</summary>
    /// <param name="model">The booster's model.</param>
    /// <param name="features">Features without names of categories.</param>
    public static (ImmutableArray<ModelFeature> Features, string Remark) Read(
        DocumentNode model, ImmutableArray<ModelFeature> features)
    {
        if (model.Find("cats", "model")?.Find("enc", "cats") is not { } list || list.AsList("cats.enc").Count == 0)
        {
            return (features, "");
        }

        IReadOnlyList<DocumentNode> columns = list.AsList("cats.enc");
        if (columns.Count != features.Length)
        {
            throw ImportProblem.Of("cats.enc", $"{columns.Count} features", $"{features.Length}");
        }

        ImmutableArray<ModelFeature>.Builder named = ImmutableArray.CreateBuilder<ModelFeature>(features.Length);
        bool areDamaged = false;
        for (int i = 0; i < features.Length; i++)
        {
            string place = $"cats.enc of feature {i}";
            double[] values = columns[i].Get("values", place).AsNumbers(place);
            ImmutableArray<string> names = columns[i].Find("offsets", place) is { } offsets
                ? ReadTexts(offsets.AsNumbers(place), values, place, ref areDamaged)
                : [.. values.Select(value => value.ToString())];
            named.Add(features[i] with { Categories = names });
        }

        return (named.MoveToImmutable(), areDamaged
            ? "names of categories that are not ASCII: XGBoost 3.2 cuts them (its offsets count characters, not bytes)"
            : "");
    }

    private static ImmutableArray<string> ReadTexts(
        double[] offsets, double[] values, string place, ref bool areDamaged)
    {
        byte[] bytes = [.. values.Select(value => value is >= -128 and <= 255
            ? unchecked((byte)(int)value)
            : throw ImportProblem.Of(place, value.ToString(), "bytes"))];
        ImmutableArray<string>.Builder names = ImmutableArray.CreateBuilder<string>();
        for (int i = 1; i < offsets.Length; i++)
        {
            if (offsets[i - 1] < 0 || offsets[i] < offsets[i - 1] || offsets[i] > bytes.Length)
            {
                throw ImportProblem.Of(place, $"offset {offsets[i]}", $"rising offsets up to {bytes.Length}");
            }

            ReadOnlySpan<byte> name = bytes.AsSpan((int)offsets[i - 1], (int)offsets[i] - (int)offsets[i - 1]);
            areDamaged |= !Utf8.IsValid(name);
            names.Add(Encoding.UTF8.GetString(name));
        }

        areDamaged |= offsets.Length > 0 && offsets[^1] != bytes.Length;
        return names.ToImmutable();
    }
}
