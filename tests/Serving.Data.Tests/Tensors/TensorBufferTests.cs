using System.Text;
using Serving.Data.Tensors;
using Xunit;

namespace Serving.Data.Tests.Tensors;

public sealed class TensorBufferTests
{
    // Spans of constants allocate in code that is not optimised yet.
    private static readonly long[] TextShape = [4];
    private static readonly long[] NumberShape = [4, 25];

    [Fact]
    public void Reset_AnyNumberOfElements_IsAlignedAndWhole()
    {
        TensorBuffer tensor = new();
        foreach (int count in new[] { 0, 1, 63, 64, 65, 1000, 3 })
        {
            tensor.Reset(TensorType.Float32, [count, 1]);
            Assert.Equal(count, tensor.Values<float>().Length);
            Assert.Equal(0, tensor.Address % 64);
            Assert.Equal([count, 1], tensor.Shape);
        }
    }

    [Fact]
    public void Reset_SizesSeenBefore_AllocatesNothing()
    {
        TensorBuffer tensor = new();
        byte[] text = Encoding.UTF8.GetBytes("a text of some bytes");
        Fill(tensor, text);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Fill(tensor, text);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void AddText_EmptyAndLong_ComeBack()
    {
        TensorBuffer tensor = new();
        tensor.Reset(TensorType.Text, [3]);
        tensor.AddText([]);
        tensor.AddText(new byte[5000]);
        tensor.AddText("x"u8);
        TensorBuffer copy = new();
        copy.CopyFrom(tensor);
        Assert.Equal(0, copy.TextAt(0).Length);
        Assert.Equal(5000, copy.TextAt(1).Length);
        Assert.True(copy.TextAt(2).SequenceEqual("x"u8));
    }

    [Theory]
    [InlineData(new[] { 1L << 40, 1L << 40 })]
    [InlineData(new[] { 1L << 31 })]
    [InlineData(new[] { -1L })]
    public void Reset_TooLargeOrNegative_IsRefused(long[] shape) =>
        Assert.Throws<ArgumentException>(() => new TensorBuffer().Reset(TensorType.Float32, shape));

    [Fact]
    public void ElementCount_ZeroAmongHugeDimensions_IsZero() =>
        Assert.Equal(0, TensorBuffer.ElementCount([1L << 40, 0, 1L << 40]));

    private static void Fill(TensorBuffer tensor, byte[] text)
    {
        tensor.Reset(TensorType.Text, TextShape);
        for (int i = 0; i < 4; i++)
        {
            tensor.AddText(text);
        }

        tensor.Reset(TensorType.Int64, NumberShape);
    }
}
