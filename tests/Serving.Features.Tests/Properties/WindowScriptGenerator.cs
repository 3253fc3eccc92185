using System.Globalization;

namespace Serving.Features.Tests.Properties;

/// <summary>
/// Draws scripts with events, windows of every kind, a label over events and a test with given events; all compile.
/// Each declaration is a line, so that a failing script can be made smaller by leaving lines out.
/// </summary>
internal sealed class WindowScriptGenerator(Choice choice)
{
    private const int WindowsMost = 4;
    private const int FeaturesMost = 6;

    private readonly List<DrawnWindow> _windows = [];
    private readonly List<string> _lines = [];

    private sealed record DrawnWindow(string Name, string Spans, bool Keeps)
    {
        public bool IsLifetime => Spans == "lifetime";

        public bool IsFamily => Spans.Contains(',', StringComparison.Ordinal);
    }

    /// <summary>The script's text.</summary>
    public static string Draw(ulong seed) => string.Join('\n', DrawLines(seed)) + "\n";

    /// <summary>The script's declarations.</summary>
    public static IReadOnlyList<string> DrawLines(ulong seed) => new WindowScriptGenerator(new Choice(seed)).Draw();

    private List<string> Draw()
    {
        string zone = choice.Of("", " zone \"Europe/Berlin\"", " zone \"America/New_York\"");
        Add($"features t 1{zone};");
        string option =
            choice.Of("", ", late 10m", ", lag 2s, late 1h", ", lag 90s", ", late 2d", ", known kn, late 1h");
        string arrival = option.Contains("known", StringComparison.Ordinal) ? "kn: time; " : "";
        Add($"request r {{ id: string; at: time; {arrival}k: string?; s: string; a: decimal(2)?; f: float; n: int; "
            + $"b: bool?; }} id id, time at{option};");
        string known = choice.Of("known kn", "known kn", "lag 5m");
        Add("event e { id: int; at: time; kn: time; k: string; s: string?; a: decimal(2); f: float?; n: int; "
            + $"b: bool; }} id id, time at, {known}{choice.Of("", ", late 1h", ", late 2d", ", late 5m")};");
        Add("event c { id: string; at: time; k: string?; s: string; a: decimal(2)?; f: float; n: int; b: bool?; } "
            + $"id id, time at, {choice.Of("lag 0s", "lag 1h", "lag 1s, late 1s")};");
        int windows = 1 + choice.Below(WindowsMost);
        for (int window = 0; window < windows; window++)
        {
            AddWindow($"w{window}");
        }

        AddLet();
        int features = 1 + choice.Below(FeaturesMost);
        for (int feature = 0; feature < features; feature++)
        {
            AddFeature($"x{feature}");
        }

        Add(choice.Of(
            "",
            "label y = any(e) on k == k within 1h;",
            "label y = any(e where (f > now.f) ?? false) on s == s within 36h;",
            "label y = any(r where n > now.n) on s == s within 1d;"));
        AddTest(arrival.Length > 0);
        return _lines;
    }

    private void Add(string declaration)
    {
        if (declaration.Length > 0)
        {
            _lines.Add(declaration);
        }
    }

    private void AddWindow(string name)
    {
        string source = choice.Of("r", "r", "e", "e", "c");
        bool keeps = choice.OneIn(2);
        string key = choice.Of("k", "k", "s", "(k, s)", "(s, n)");
        string spans = choice.OneIn(5)
            ? "lifetime"
            : choice.Of("10s", "1h", "10m, 3h", "1h, 6h, 1d", "90m, 36h", "7d", "24h, 30d");
        string step = choice.OneIn(3) ? $" step {Step(spans)}" : "";
        string delay = choice.OneIn(3) ? $" delay {choice.Of("1ms", "90s", "1h", "7h")}" : "";
        string where = choice.OneIn(3) ? $" where {Condition(false)}" : "";
        string keep = keeps ? string.Create(CultureInfo.InvariantCulture, $" keep {1 + choice.Below(6)}") : "";
        Add($"window {name} = {source} by {key} last {spans}{step}{delay}{where}{keep};");
        _windows.Add(new DrawnWindow(name, spans, keeps));
    }

    // A step is at most the shortest span (R48).
    private string Step(string spans) => spans switch
    {
        "10s" => choice.Of("1s", "10s", "500ms", "1ms"),
        "10m, 3h" => choice.Of("1s", "10s", "500ms", "1m", "10m"),
        "7d" or "24h, 30d" or "lifetime" => choice.Of("1m", "1h", "6h", "1d", "24h"),
        _ => choice.Of("1s", "10s", "500ms", "1m", "15m", "1h"),
    };

