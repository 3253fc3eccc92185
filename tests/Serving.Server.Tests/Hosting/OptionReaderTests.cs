using Serving.Data;
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
            "models: " + _folder.FullName + "\nhttp-prt: 80\nwarm-up: soon\ngates: { errors: off }\nhttp-port: 080\n");
        var line =
            new Dictionary<string, string> { ["state"] = "redis://", ["log"] = "dir", ["grpc-port"] = "70000" };

        var exception = Assert.Throws<InputException>(() => OptionReader.Read(line, _ => null, file));

        Assert.Contains(":2, key 'http-prt': found unknown option 'http-prt'", exception.Message);
        Assert.Contains("did you mean 'http-port'?", exception.Message);
        Assert.Contains(":3, key 'warm-up': found 'soon'", exception.Message);
        Assert.Contains("key 'gates': found 'gates', expected an option that this version offers", exception.Message);
        Assert.Contains("key 'http-port': found '080'", exception.Message);
        Assert.Contains("option --state: found 'redis://', expected memory", exception.Message);
        Assert.Contains("option --log: found 'log', expected an option that this version offers", exception.Message);
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
            "models:\n  m: { by: card, canary: {}, gates: off, deadlin: 1s }\n  n: { deadline: 0s }\n  o: 5\n"
            + "  P: {}\n  q: { deadline: [1s] }\n")));

        Assert.Contains("key 'models.m.by': found 'models.m.by', expected an option that this version offers",
            exception.Message);
        Assert.Contains("key 'models.m.canary'", exception.Message);
        Assert.Contains("key 'models.m.gates'", exception.Message);
        Assert.Contains(
            "unknown option 'deadlin', expected a known option; did you mean 'deadline'?", exception.Message);
        Assert.Contains(":3, key 'models.n.deadline': found '0s', expected a duration", exception.Message);
        Assert.Contains(":4, key 'models.o': found no model name with a mapping", exception.Message);
        Assert.Contains(":5, key 'models.P'", exception.Message);
        Assert.Contains("key 'models.q.deadline': found a list or a mapping, expected a duration", exception.Message);
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
