using Serving.Engine.Predictions;
using Xunit;

namespace Serving.Engine.Tests.Predictions;

public sealed class RecordFileTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"serving-records-{Guid.NewGuid():N}.jsonl");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(3, 0, 3)]
    [InlineData(3, 7, 3)]
    [InlineData(0, 7, 0)]
    [InlineData(4096, 1, 4096)]
    [InlineData(10, 9000, 10)]
    public void Open_ATornLastLine_IsCutOffBeforeTheNextLineBegins(int whole, int torn, int left)
    {
        string line = whole == 0 ? "" : new string('a', whole - 1) + "\n";
        File.WriteAllText(_path, line + new string('b', torn));

        using (new RecordFile(_path, TimeProvider.System))
        {
            Assert.Equal(left, new FileInfo(_path).Length);
        }

        Assert.Equal(line, File.ReadAllText(_path));
    }
}
