using Serving.Models.Tensors;
using Serving.NativeModels.TensorFlow;

namespace Serving.NativeModels.Tests.TensorFlow;

public sealed class TensorFlowLibraryTests
{
    [Theory]
    [InlineData("no-such-folder/libtensorflow_cc.so.2")]
    [InlineData(".")]
    public void Open_NoLibraryThere_SaysHowToGetIt(string path)
    {
        RuntimeMissingException missing = Assert.Throws<RuntimeMissingException>(() => TensorFlowLibrary.Open(path));
        Assert.Contains(path, missing.Message, StringComparison.Ordinal);
        Assert.Contains("--tensorflow-library", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderOfTheLibrary_FindsIt() =>
        Assert.NotEqual(0, TensorFlowLibrary.Open(Path.GetDirectoryName(TensorFlowFiles.Library)));
}
