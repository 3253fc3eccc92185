using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Serving.Data;
using Serving.Engine.Routing;
using Xunit;

namespace Serving.Engine.Tests.Routing;

public sealed class RouterTests
{
    [Fact]
    public void BucketOf_IsTheHashOfModelZeroAndKey()
    {
        byte[] text = [.. "pay"u8, 0, .. "card-17"u8];

        Assert.Equal(
            (int)(XxHash64.HashToUInt64(text) % 10_000), Router.BucketOf("pay"u8, "card-17"u8));
    }

    [Theory]
    [InlineData(ValueKind.Int, 42L, "42")]
    [InlineData(ValueKind.Bool, 1L, "true")]
    [InlineData(ValueKind.Time, 0L, "1970-01-01T00:00:00.000Z")]
    public void BucketOf_FieldOfARow_GoesByTheTextOfItsCell(ValueKind kind, long value, string cell)
    {
        var rows = new RowBatch(new RowSchema("e", [new Field("f", new FieldType(kind, Optional: true))]));
        rows.AddRow();
        Assert.Equal(-1, Router.BucketOf("pay"u8, rows, 0, 0));
        rows.Set(0, 0, value);

        Assert.Equal(Router.BucketOf("pay"u8, Encoding.UTF8.GetBytes(cell)), Router.BucketOf("pay"u8, rows, 0, 0));
    }

    // Within 3 sigma of the binomial for every share from 1 to 100 %.
    [Fact]
    public void BucketOf_AMillionKeys_FillSharesEvenly()
    {
        const int Keys = 1_000_000;
        int[] below = new int[TrafficSplit.Buckets];
        for (int key = 0; key < Keys; key++)
        {
            below[Router.BucketOf("pay"u8, Encoding.UTF8.GetBytes(key.ToString(CultureInfo.InvariantCulture)))]++;
        }

        int sum = 0;
        for (int percent = 1; percent < 100; percent++)
        {
            sum += below.AsSpan((percent - 1) * 100, 100).ToArray().Sum();
            double share = percent / 100.0;
            Assert.True(
                Math.Abs(sum - (share * Keys)) <= 3 * Math.Sqrt(Keys * share * (1 - share)), $"{percent} %: {sum}");
        }
    }
}
