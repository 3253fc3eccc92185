using System.Text.Json.Nodes;
using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Tests.Fakes;
using Xunit;

namespace Serving.Engine.Tests.Bundles;

public sealed class BundleWriterTests
{
    [Theory]
    [InlineData("bundle")]
    [InlineData("one.bundle")]
    public void WriteTo_FolderOrFile_VerifiesAndDescribesTheSame(string name)
    {
        using var folder = new BundleFolder();
        BundleVerification verification = BundleVerifier.Verify(folder.Pack(name), new FakeModelReader());

        Assert.Empty(verification.Problems);
        JsonObject description = verification.Description!.ToJson();
        Assert.Equal("m", (string?)description["name"]);
        Assert.Equal(1, (long?)description["version"]);
        Assert.Equal(32, (int?)description["samples"]!["count"]);
        Assert.Equal(["amount", "age", "mcc"], description["inputs"]!.AsArray().Select(input => (string?)input));
        Assert.Equal("float?", (string?)description["fields"]![0]!["type"]);
        Assert.Equal("int?", (string?)description["fields"]![2]!["type"]);
    }

    [Fact]
    public void WriteTo_Twice_GivesTheSameBytesButForTheTime()
    {
        using var folder = new BundleFolder();
        string first = folder.Pack("a");
        string second = folder.Pack("b");
        foreach (string file in new[] { "samples.jsonl", "expected.jsonl", "model/fake.txt" })
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(first, file)), File.ReadAllBytes(Path.Combine(second, file)));
        }
    }

    [Fact]
    public void WriteTo_FolderOfSomethingElse_IsRefusedAndKept()
    {
        using var folder = new BundleFolder();
        Directory.CreateDirectory(folder["other"]);
        File.WriteAllText(folder["other/precious"], "x");

        Assert.Throws<InputException>(() => folder.Pack("other"));
        Assert.Equal("x", File.ReadAllText(folder["other/precious"]));
    }

    [Fact]
    public void WriteTo_Bundle_IsReplacedAndNothingElseIsLeft()
    {
        using var folder = new BundleFolder();
        folder.Pack();
        folder.Pack(text: "bias 7\ndense amount 2\n");
        Assert.Equal(
            ["bundle", "fake.txt"], Directory.EnumerateFileSystemEntries(folder.Root).Select(Path.GetFileName).Order());
        Assert.True(BundleVerifier.Verify(folder["bundle"], new FakeModelReader()).IsOk);
    }

    [Fact]
    public void WriteToModels_WithoutVersion_TakesTheNextFreeInteger()
    {
        using var folder = new BundleFolder();
        Directory.CreateDirectory(Path.Combine(folder.Models, "m", "7"));
        File.WriteAllText(Path.Combine(folder.Models, "m", "9.bundle"), "");
        Directory.CreateDirectory(Path.Combine(folder.Models, "m", "011"));

        Assert.EndsWith("10", folder.Publish("m"), StringComparison.Ordinal);
        Assert.EndsWith("11", folder.Publish("m"), StringComparison.Ordinal);
        Assert.Throws<InputException>(() => folder.Publish("m", 10));
    }

    [Fact]
    public void Draft_ServingPathThatDiffers_IsAFaultOfOurs()
    {
        using var folder = new BundleFolder();
        BundleDraft draft = folder.Draft(reader: new FakeModelReader { ServingSkew = 1e-12 });
        var fault = Assert.Throws<InvalidOperationException>(() => BundleWriter.WriteTo(draft, folder["bundle"]));
        Assert.Contains("raw score", fault.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["bundle"]));
    }

    [Fact]
    public void Draft_GivenSamples_AreStoredExactly()
    {
        using var folder = new BundleFolder();
        BundleDraft draft = folder.Draft();
        var rows = new RowBatch(draft.Rows);
        rows.AddRow();
        rows.SetFloat(0, 0, 0.1);
        rows.Set(0, 2, 9);
        BundleWriter.WriteTo(draft, folder["bundle"], samples: new SampleSet(rows));

        Assert.Equal("{\"request\":{\"amount\":0.1,\"mcc\":9}}\n", File.ReadAllText(folder["bundle/samples.jsonl"]));
        Assert.Equal(
            "{\"dense\":[0.1,null],\"ids\":[[9]],\"raw_scores\":[28.45],\"scores\":[0.966044142614601]}\n",
            File.ReadAllText(folder["bundle/expected.jsonl"]));
    }

    // A version must prove itself before its first request.
    [Fact]
    public void Draft_NoSamples_IsRefused()
    {
        using var folder = new BundleFolder();
        BundleDraft draft = folder.Draft();
        Assert.Throws<InputException>(
            () => BundleWriter.WriteTo(draft, folder["bundle"], samples: new SampleSet(draft.Rows)));
    }

    [Theory]
    [InlineData("M")]
    [InlineData("../m")]
    [InlineData("")]
    public void Draft_WrongName_IsRefused(string name)
    {
        using var folder = new BundleFolder();
        var problem = Assert.Throws<InputException>(() => folder.Draft(name));
        Assert.Contains("name", problem.Message, StringComparison.Ordinal);
    }
}
