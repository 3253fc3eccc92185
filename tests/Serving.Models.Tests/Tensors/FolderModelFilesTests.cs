using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.Models.Tests.Tensors;

public sealed class FolderModelFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("serving-model-files-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Open_AFile_ShowsWhatLiesBesideIt()
    {
        Write("model.onnx", "m");
        Write("weights/w.bin", "wwww");
        FolderModelFiles files = FolderModelFiles.Open(Path.Combine(_folder.FullName, "model.onnx"));
        Assert.Equal("model.onnx", files.Main);
        Assert.Equal(["model.onnx", "weights/w.bin"], files.Names);
        Assert.Equal(4, files.LengthOf("weights/w.bin"));
        Assert.Equal("wwww"u8, files.Read("weights/w.bin")!.Value.Span);
        using ModelFolderLease lease = files.Materialise(files.Names);
        Assert.Equal(_folder.FullName, lease.Path);
    }

    [Fact]
    public void Open_ASavedModelsFolder_HasItsGraphAsMain()
    {
        Write("saved_model.pb", "g");
        Write("variables/variables.index", "");
        FolderModelFiles files = FolderModelFiles.Open(_folder.FullName);
        Assert.Equal("saved_model.pb", files.Main);
        Assert.Equal(0, files.Read("variables/variables.index")!.Value.Length);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/hostname")]
    [InlineData("a//b")]
    [InlineData("./model.onnx")]
    [InlineData("")]
    [InlineData("weights\\w.bin")]
    [InlineData("link")]
    [InlineData("linked/inner")]
    [InlineData("weights")]
    [InlineData("absent")]
    public void Read_WhatIsNoPlainFileInside_IsNoFile(string name)
    {
        Write("model.onnx", "m");
        Write("weights/inner", "w");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "link"), Path.Combine(_folder.FullName, "model.onnx"));
        Directory.CreateSymbolicLink(
            Path.Combine(_folder.FullName, "linked"), Path.Combine(_folder.FullName, "weights"));
        FolderModelFiles files = FolderModelFiles.Open(Path.Combine(_folder.FullName, "model.onnx"));
        Assert.Equal(-1, files.LengthOf(name));
        Assert.Null(files.Read(name));
        Assert.DoesNotContain(name, files.Names);
    }

    [Fact]
    public void Open_NothingThere_IsRefused()
    {
        Assert.Throws<InputException>(() => FolderModelFiles.Open(Path.Combine(_folder.FullName, "no.onnx")));
        Assert.Throws<InputException>(() => FolderModelFiles.Open(_folder.FullName));
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
