using System.Globalization;

namespace Serving.LoadTest;

/// <summary>The options of the command line.</summary>
internal sealed record LoadOptions
{
    public const string Usage = """
        Serving.LoadTest --target serving|interop|rest --address URL [...]

        Measures latency from the time at which a call was meant to be sent (open loop), so that a server that stalls
        cannot hide it; or throughput with a fixed number of calls in flight (--closed). Prints one JSON document.

          --target KIND --address URL   what to call, and where; repeated, the targets take turns in one run
          --rate N                      calls a second, open loop (1000)
          --closed                      instead: each stream sends its next call when the last is answered
          --duration TIME               of each round (10s); --warmup TIME before each round, not counted (2s)
          --rounds N                    rounds of each target, interleaved (1)
          --beside COMMAND              for one target: a shell command that runs during every other round (SIGTERM ends
                                        it); the report then holds the quiet rounds, those beside the command, their
                                        ratio, and the ratio of two halves of the quiet rounds, which is the noise
          --connections N --streams N   HTTP/2 connections (1) and streams on each (16); calls beyond that are dropped
                                        and counted
          --model NAME                  for serving and rest
          --row JSON | --rows FILE      the request's fields as a JSON object, or a file with one on each line, used in
                                        turn; decimals and times as strings
          --payload FILE                an encoded request message instead, sent as it is
          --size N                      bytes of request and answer for interop (256)

        Example: Serving.LoadTest --target serving --address http://127.0.0.1:8081 --model card-fraud \
                   --row '{"id":"1"}' --rate 500
        """;

    public List<TargetOptions> Targets { get; } = [];

    public double Rate { get; private set; } = 1000;

    public bool IsClosed { get; private set; }

    public TimeSpan Duration { get; private set; } = TimeSpan.FromSeconds(10);

    public TimeSpan WarmUp { get; private set; } = TimeSpan.FromSeconds(2);

    public int Rounds { get; private set; } = 1;

    public string? Beside { get; private set; }

    public int Connections { get; private set; } = 1;

    public int Streams { get; private set; } = 16;

    public string Model { get; private set; } = "";

    public string? Row { get; private set; }

    public string? RowsFile { get; private set; }

    public string? PayloadFile { get; private set; }

    public int Size { get; private set; } = 256;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="FormatException">An option is unknown, misses its value or cannot be read.</exception>
    public static LoadOptions Parse(string[] args)
    {
        LoadOptions options = new();
        TargetKind kind = TargetKind.Serving;
        for (int index = 0; index < args.Length; index++)
        {
            string name = args[index];
            if (string.Equals(name, "--closed", StringComparison.Ordinal))
            {
                options.IsClosed = true;
                continue;
            }

            string value = ++index < args.Length
                ? args[index]
                : throw new FormatException($"{name}: a value is expected.");
            if (string.Equals(name, "--target", StringComparison.Ordinal))
            {
                kind = ParseKind(value);
            }
            else if (string.Equals(name, "--address", StringComparison.Ordinal))
            {
                options.Targets.Add(new(kind, new Uri(value)));
            }
            else
            {
                options.Set(name, value);
            }
        }

        if (options.Targets.Count == 0)
        {
            throw new FormatException("--target KIND --address URL is expected at least once.");
        }

        return options.Beside is null || (options.Targets.Count == 1 && options.Rounds >= 4)
            ? options
            : throw new FormatException("--beside: one target and at least 4 rounds are expected.");
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "--rate": Rate = ParseNumber(name, value); break;
            case "--duration": Duration = ParseTime(name, value); break;
            case "--warmup": WarmUp = ParseTime(name, value); break;
            case "--rounds": Rounds = (int)ParseNumber(name, value); break;
            case "--beside": Beside = value; break;
            case "--connections": Connections = (int)ParseNumber(name, value); break;
            case "--streams": Streams = (int)ParseNumber(name, value); break;
            case "--size": Size = (int)ParseNumber(name, value); break;
            case "--model": Model = value; break;
            case "--row": Row = value; break;
            case "--rows": RowsFile = value; break;
            case "--payload": PayloadFile = value; break;
            default: throw new FormatException($"{name}: no such option; --help lists them.");
        }
    }

    private static TargetKind ParseKind(string value) => value switch
    {
        "serving" => TargetKind.Serving,
        "interop" => TargetKind.Interop,
        "rest" => TargetKind.Rest,
        _ => throw new FormatException($"--target {value}: serving, interop or rest is expected."),
    };

    private static double ParseNumber(string name, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= 1
            ? number
            : throw new FormatException($"{name} {value}: a number of at least 1 is expected.");

    /// <summary>`30s`, `500ms`, `2m`.</summary>
    private static TimeSpan ParseTime(string name, string value)
    {
        (string suffix, double ms)[] units = [("ms", 1), ("s", 1000), ("m", 60_000)];
        foreach ((string suffix, double ms) in units)
        {
            if (value.EndsWith(suffix, StringComparison.Ordinal)
                && double.TryParse(value[..^suffix.Length], CultureInfo.InvariantCulture, out double number)
                && number >= 0)
            {
                return TimeSpan.FromMilliseconds(number * ms);
            }
        }

        throw new FormatException($"{name} {value}: a time such as 30s, 500ms or 2m is expected.");
    }
}
