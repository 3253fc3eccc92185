using Serving.Data;
using Serving.Models.Import.LightGbm;
using Serving.Models.Import.XGBoost;
using Serving.Models.Import;
using Serving.Models.Linear;

namespace Serving.Models;

/// <summary>Opens model files of the tools whose models run on the kernels here.</summary>
public static class ModelFile
{
    /// <summary>Bytes of a file at most.</summary>
    public const long BytesMax = 1L << 30;

    /// <summary>Loads a model from a path; files that a <c>linear.json</c> names are read from its folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its format, or <see cref="ModelFormat.Auto"/>.</param>
    /// <exception cref="InputException">The file is no such model, or a broken one.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ScoringModel Load(string path, ModelFormat format = ModelFormat.Auto)
    {
        FileInfo file = new(path);
        if (file.Exists && file.Length > BytesMax)
        {
            throw ImportProblem.Of(path, $"{file.Length} bytes", $"at most {BytesMax}");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Load(File.ReadAllBytes(path), format, name => File.OpenRead(Path.Combine(folder, name)));
    }

    /// <summary>Loads a model from its bytes.</summary>
    /// <param name="bytes">The file; not kept.</param>
    /// <param name="format">Its format, or <see cref="ModelFormat.Auto"/>.</param>
    /// <param name="openBeside">Opens a file that a <c>linear.json</c> names, by plain name (no folder can be in it);
    /// null where there are none. The stream is disposed here.</param>
    /// <exception cref="InputException">The bytes are no such model, or a broken one.</exception>
    public static ScoringModel Load(
        ReadOnlyMemory<byte> bytes, ModelFormat format = ModelFormat.Auto, Func<string, Stream>? openBeside = null)
    {
        ModelFormat found = format == ModelFormat.Auto ? Detect(bytes.Span) : format;
        return found switch
        {
            ModelFormat.LightGbm => LightGbmImporter.Read(bytes.Span),
            ModelFormat.XGBoostJson or ModelFormat.XGBoostUbj => XGBoostImporter.Read(found, bytes.Span),
            _ => LinearModelReader.Read(bytes.Span, openBeside),
        };
    }

    /// <summary>The format that a file's first bytes show.</summary>
    /// <exception cref="InputException">It is none that runs here; the message says what to do.</exception>
    public static ModelFormat Detect(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> start = bytes[..Math.Min(bytes.Length, 4096)];
        if (start.StartsWith("tree\n"u8) || start.StartsWith("tree\r\n"u8) || start.StartsWith("Tree="u8))
        {
            return ModelFormat.LightGbm;
        }

        // UBJSON: an object whose first name's length is a number's marker, not blank or quote as in JSON.
        if (start.Length > 1 && start[0] == (byte)'{' && "LlIiUNSKmM#$"u8.Contains(start[1]))
        {
            return ModelFormat.XGBoostUbj;
        }

        ReadOnlySpan<byte> trimmed = start.TrimStart(" \t\r\n"u8);
        if (trimmed.Length > 0 && trimmed[0] == (byte)'{')
        {
            return bytes.IndexOf("\"serving.linear\""u8) >= 0 ? ModelFormat.Linear : ModelFormat.XGBoostJson;
        }

        throw start.StartsWith("binf"u8) || LooksLikeOldBooster(start)
            ? ImportProblem.Of(
                "model", "XGBoost's old binary format", "JSON or UBJSON", "save it again as .json or .ubj with XGBoost")
            : ImportProblem.Of(
                "model", "a file of no known format", "LightGBM text, XGBoost JSON or UBJSON, or linear.json");
    }

    /// <summary>
    /// The old format begins with a 136-byte parameter block: base_score as binary32, the number of features, the
    /// number
    /// of classes; names of objective and booster follow as texts.
    /// </summary>
    private static bool LooksLikeOldBooster(ReadOnlySpan<byte> start) =>
        start.Length > 160 && (start.IndexOf("gbtree"u8) > 100 || start.IndexOf("gblinear"u8) > 100);
}
