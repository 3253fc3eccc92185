using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Serving.Data.Tensors.Json;

/// <summary>All that is wrong with a document of tensors: the first ones in words, the rest counted.</summary>
/// <param name="prefix">What stands before every place, e.g. a file and a line.</param>
internal sealed class TensorJsonProblems(string prefix)
{
    private const int FoundMax = 60;

    private readonly ImmutableArray<InputProblem>.Builder _shown = ImmutableArray.CreateBuilder<InputProblem>();

    public long Count { get; private set; }

    /// <summary>Whether a further problem is still put into words.</summary>
    public bool IsShowing => Count < InputException.ProblemsShownMax;

    public void Add(string place, string found, string expected, string advice = "")
    {
        Count++;
        if (_shown.Count < InputException.ProblemsShownMax)
        {
            _shown.Add(new InputProblem(prefix + place, found, expected, advice));
        }
    }

    public void ThrowIfAny()
    {
        if (Count > 0)
        {
            throw new InputException(_shown.ToImmutable(), Count);
        }
    }

    /// <summary>A token as messages show it, shortened.</summary>
    public static string Shown(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => $"\"{Shortened(reader.ValueSpan)}\"",
        _ => Shortened(reader.ValueSpan),
    };

    /// <summary>A place in a tensor, e.g. <c>inputs.x[3][1]</c>.</summary>
    public static string PlaceOf(string name, ReadOnlySpan<long> indexes)
    {
        var text = new StringBuilder("inputs.").Append(name);
        foreach (long index in indexes)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{index}]");
        }

        return text.ToString();
    }

    private static string Shortened(ReadOnlySpan<byte> text) => text.Length <= FoundMax
        ? Encoding.UTF8.GetString(text)
        : Encoding.UTF8.GetString(text[..FoundMax]).TrimEnd('\uFFFD') + "...";
}
