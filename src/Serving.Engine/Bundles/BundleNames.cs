using System.Globalization;
using Serving.Data.Json;

namespace Serving.Engine.Bundles;

/// <summary>Which names of models, versions and files are taken. Everything else is refused, not cleaned.</summary>
public static class BundleNames
{
    /// <summary>How a model's name must look.</summary>
    public const string ModelPattern = "^[a-z0-9][a-z0-9_.-]{0,127}$";

    /// <summary>End of the name of a bundle that is one file.</summary>
    public const string FileSuffix = ".bundle";

    // What runs, or is run by loading it, has no place in a bundle whatever a manifest says (hardening.md, case 87).
    private static readonly string[] CodeEndings =
    [
        ".py", ".pyc", ".pkl", ".pickle", ".joblib", ".so", ".dll", ".dylib", ".exe", ".sh", ".js", ".wasm", ".jar",
        ".class", ".bat", ".ps1", ".pt", ".pth", ".npy",
    ];

    /// <summary>Whether a text is a model's name.</summary>
    public static bool IsModelName(string name)
    {
        bool isRight = name.Length is > 0 and <= 128 && name[0] is not ('_' or '.' or '-');
        foreach (char character in name)
        {
            isRight &= character is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' or '.' or '-';
        }

        return isRight;
    }

    /// <summary>The version that a text spells without leading zeros, sign or exponent, or 0.</summary>
    public static long VersionOf(ReadOnlySpan<char> text)
    {
        bool isDigits = text.Length is > 0 and <= 16 && text[0] != '0' && !text.ContainsAnyExceptInRange('0', '9');
        return isDigits && long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture) is var version
            && version <= CanonicalJson.IntegerMax
            ? version
            : 0;
    }

    /// <summary>
    /// Whether a name may stand inside a bundle: at most 5 parts of ASCII letters, digits, <c>_ . -</c>, none beginning
    /// with a dot. So there is no way up, no absolute name, no drive, no backslash, no control character.
    /// </summary>
    public static bool IsFileName(string name)
    {
        string[] parts = name.Split('/');
        return name.Length <= 255 && parts.Length <= BundleLimits.FolderDepthMax + 1 && Array.TrueForAll(parts, IsPart);
    }

    /// <summary>Whether a name's ending says that it holds code.</summary>
    internal static bool IsCode(string name) =>
        Array.Exists(CodeEndings, ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static bool IsPart(string part)
    {
        bool isRight = part.Length is > 0 and <= 128 && part[0] != '.';
        foreach (char character in part)
        {
            isRight &= char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-';
        }

        return isRight;
    }
}
