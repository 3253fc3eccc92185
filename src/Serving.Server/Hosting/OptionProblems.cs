using Serving.Data;

namespace Serving.Server.Hosting;

/// <summary>What is wrong with nested options. Not safe for use by several threads.</summary>
internal sealed class OptionProblems(List<InputProblem> problems)
{
    /// <summary>Notes a value that is none.</summary>
    public void Add(OptionNode node, string expected) =>
        problems.Add(new InputProblem(node.Place, node.Found, expected));

    /// <summary>Notes a key that nobody knows.</summary>
    public void AddUnknown(OptionNode node, string key, IEnumerable<string> known)
    {
        string? nearest = OptionText.Nearest(key, known);
        problems.Add(new InputProblem(
            node.Place, $"unknown option '{key}'", "a known option",
            nearest is null ? "" : $"did you mean '{nearest}'?"));
    }

    /// <summary>
    /// The members of a mapping whose keys are all known; others are noted. Null, and noted, where it is no mapping.
    /// </summary>
    public IReadOnlyDictionary<string, OptionNode>? Members(OptionNode node, string expected, params string[] known)
    {
        if (node.Members is not { } members)
        {
            Add(node, expected);
            return null;
        }

        var read = new Dictionary<string, OptionNode>(StringComparer.Ordinal);
        foreach ((string key, OptionNode value) in members)
        {
            if (!known.Contains(key))
            {
                AddUnknown(value, key, known);
            }
            else if (!read.TryAdd(key, value))
            {
                Add(value, "the key once");
            }
        }

        return read;
    }

    /// <summary>A value read by a function; null, and noted, where it cannot be.</summary>
    public T? Value<T>(OptionNode node, string expected, Func<OptionNode, T?> read)
        where T : struct
    {
        T? value = node.Text is null ? null : read(node);
        if (value is null)
        {
            Add(node, expected);
        }

        return value;
    }
}
