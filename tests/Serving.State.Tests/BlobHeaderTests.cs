namespace Serving.State.Tests;

public sealed class BlobHeaderTests
{
    [Fact]
    public void Header_WrittenAndRead_IsTheSame()
    {
        byte[] blob = new byte[BlobHeader.Size];
        BlobHeader.Write(blob, 7, 0x1122334455667788, ulong.MaxValue);

        Assert.Equal(7u, BlobHeader.EpochOf(blob));
        Assert.True(BlobHeader.Fits(blob, 0x1122334455667788, ulong.MaxValue));
        Assert.False(BlobHeader.Fits(blob, 0x1122334455667788, 1));
        Assert.False(BlobHeader.Fits(blob, 1, ulong.MaxValue));
        Assert.False(BlobHeader.Fits(blob.AsSpan(0, BlobHeader.Size - 1), 0x1122334455667788, ulong.MaxValue));
    }
}