    private void AddLet()
    {
        DrawnWindow window = Window();
        if (choice.OneIn(3))
        {
            Add($"let usual = mean({Number()}) over {window.Name}{Picked(window)} ?? 0.5;");
            Add("feature rel = n / usual -> clip(-5.0, 50.0);");
        }
    }

    private void AddFeature(string name)
    {
        DrawnWindow window = Window();
        string one = $"{window.Name}{Picked(window)}";
        string value = choice.Below(10) switch
        {
            0 => $"count({Where(window, "")}) over {window.Name} -> edges(0, 1, 2, 5)",
            1 => $"({Numeric(window)} over {one}) / ({Numeric(window)} over {one})",
            2 => $"smooth(count({Where(window, "")}) over {window.Name}, count() over {window.Name}, prior: 0.1, "
                + "weight: 5)",
            3 => $"cross(count({Where(window, "")}) over {one}, s) -> hash(64)",
            4 => $"sum({Number()}) over {window.Name} -> edges(-1, 0, 10, 1000)",
            _ => Value(window),
        };
        Add($"feature {name} = {value};");
    }

    private string Value(DrawnWindow window)
    {
        string name = window.Name;
        return choice.Below(window.IsLifetime ? 13 : 15) switch
        {
            0 => $"count({Where(window, choice.Of("", "s", "b"))}) over {name}",
            1 => $"{Numeric(window)} over {name}",
            2 => $"mean({Where(window, Number())}) over {name}",
            3 => $"var({Where(window, Number())}) over {name}",
            4 => $"{choice.Of("min", "max")}({Where(window, Number())}) over {name}",
            5 => $"seconds_since_last({Where(window, "")}) over {name}",
            6 => $"any({Where(window, choice.Of("", "b"))}) over {name}",
            7 => $"share({Where(window, "b ?? true")}) over {name}",
            8 when window.Keeps =>
                $"distinct({Where(window, choice.Of("s", "n", "f", "a", "at"))}) over {name} -> bits(8)",
            9 => $"{choice.Of("first", "last")}({Where(window, "s")}) over {name} -> hash(1024)",
            10 => $"{choice.Of("first", "last")}({Where(window, choice.Of("n", "f", "a", "b"))}) over {name}",
            11 => $"{choice.Of("min", "max", "first")}({Where(window, "at")}) over {name} -> hash(512)",
            12 => $"length(last({Where(window, "s")}) over {name}) ?? 0",
            13 => $"decay_sum({Where(window, $"{Number()}, {choice.Of("10m", "3d")}")}) over {name}",
            14 => $"decay_count({Where(window, "1h")}) over {name}",
            _ => $"distinct({Where(window, "s")}) over {name}"
                .Replace("distinct(s", window.Keeps ? "distinct(s" : "count(s", StringComparison.Ordinal),
        };
    }

    private DrawnWindow Window() => _windows[choice.Below(_windows.Count)];

    private string Number() => choice.Of("a", "f", "n", "a * 2", "f + n");

    private string Numeric(DrawnWindow window) =>
        $"{choice.Of("sum", "sum", "mean", "max")}({Where(window, Number())})";

    private string Picked(DrawnWindow window) =>
        window.IsFamily ? $"[{choice.Of(window.Spans.Split(", "))}]" : "";

    /// <summary>The arguments of a call, now and then with a condition.</summary>
    private string Where(DrawnWindow window, string argument)
    {
        string where = window.Keeps && choice.OneIn(3) ? Condition(true) : choice.OneIn(3) ? Condition(false) : "";
        string blank = argument.Length > 0 && where.Length > 0 ? " " : "";
        return $"{argument}{blank}{(where.Length > 0 ? "where " + where : "")}";
    }

    private string Condition(bool readsNow) => readsNow
        ? choice.Of("n == now.n", "(s == now.s) ?? false", "(a > now.a) ?? true and not (n < now.n)")
        : choice.Of(
            "n > 1",
            "(a >= 0.50) ?? false",
            "hour(at) in [0, 1, 22, 23]",
            "(b ?? false) or ((f > 0.5) ?? false)");

    private void AddTest(bool hasArrival)
    {
        string known = hasArrival ? "kn: 2026-03-01T10:00:01Z, " : "";
        string given = choice.OneIn(2)
            ? $"given r {{ id: \"p\", at: 2026-03-01T10:00:00Z, {known}k: \"x\", s: \"y\", a: -1.5, f: 1, n: 2 }};"
            : "";
        string other = choice.OneIn(2)
            ? "given e { id: 7, at: 2026-03-01T10:00:00Z, kn: 2026-03-01T10:01:00Z, k: \"x\", a: 1, n: 2, b: true };"
            : "";
        Add($"test \"drawn\" {{{given}{other}"
            + $"when r {{ id: \"q\", at: 2026-03-01T11:00:00+01:00, {known}s: \"y\", f: 0.5, n: -2 }};}}");
    }
}
