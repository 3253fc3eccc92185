using Serving.Data;
using Serving.Engine.Predictions.Log;
using Serving.Server.Hosting;
using Xunit;

namespace Serving.Server.Tests.Hosting;

/// <summary>Options of the prediction log, from a file and the command line.</summary>
public sealed class LogOptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("serving-log-options-").FullName;

    private string Config => Path.Combine(_folder, "config.yaml");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_AllKeys_AreTaken()
    {
        File.WriteAllText(Path.Combine(_folder, "keys"), "");
        File.WriteAllText(Config, $$"""
            log: {{_folder}}/log
            log-on-full: count
            log-on-slow: relaxed
            log-features: hash
            log-encrypt: aes-gcm
            log-compression: none
            log-segment-size: 1MiB
            log-retain-size: 5GiB
            log-retain-age: 400d
            log-key-file: {{_folder}}/keys
            log-mask: { card-fraud: [email, device], other: [x] }
            """);
        ServerOptions options = Read(("log-mode", "strict"));
        LogOptions log = options.LogOptions;
        Assert.Equal($"{_folder}/log", options.Log);
        Assert.Equal(
            (true, true, true, true, true, false),
            (log.IsStrict, log.CountsWhenFull, log.RelaxesWhenSlow, log.HashesFeatures, log.Encrypts, log.Compresses));
        Assert.Equal((1L << 20, 5L << 30, TimeSpan.FromDays(400)), (log.SegmentBytes, log.RetainBytes, log.RetainAge));
        Assert.Equal($"{_folder}/keys", options.LogKeyFile);
        Assert.Equal(["email", "device"], log.Masks["card-fraud"]);
        Assert.Equal(["x"], log.Masks["other"]);
    }

    [Theory]
    [InlineData("log-mode: fast", "relaxed or strict")]
    [InlineData("log-segment-size: 3GiB", "at most 1GiB")]
    [InlineData("log-retain-age: soon", "400d")]
    [InlineData("log-key-file: nowhere", "a file")]
    [InlineData("log-mask: [email]", "model names with lists")]
    [InlineData("log-mask: { m: email }", "model names with lists")]
    public void Read_WrongValue_SaysWhatIsExpected(string line, string expected)
    {
        File.WriteAllText(Config, line);
        var refused = Assert.Throws<InputException>(() => Read());
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains("config.yaml:1", refused.Message, StringComparison.Ordinal);
    }

    private ServerOptions Read(params (string Name, string Value)[] more) => OptionReader.Read(
        more.Append(("models", _folder)).ToDictionary(pair => pair.Item1, pair => pair.Item2), _ => null, Config);
}
