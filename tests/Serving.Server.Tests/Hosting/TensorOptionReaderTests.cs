using Serving.Data;
using Serving.NativeModels.Batching;
using Serving.NativeModels.Hosting;
using Serving.Server.Hosting;

namespace Serving.Server.Tests.Hosting;

public sealed class TensorOptionReaderTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serving-tensor-options-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Read_Tensors_ModelsStandOverAllModels()
    {
        ServerOptions options = Read("""
            models:
              a: { isolation: none, call-timeout: 250ms, allow-operators: [ReadFile, WriteFile] }
              b: { batching: { max-rows: 100, queue: 7, lanes: 2, stateful: true } }
              c: { spare: false, batching: off, providers: [cuda, cpu], device-memory: 2GiB, threads: 4 }
              d: { deadline: 1s }
            tensors: { isolation: process, call-memory: 64MiB }
            """);

        NativeModelOptions a = options.TensorModels["a"];
        Assert.False(a.IsIsolated);
        Assert.Equal(TimeSpan.FromMilliseconds(250), a.Tensors.CallTime);
        Assert.Equal(64L << 20, a.Tensors.CallMemoryBytes);
        Assert.Equal(["ReadFile", "WriteFile"], a.Tensors.AllowedOperators);
        NativeModelOptions b = options.TensorModels["b"];
        Assert.True(b.IsIsolated && b.IsBatchingForced);
        Assert.Equal((100, 7, 2), (b.Batching!.RowsMax, b.Batching.WaitingMax, b.Batching.Lanes));
        Assert.Equal([1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 100], b.Batching.Sizes);
        NativeModelOptions c = options.TensorModels["c"];
        Assert.Null(c.Batching);
        Assert.True(a.KeepsSpare && !c.KeepsSpare);
        Assert.Equal(["cuda", "cpu"], c.Tensors.Providers);
        Assert.Equal((2L << 30, 4), (c.Tensors.DeviceMemoryBytes, c.Tensors.Threads));
        Assert.False(options.TensorModels.ContainsKey("d"));
        Assert.True(options.TensorDefaults.IsIsolated);
        Assert.Equal(TensorOptionReader.BuiltIn.Batching, options.TensorDefaults.Batching);
    }

    [Theory]
    [InlineData("models: { m: { isolation: container } }", "m.isolation': found 'container', expected process or none")]
    [InlineData("models: { m: { spare: maybe } }", "m.spare': found 'maybe', expected true or false")]
    [InlineData("models: { m: { batching: yes } }", "m.batching': found 'yes', expected on, off, or a mapping")]
    [InlineData("models: { m: { batching: { max-rows: 0 } } }", "expected a whole number from 1 to 4096")]
    [InlineData("models: { m: { batching: { lanes: 65 } } }", "expected a whole number from 1 to 64")]
    [InlineData("models: { m: { batching: { queue: many } } }", "expected a whole number from 1 to 1000000")]
    [InlineData("models: { m: { batching: { rows: 5 } } }", "unknown option 'rows'")]
    [InlineData("models: { m: { call-timeout: 0s } }", "m.call-timeout': found '0s', expected a duration")]
    [InlineData("models: { m: { call-memory: 5 } }", "found '5', expected a size from 1MiB")]
    [InlineData("models: { m: { allow-operators: ReadFile } }", "found 'ReadFile', expected a list of operators")]
    [InlineData("models: { m: { providers: [cpu, cpu] } }", "expected a list of cpu, cuda and tensorrt, each once")]
    [InlineData("models: { m: { providers: [rocm] } }", "expected a list of cpu, cuda and tensorrt, each once")]
    [InlineData("models: { m: { threads: 65 } }", "expected a whole number from 1 to 64")]
    [InlineData("tensors: { allow-operators: [ReadFile] }", "unknown option 'allow-operators'")]
    [InlineData("tensors: process", "found 'process', expected a mapping such as { isolation: process")]
    [InlineData("tensors: { isolaton: process }", "did you mean 'isolation'?")]
    public void Read_WhatIsNoOption_IsNamedWithWhatIsExpected(string text, string expected)
    {
        InputException refused = Assert.Throws<InputException>(() => Read(text));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ManyProblems_AllAreNamed()
    {
        InputException refused = Assert.Throws<InputException>(() => Read("""
            tensors: { threads: none, isolation: 1 }
            models: { m: { batching: 5, call-timeout: soon } }
            """));
        Assert.Equal(4, refused.Problems.Length);
    }

    [Theory]
    [InlineData(1, "1")]
    [InlineData(5, "1 2 4 5")]
    [InlineData(64, "1 2 4 8 12 16 24 32 48 64")]
    [InlineData(300, "1 2 4 8 12 16 24 32 48 64 128 256 300")]
    public void SizesUpTo_ABound_EndWithIt(int rows, string sizes) =>
        Assert.Equal(sizes, string.Join(' ', BatchingOptions.SizesUpTo(rows)));

    private ServerOptions Read(string text)
    {
        string path = Path.Combine(_folder.FullName, "config.yaml");
        File.WriteAllText(path, text);
        var line = new Dictionary<string, string> { ["models"] = _folder.FullName };
        return OptionReader.Read(line, _ => null, path);
    }
}
