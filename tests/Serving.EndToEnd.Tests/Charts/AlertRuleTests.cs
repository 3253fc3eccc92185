using System.Text.RegularExpressions;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Testing;

namespace Serving.EndToEnd.Tests.Charts;

public sealed partial class AlertRuleTests
{
    private static readonly string s_folder = Path.Combine(SharedFiles.Repository, "charts", "prometheus");

    [Fact]
    public async Task Rules_Promtool_FindsThemRightAndTheirTestsPass()
    {
        string promtool = TestTools.Find("promtool");

        (int code, string output) = await TestTools.RunAsync(
            promtool, ["check", "rules", "serving-alerts.yaml"], folder: s_folder);
        Assert.True(code == 0, output);
        (code, output) = await TestTools.RunAsync(
            promtool, ["test", "rules", "serving-alerts-tests.yaml"], folder: s_folder);
        Assert.True(code == 0, output);
    }

    [Fact]
    public void Rules_EachOne_HasACaseThatFiresAndOneThatDoesNot()
    {
        string tests = File.ReadAllText(Path.Combine(s_folder, "serving-alerts-tests.yaml"));
        string[] rules = [.. Alert().Matches(File.ReadAllText(Path.Combine(s_folder, "serving-alerts.yaml")))
            .Select(match => match.Groups["name"].Value)];

        Assert.NotEmpty(rules);
        foreach (string rule in rules)
        {
            Assert.Contains($"- name: {rule} fires\n", tests);
            Assert.Contains($"- name: {rule} stays quiet\n", tests);
        }
    }

    // A metric that no server has would never fire.
    [Fact]
    public void Rules_TheirMetrics_AreDocumented()
    {
        string documented = File.ReadAllText(Path.Combine(SharedFiles.Repository, "docs", "metrics.md"));

        Assert.All(
            Metric().Matches(File.ReadAllText(Path.Combine(s_folder, "serving-alerts.yaml"))),
            match => Assert.Contains($"`{match.Groups["name"].Value}`", documented));
    }

    [GeneratedRegex("- alert: (?<name>\\w+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Alert();

    [GeneratedRegex("\\b(?<name>serving_[a-z_]+?)(_bucket)?\\b(?=[{\\[ )])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Metric();
}
