using Serving.Data.Tensors;
using Xunit;

namespace Serving.Data.Tests.Tensors;

public sealed class TensorSpecTests
{
    [Fact]
    public void TypeText_Kinds_AreSpelledAsTheWireSpellsThem()
    {
        Assert.Equal("f32[?,9]", new TensorSpec("x", TensorType.Float32, [-1, 9]).TypeText);
        Assert.Equal("string[]", new TensorSpec("x", TensorType.Text, []).TypeText);
        Assert.Equal("i64[...]", new TensorSpec("x", TensorType.Int64, null).TypeText);
        TensorSpec maps = new("p", TensorType.Float32, null)
        {
            Kind = TensorKind.MapSequence, KeyType = TensorType.Int64,
        };
        Assert.Equal("sequence(map(i64,f32))", maps.TypeText);
        Assert.Equal("sequence(map(i64,f32))", maps.TypeName);
        Assert.Equal("f32", new TensorSpec("x", TensorType.Float32, [-1, 9]).TypeName);
    }

    [Theory]
    [InlineData(new[] { 5L, 9L }, true)]
    [InlineData(new[] { 0L, 9L }, true)]
    [InlineData(new[] { 5L, 8L }, false)]
    [InlineData(new[] { 9L }, false)]
    public void Accepts_Shape_ByRankAndFixedDimensions(long[] shape, bool isAccepted) =>
        Assert.Equal(isAccepted, new TensorSpec("x", TensorType.Float32, [-1, 9]).Accepts(shape));

    [Fact]
    public void Accepts_UnknownRank_TakesAnything() =>
        Assert.True(new TensorSpec("x", TensorType.Float32, null).Accepts([1, 2, 3]));

    [Fact]
    public void Names_EveryType_ComeBack()
    {
        foreach (TensorType type in Enum.GetValues<TensorType>().Where(type => type != TensorType.None))
        {
            Assert.True(TensorTypes.TryParse(TensorTypes.NameOf(type), out TensorType found));
            Assert.Equal(type, found);
        }

        Assert.False(TensorTypes.TryParse("none", out _));
    }
}
