using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Tests.Fakes;
using Xunit;

namespace Serving.Engine.Tests.Decisions;

/// <summary>A bundle inside a bundle: what fits, how it is verified, and what the bundle tells of it.</summary>
public sealed class FallbackBundleTests : IDisposable
{
    private const string Decision = "{ \"format\": \"serving.decision\", \"version\": 1, \"rules\": "
        + "[{ \"when\": \"amount > 5.0\", \"decision\": \"review\" }], \"fallback\": { \"policy\": "
        + "{ \"decision\": \"review\", \"score\": 0.5 } } }";

    private readonly BundleFolder _folder = new();
    private readonly FakeModelReader _reader = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("packed")]
    [InlineData("packed.bundle")]
    public void Verify_BundleWithFallback_IsWholeAndTellsItsSteps(string name)
    {
        BundleWriter.WriteTo(_folder.DraftDeciding(Decision, _folder.PackFallback(), _reader), _folder[name]);
        BundleVerification found = BundleVerifier.Verify(_folder[name], _reader);
        Assert.Empty(found.Problems);
        Assert.Equal(["full", "request_model", "rules", "policy"], found.Description!.Steps);
        Assert.Equal("decision.json", found.Description.Manifest.Decision);
        Assert.Equal("fallback/manifest.json", found.Description.Manifest.Fallback);
    }

    [Theory]
    [InlineData("bias 1\ndense other 1\n", "fallback, field 'other'")]
    [InlineData("bias 1\ncategory amount 1 a,b\n", "fallback, field 'amount'")]
    public void Pack_FallbackOfOtherFields_IsRefused(string model, string place)
    {
        string fallback = _folder.PackFallback(model);
        InputException refused = Assert.Throws<InputException>(
            () => _folder.DraftDeciding(Decision, fallback, _reader));
        Assert.Equal(place, Assert.Single(refused.Problems).Place);
    }

    [Fact]
    public void Pack_FallbackWithAFallback_IsRefused()
    {
        BundleWriter.WriteTo(_folder.DraftDeciding(null, _folder.PackFallback(), _reader), _folder["nested"]);
        InputException refused = Assert.Throws<InputException>(
            () => _folder.DraftDeciding(Decision, _folder["nested"], _reader));
        Assert.Contains(refused.Problems, problem => problem.Place == "fallback");
    }

    [Fact]
    public void Pack_WrongDecision_IsRefusedBeforeAnythingIsWritten()
    {
        string wrong = Decision.Replace("amount > 5.0", "amuont > 5.0", StringComparison.Ordinal);
        InputException refused = Assert.Throws<InputException>(() => _folder.DraftDeciding(wrong, null, _reader));
        Assert.Equal("decision.json, rules[0], when:1:1", Assert.Single(refused.Problems).Place);
    }

    [Theory]
    [InlineData("decision.json")]
    [InlineData("fallback/expected.jsonl")]
    [InlineData("fallback/manifest.json")]
    public void Verify_ChangedFile_IsNamed(string file)
    {
        string bundle = _folder["packed"];
        BundleWriter.WriteTo(_folder.DraftDeciding(Decision, _folder.PackFallback(), _reader), bundle);
        string path = Path.Combine(bundle, file);
        File.WriteAllText(path, File.ReadAllText(path) + " ");
        BundleVerification found = BundleVerifier.Verify(bundle, _reader);
        Assert.Contains(found.Problems, problem => problem.Place == $"'{file}'");
    }
}
