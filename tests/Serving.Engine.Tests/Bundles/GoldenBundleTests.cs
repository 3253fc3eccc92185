using Serving.Engine.Bundles;
using Serving.Models;
using Serving.Testing;
using Xunit;

namespace Serving.Engine.Tests.Bundles;

/// <summary>Other tools' models become bundles whose samples hold on the serving kernels.</summary>
public sealed class GoldenBundleTests
{
    private static readonly string[] Tools = ["lightgbm", "xgboost-1.7", "xgboost-2.1", "xgboost-3"];

    public static TheoryData<string> Models()
    {
        var models = new TheoryData<string>();
        foreach (string tool in Tools)
        {
            string? folder = SharedFiles.Find($"data/golden/{tool}");
            string[] cases = folder is null ? [] : Directory.GetDirectories(folder);
            foreach (string path in cases.Order(StringComparer.Ordinal))
            {
                string? model = Directory.GetFiles(path, "model.*").Order(StringComparer.Ordinal).FirstOrDefault();
                if (model is not null)
                {
                    models.Add(Path.GetRelativePath(SharedFiles.Root!, model));
                }
            }
        }

        if (models.Count == 0)
        {
            models.Add("");
        }

        return models;
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Pack_GoldenModel_VerifiesWithSamplesOnBothSidesOfItsThresholds(string model)
    {
        Assert.SkipWhen(model.Length == 0, "shared/data/golden is absent");
        string root = Directory.CreateTempSubdirectory("serving-golden-").FullName;
        try
        {
            BundleDraft draft = BundleDraft.Create(
                new PackRequest { Name = "golden", ModelPath = SharedFiles.Find(model)! }, TimeProvider.System);
            BundleWriter.WriteTo(draft, Path.Combine(root, "x.bundle"));
            BundleVerification verification = BundleVerifier.Verify(Path.Combine(root, "x.bundle"));
            Assert.Empty(verification.Problems);

            // Samples that all gave one score would not see a broken kernel; without a split there is but one.
            ModelDescription description = ModelFile.Load(SharedFiles.Find(model)!).Description;
            bool isConstant = description is { Trees: 0, Format: not "linear", Depth: 0 } or { Trees: > 0, Depth: 0 };
            Bundle bundle = Bundle.Open(Path.Combine(root, "x.bundle"));
            int different = bundle.Expectations.Select(expectation => expectation.RawScores[0]).Distinct().Count();
            Assert.True(isConstant || different > 1);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
