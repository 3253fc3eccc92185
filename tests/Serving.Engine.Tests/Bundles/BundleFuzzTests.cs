using Serving.Engine.Bundles;
using Serving.Engine.Drift;
using Serving.Engine.Tests.Drift;
using Serving.Engine.Tests.Fakes;
using Serving.Testing.Fuzzing;
using Xunit;

namespace Serving.Engine.Tests.Bundles;

/// <summary>Every file of a bundle but the model's, changed at random: read or refused, never a fault (P3).</summary>
public sealed class BundleFuzzTests
{
    private static readonly string[] s_manifestWords =
    [
        "\"files\":", "\"model\":", "\"samples\":", "\"script\":", "\"sha256\":", "\"masked\":[\"age\"]",
        "\"baseline\":", "\"format_version\":", "../x", "/etc/passwd", "model/run.py", "\"size\":",
    ];

    [Fact]
    public void Manifest_Changed_IsReadOrRefused()
    {
        using var folder = new BundleFolder();
        byte[] whole = File.ReadAllBytes(Path.Combine(folder.Pack(), BundleManifest.FileName));
        Say(FuzzRun.Of("manifest.json", [whole], s_manifestWords, bytes =>
        {
            var problems = new BundleProblems();
            BundleManifest? read = ManifestReader.Read(bytes, problems);
            Assert.True(read is null == problems.Count > 0, "refused without a reason, or taken with one");
            return read is not null;
        }));
    }

    [Fact]
    public void Archive_Changed_IsReadOrRefused()
    {
        using var folder = new BundleFolder();
        byte[] whole = File.ReadAllBytes(folder.Pack("x.bundle"));
        string path = folder["changed.bundle"];
        var reader = new FakeModelReader();
        Say(FuzzRun.Of("bundle archive", [whole], ["PK\u0001\u0002", "PK\u0003\u0004", "PK\u0005\u0006"], bytes =>
        {
            File.WriteAllBytes(path, bytes);
            BundleVerification verification = BundleVerifier.Verify(path, reader);
            Assert.True(verification.IsOk || verification.Problems.Length > 0, "refused without a reason");
            return verification.IsOk;
        }));
    }

    [Fact]
    public void Baseline_Changed_IsReadOrRefused()
    {
        (Serving.Data.RowBatch rows, double[] scores) = DriftRows.Draw(1_000, seed: 1);
        byte[] whole = BaselineWriter.Write(DriftRows.Baseline(rows, scores));
        string[] words = ["\"borders\":", "\"counts\":", "\"values\":", "\"missing\":", "\"other\":", "\"rows\":"];
        Say(FuzzRun.Of("baseline.json", [whole], words, bytes =>
        {
            var problems = new BundleProblems();
            DriftBaseline? read = BaselineReader.Read(bytes, "baseline.json", DriftRows.Schema, problems);
            Assert.True(read is null == problems.Count > 0, "refused without a reason, or taken with one");

            // What is taken is compared with traffic, so it must make buckets.
            return read is not null && DriftBuckets.Of(new DriftColumns(DriftRows.Schema), read) is not null;
        }));
    }

    private static void Say(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
