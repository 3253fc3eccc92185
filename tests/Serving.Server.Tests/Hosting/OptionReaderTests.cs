using Serving.Data;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Gates;
using Serving.Server.Hosting;

namespace Serving.Server.Tests.Hosting;

public sealed class OptionReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serving-options-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_Sources_LaterWinOverEarlier()
    {
        string file = Write("models: " + _folder.FullName + "\nhttp-port: 1\ngrpc-port: 2\nwarm-up: 250ms\n");
        var environment = new Dictionary<string, string> { ["SERVING_GRPC_PORT"] = "3", ["SERVING_DEADLINE"] = "2s" };
        var line = new Dictionary<string, string> { ["deadline"] = "3s" };

        ServerOptions options = OptionReader.Read(line, environment.GetValueOrDefault, file);

        Assert.Equal(1, options.HttpPort);
        Assert.Equal(3, options.GrpcPort);
        Assert.Equal(TimeSpan.FromMilliseconds(250), options.WarmUp);
        Assert.Equal(TimeSpan.FromSeconds(3), options.Deadline);
        Assert.Equal(_folder.FullName, options.Models);
    }

    [Fact]
    public void Read_ManyProblems_ShowsAllWithTheirPlaces()
    {
        string file = Write(
            "models: " + _folder.FullName + "\nhttp-prt: 80\nwarm-up: soon\nhttp-port: 080\n");
        var line = new Dictionary<string, string>
        {
            ["state"] = "redis://", ["grpc-port"] = "70000",
        };

        var exception = Assert.Throws<InputException>(() => OptionReader.Read(line, _ => null, file));

        Assert.Contains(":2, key 'http-prt': found unknown option 'http-prt'", exception.Message);
        Assert.Contains("did you mean 'http-port'?", exception.Message);
        Assert.Contains(":3, key 'warm-up': found 'soon'", exception.Message);
        Assert.Contains("key 'http-port': found '080'", exception.Message);
        Assert.Contains("option --state: found 'redis://', expected memory", exception.Message);
        Assert.Contains("option --grpc-port: found '70000', expected a port", exception.Message);
    }

    [Fact]
    public void Read_DeadlinesOfModels_AreTakenAndLaterKeysRefusedByName()
    {
        var line = new Dictionary<string, string> { ["models"] = _folder.FullName };
        ServerOptions options = OptionReader.Read(
            line, _ => null, Write("models:\n  card-fraud: { deadline: 50ms }\n  a.b_2: { deadline: 3s }\n  c: {}\n"));
        var deadlines = new ModelDeadlines(options, TimeProvider.System);
        Assert.Equal(2, options.ModelDeadlines.Count);
        Assert.Equal(TimeSpan.FromMilliseconds(50), deadlines.Of("card-fraud"));
        Assert.Equal(TimeSpan.FromSeconds(3), deadlines.Of("a.b_2"));
        Assert.Equal(ModelDeadlines.WithoutPolicy, deadlines.Of("c"));
        Assert.Equal(TimeSpan.FromSeconds(3), deadlines.Longest);
        Assert.Equal(_folder.FullName, options.Models);

        var exception = Assert.Throws<InputException>(() => OptionReader.Read(line, _ => null, Write(
            "models:\n  m: { by: [card], deadlin: 1s }\n  n: { deadline: 0s }\n  o: 5\n"
            + "  P: {}\n  q: { deadline: [1s] }\n")));

        Assert.Contains("key 'models.m.by': found a list, expected the name of a request's field", exception.Message);
        Assert.Contains(
            "unknown option 'deadlin', expected a known option; did you mean 'deadline'?", exception.Message);
        Assert.Contains(":3, key 'models.n.deadline': found '0s', expected a duration", exception.Message);
        Assert.Contains(":4, key 'models.o': found '5', expected a model's name with a mapping", exception.Message);
        Assert.Contains(":5, key 'models.P'", exception.Message);
        Assert.Contains("key 'models.q.deadline': found a list, expected a duration", exception.Message);
    }

    [Fact]
    public void Read_Traffic_ModelsStandOverAllModelsOverBuiltIn()
    {
        var line = new Dictionary<string, string> { ["models"] = _folder.FullName, ["model-control"] = "explicit" };
        ServerOptions options = OptionReader.Read(line, _ => null, Write(
            """
            control: /var/control
            keep-previous: 90s
            memory-limit: 3GiB
            load-bandwidth: 50MB
            upload-limit: 8GiB
            models:
              m: { by: card, canary: { hold: 5s }, gates: { errors: { samples: 7 }, drift: { psi: 0.5 } } }
              n: {}
            canary: { steps: [0.01%, 5%, 100%], hold: 1m }
            gates:
              errors:  { increase: 2.5%, window: 30s }
              latency: { slo: 750ms }
              drift: off
            """));
        Assert.True(options.LoadsNamedOnly);
        Assert.Equal("/var/control", options.ControlFolder);
        Assert.Equal(TimeSpan.FromSeconds(90), options.KeepPrevious);
        Assert.Equal((3L << 30, 50_000_000L, 8L << 30),
            (options.MemoryLimit.InBytes(), options.LoadBandwidth, options.UploadLimit));
        Assert.Equal([1, 500, 10_000], options.Traffic.Steps);
        Assert.Equal(new ErrorGate(0.025, 1000, TimeSpan.FromSeconds(30)), options.Traffic.Gates.Errors);
        Assert.Equal(TimeSpan.FromMilliseconds(750), options.Traffic.Gates.Latency!.Slo);
        Assert.Null(options.Traffic.Gates.Drift);
        Assert.Equal(new GateOptions().Missing, options.Traffic.Gates.Missing);

        TrafficOptions own = options.ModelTraffic["m"];
        Assert.Equal("card", own.By);
        Assert.Equal(TimeSpan.FromSeconds(5), own.Hold);
        Assert.Equal([1, 500, 10_000], own.Steps);
        Assert.Equal(new ErrorGate(0.025, 7, TimeSpan.FromSeconds(30)), own.Gates.Errors);
        Assert.Equal(new DriftGate(0.5, 5000, TimeSpan.FromMinutes(15)), own.Gates.Drift);
        Assert.False(options.ModelTraffic.ContainsKey("n"));
    }

    [Fact]
    public void Read_TrafficThatIsWrong_IsShownWithAllPlacesAndAdvice()
    {
        var line = new Dictionary<string, string> { ["models"] = _folder.FullName, ["canary"] = "fast" };
        var exception = Assert.Throws<InputException>(() => OptionReader.Read(line, _ => null, Write(
            """
            canary: { steps: [50%, 10%, 100%], holt: 1m }
            gates:
              errors: { increase: 0.5, samples: 0 }
              latncy: { slo: 5ms }
              drift: { increase: 1%, window: 3d }
              missing: on
            memory-limit: 0%
            upload-limit: 1XB
            models: { m: { canary: { steps: [1%, 99%] } } }
            """)));
        Assert.Contains(":1, key 'canary.steps': found a list, expected a list of growing shares", exception.Message);
        Assert.Contains("unknown option 'holt', expected a known option; did you mean 'hold'?", exception.Message);
        Assert.Contains(":3, key 'gates.errors.increase': found '0.5', expected a percentage", exception.Message);
        Assert.Contains("key 'gates.errors.samples': found '0'", exception.Message);
        Assert.Contains(":4, key 'gates.latncy': found unknown option 'latncy'", exception.Message);
        Assert.Contains("did you mean 'latency'?", exception.Message);
        Assert.Contains("key 'gates.drift.increase': found unknown option 'increase'", exception.Message);
        Assert.Contains("key 'gates.drift.window': found '3d'", exception.Message);
        Assert.Contains("key 'gates.missing': found 'on', expected off, or a mapping", exception.Message);
        Assert.Contains("key 'memory-limit': found '0%'", exception.Message);
        Assert.Contains("key 'upload-limit': found '1XB'", exception.Message);
        Assert.Contains("key 'models.m.canary.steps'", exception.Message);
        Assert.Contains("option --canary: found a text, expected a mapping in the file of --config", exception.Message);
    }

    [Theory]
    [InlineData("admin-anonymous", "true", "listen", "0.0.0.0", "admin-anonymous: found it with '0.0.0.0'")]
    [InlineData("admin-port", "9000", "http-port", "9000", "http-port, admin-port: found 9000 twice")]
    [InlineData("admin-port", "70000", "http-port", "0", "option --admin-port: found '70000'")]
    public void Read_AdminThatIsUnsafeOrTwice_IsRefused(
        string name, string text, string other, string otherText, string message)
    {
        var line = new Dictionary<string, string>
        {
            ["models"] = _folder.FullName, ["allow-anonymous"] = "true", [name] = text, [other] = otherText,
        };
        var exception = Assert.Throws<InputException>(() => OptionReader.Read(line, _ => null, null));
        Assert.Contains(message, exception.Message);
    }

    [Fact]
    public void Read_FileOfAliasesThatStandForTooMuch_IsAProblem()
    {
        string text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n";
        for (char name = 'b'; name < 'k'; name++)
        {
            char before = (char)(name - 1);
            text += $"{name}: &{name} [*{before}, *{before}, *{before}, *{before}, *{before}, *{before}, *{before}]\n";
        }

        var line = new Dictionary<string, string> { ["models"] = _folder.FullName };
        var exception = Assert.Throws<InputException>(() => OptionReader.Read(line, _ => null, Write(text)));
        Assert.Contains("more than 10000 values", exception.Message);
    }

    [Fact]
    public void Read_WhatThereIs_IsTakenOfLaterOptions()
    {
        var line = new Dictionary<string, string>
        {
            ["models"] = _folder.FullName, ["state"] = "memory", ["model-control"] = "poll",
        };

        Assert.Equal(8081, OptionReader.Read(line, _ => null, null).GrpcPort);
    }

    [Theory]
    [InlineData("0.0.0.0", false, false)]
    [InlineData("0.0.0.0", true, true)]
    [InlineData("::1", false, true)]
    [InlineData("localhost", false, true)]
    public void Read_AddressOffLoopback_NeedsAllowAnonymous(string address, bool isAllowed, bool isTaken)
    {
        var line = new Dictionary<string, string> { ["models"] = _folder.FullName, ["listen"] = address };
        if (isAllowed)
        {
            line["allow-anonymous"] = "true";
        }

        Assert.Equal(isTaken, Record.Exception(() => OptionReader.Read(line, _ => null, null)) is null);
    }

    [Theory]
    [InlineData("key: [1, 2")]
    [InlineData("- a\n- b")]
    [InlineData("models: a\nmodels: b")]
    public void Read_FileThatIsNone_IsAProblemNotACrash(string text) =>
        Assert.Throws<InputException>(
            () => OptionReader.Read(new Dictionary<string, string>(), _ => null, Write(text)));

    [Fact]
    public void Read_AbsentFile_IsAProblem() => Assert.Throws<InputException>(
        () =>
            OptionReader.Read(new Dictionary<string, string>(), _ => null, Path.Combine(_folder.FullName, "no.yaml")));

    [Theory]
    [InlineData("0", 0)]
    [InlineData("500ms", 500)]
    [InlineData("1.5s", 1500)]
    [InlineData("2m", 120_000)]
    [InlineData("10", -1)]
    [InlineData("s", -1)]
    [InlineData("-1s", -1)]
    [InlineData("1 s", -1)]
    [InlineData("99999999999d", -1)]
    public void TryDuration_Text_IsReadStrictly(string text, int milliseconds)
    {
        bool isRead = OptionText.TryDuration(text, out TimeSpan value);
        Assert.Equal(milliseconds >= 0, isRead);
        Assert.Equal(Math.Max(0, milliseconds), value.TotalMilliseconds);
    }

    private string Write(string text)
    {
        string path = Path.Combine(_folder.FullName, "config.yaml");
        File.WriteAllText(path, text);
        return path;
    }
}
