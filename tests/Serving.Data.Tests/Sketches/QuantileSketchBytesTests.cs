using Serving.Data.Sketches;
using Xunit;

namespace Serving.Data.Tests.Sketches;

public sealed class QuantileSketchBytesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5_000)]
    public void WriteAndRead_Sketch_GoesOnAsIfNothingHappened(int count)
    {
        var sketch = new QuantileSketch(64, 9);
        for (int value = 0; value < count; value++)
        {
            sketch.Add(value % 977);
        }

        QuantileSketch read = QuantileSketchBytes.Read(QuantileSketchBytes.Write(sketch));
        Assert.Equal(sketch.Count, read.Count);
        for (int value = 0; value < 1_000; value++)
        {
            sketch.Add(value);
            read.Add(value);
        }

        Assert.Equal(QuantileSketchBytes.Write(sketch), QuantileSketchBytes.Write(read));
    }

    [Fact]
    public void Read_DamagedBytes_IsRefusedOrASketchOfThem()
    {
        var sketch = new QuantileSketch(16, 9);
        for (int value = 0; value < 300; value++)
        {
            sketch.Add(value);
        }

        byte[] whole = QuantileSketchBytes.Write(sketch);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Throws<InputException>(() => QuantileSketchBytes.Read(whole.AsSpan(0, length)));
        }

        Assert.Throws<InputException>(() => QuantileSketchBytes.Read([.. whole, 0]));
        int refused = 0;
        for (int place = 0; place < whole.Length; place++)
        {
            byte[] damaged = [.. whole];
            damaged[place] ^= 0x80;
            try
            {
                Assert.True(QuantileSketchBytes.Read(damaged).ToDistribution().Counts.All(count => count > 0));
            }
            catch (InputException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 36, whole.Length);
    }
}
