using Xunit;

namespace Serving.Style.Tests;

/// <summary>
/// What is over a limit today, and by how much: ratchet.txt. A number there may only fall; a line that is no longer
/// needed must go, so that the excess cannot come back unseen.
/// </summary>
internal sealed class Ratchet
{
    private readonly Dictionary<string, int> _limits = new(StringComparer.Ordinal);
    private readonly string _kind;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public Ratchet(string kind, string text)
    {
        _kind = kind;
        foreach (string line in text.Split('\n').Where(line => line.StartsWith(kind + " ", StringComparison.Ordinal)))
        {
            string[] cells = line.Split(' ', 4);
            Assert.True(cells.Length == 4, $"`kind name number reason` expected: {line}");
            _limits.Add(cells[1], int.Parse(cells[2]));
        }
    }

    public static Ratchet Read(string kind) => new(kind, SourceTree.Read("tests/Serving.Style.Tests/ratchet.txt"));

    /// <summary>The violations among measured things; each thing over the limit needs a line that covers it.</summary>
    public IEnumerable<string> Check(IEnumerable<Measured> measured, int limit)
    {
        foreach (Measured thing in measured.Where(thing => thing.Size > limit))
        {
            if (!_limits.TryGetValue(thing.Name, out int known))
            {
                yield return $"{thing.Name}: {thing.Size}, at most {limit}; `{_kind} {thing.Name} {thing.Size} WHY`";
            }
            else if (thing.Size > known)
            {
                yield return $"{thing.Name}: {thing.Size}, ratchet.txt says {known}: it may only fall";
            }

            _used.Add(thing.Name);
        }

        foreach (string name in _limits.Keys.Where(name => !_used.Contains(name)))
        {
            yield return $"{name}: no longer over {limit}; take its line out of ratchet.txt";
        }
    }
}
