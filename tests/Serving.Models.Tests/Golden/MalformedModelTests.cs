using Serving.Data;

namespace Serving.Models.Tests.Golden;

/// <summary>Broken models are refused with a reason.</summary>
public sealed class MalformedModelTests
{
    public static TheoryData<string> Cases =>
        GoldenCases.In("malformed/lightgbm", "malformed/xgboost-json", "malformed/xgboost-ubj");

    [Theory]
    [MemberData(nameof(Cases))]
    public void Model_Malformed_IsRefusedWithAReason(string name)
    {
        string path = GoldenCases.ModelPath(GoldenCases.Folder(name));
        InputException refused = Assert.Throws<InputException>(() => ModelFile.Load(path));
        Assert.NotEmpty(refused.Problems);
        TestContext.Current.TestOutputHelper?.WriteLine(refused.Message);
    }
}
