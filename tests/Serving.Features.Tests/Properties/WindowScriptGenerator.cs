using System.Globalization;
using System.Text;

namespace Serving.Features.Tests.Properties;

/// <summary>
/// Draws scripts with events, windows of every kind, a label over events and a test with given events; all compile.
/// </summary>
internal sealed class WindowScriptGenerator(Choice choice)
{
    private const int WindowsMost = 4;
    private const int FeaturesMost = 6;

    private readonly List<(string Name, bool OfRequest, bool Keeps, bool IsLifetime)> _windows = [];
    private readonly StringBuilder _text = new();

    public static string Draw(ulong seed) => new WindowScriptGenerator(new Choice(seed)).Draw();

    private string Draw()
    {
        string zone = choice.Of("", " zone \"Europe/Berlin\"", " zone \"America/New_York\"");
        Add($"features t 1{zone};");
        Add("request r { id: string; at: time; k: string?; s: string; a: decimal(2)?; f: float; n: int; b: bool?; } "
            + $"id id, time at{choice.Of("", ", late 10m", ", lag 2s, late 1h")};");
        string known = choice.Of("known kn", "lag 5m");
        Add("event e { id: int; at: time; kn: time; k: string; s: string?; a: decimal(2); f: float?; n: int; b: bool; } "
            + $"id id, time at, {known}{choice.Of("", ", late 1h", ", late 2d")};");
        for (int window = 0; window <= choice.Below(WindowsMost); window++)
        {
            AddWindow($"w{window}");
        }

        for (int feature = 0; feature <= choice.Below(FeaturesMost); feature++)
        {
            Add($"feature x{feature} = {Value()};");
        }

        Add(choice.Of(
            "",
            "label y = any(e) on k == k within 1h;",
            "label y = any(e where (f > now.f) ?? false) on s == s within 36h;",
            "label y = any(r where n > now.n) on s == s within 1d;"));
        AddTest();
        return _text.ToString();
    }

    private void Add(string declaration) => _text.Append(declaration).Append('\n');

    private void AddWindow(string name)
    {
        bool ofRequest = choice.OneIn(2);
        bool isLifetime = choice.OneIn(5);
        bool keeps = choice.OneIn(2);
        string key = choice.Of("k", "s", "(k, s)", "(s, n)");
        string spans = isLifetime ? "lifetime" : choice.Of("10s", "1h", "10m, 3h", "1h, 6h, 1d", "90m, 36h");
        string step = !isLifetime && choice.OneIn(3) ? $" step {choice.Of("1s", "10s", "500ms")}" : "";
        string delay = choice.OneIn(3) ? $" delay {choice.Of("1ms", "90s", "1h", "7h")}" : "";
        string where = choice.OneIn(3) ? $" where {Condition(false)}" : "";
        string keep = keeps ? string.Create(CultureInfo.InvariantCulture, $" keep {1 + choice.Below(6)}") : "";
        Add($"window {name} = {(ofRequest ? "r" : "e")} by {key} last {spans}{step}{delay}{where}{keep};");
        _windows.Add((name, ofRequest, keeps, isLifetime));
    }

    private string Value()
    {
        (string name, _, bool keeps, bool isLifetime) = _windows[choice.Below(_windows.Count)];
        bool readsNow = keeps && choice.OneIn(3);
        string where = readsNow ? Condition(true) : choice.OneIn(3) ? Condition(false) : "";
        string number = choice.Of("a", "f", "n", "a * 2", "f + n");
        string call = choice.Below(isLifetime ? 11 : 13) switch
        {
            0 => Call("count", choice.Of("", "s", "b"), where),
            1 => Call("sum", number, where),
            2 => Call("mean", number, where),
            3 => Call("var", number, where),
            4 => Call(choice.Of("min", "max"), choice.Of(number, "at"), where),
            5 => Call("seconds_since_last", "", where),
            6 => Call("any", choice.Of("", "b"), where),
            7 => Call("share", "b ?? true", where),
            8 when keeps => Call("distinct", choice.Of("s", "n", "f"), where),
            9 => $"length({Call("first", "s", where)} over {name}) ?? 0",
            10 => $"length({Call("last", "s", where)} over {name}) ?? 0",
            11 => Call("decay_sum", $"{number}, {choice.Of("10m", "3d")}", where),
            12 => Call("decay_count", "1h", where),
            _ => Call("count", "", where),
        };
        bool isWhole = call.Contains(" over ", StringComparison.Ordinal);
        return isWhole ? call : call.StartsWith('m') && call.Contains("(at", StringComparison.Ordinal)
            ? $"{call} over {name} is missing"
            : $"{call} over {name}";
    }

    private static string Call(string function, string argument, string where)
    {
        string blank = argument.Length > 0 && where.Length > 0 ? " " : "";
        return $"{function}({argument}{blank}{(where.Length > 0 ? "where " + where : "")})";
    }

    private string Condition(bool readsNow) => readsNow
        ? choice.Of("n == now.n", "s == now.s ?? false", "(a > now.a) ?? true and not (n < now.n)")
            .Replace("s == now.s ?? false", "(s == now.s) ?? false", StringComparison.Ordinal)
        : choice.Of("n > 1", "(a >= 0.50) ?? false", "hour(at) in [0, 1, 22, 23]", "b ?? false or n % 2 is missing")
            .Replace("b ?? false or n % 2 is missing", "(b ?? false) or (f > 0.5 ?? false)", StringComparison.Ordinal)
            .Replace("(f > 0.5 ?? false)", "((f > 0.5) ?? false)", StringComparison.Ordinal);

    private void AddTest() => Add(
        "test \"drawn\" {"
        + (choice.OneIn(2)
            ? "given r { id: \"p\", at: 2026-03-01T10:00:00Z, k: \"x\", s: \"y\", a: -1.5, f: 1, n: 2 };"
            : "")
        + (choice.OneIn(2)
            ? "given e { id: 7, at: 2026-03-01T10:00:00Z, kn: 2026-03-01T10:01:00Z, k: \"x\", a: 1, n: 2, b: true };"
            : "")
        + "when r { id: \"q\", at: 2026-03-01T11:00:00+01:00, s: \"y\", f: 0.5, n: -2 };"
        + "}");
}
