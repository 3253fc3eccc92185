using System.Buffers.Binary;
using Serving.Data;
using Serving.Engine.Predictions.Log;
using Xunit;

namespace Serving.Engine.Tests.Predictions.Log;

public sealed class LogRowReaderTests
{
    [Theory]
    [InlineData(1.5, true)]
    [InlineData(double.MaxValue, true)]
    [InlineData(double.NaN, false)]
    [InlineData(double.NegativeInfinity, false)]
    public void Read_FloatOfARow_IsFiniteOrWrong(double value, bool isRight)
    {
        byte[] row = new byte[1 + sizeof(double)];
        row[0] = LogRowShape.Plain;
        BinaryPrimitives.WriteDoubleLittleEndian(row.AsSpan(1), value);
        var rows = new RowBatch(new RowSchema("txn", [new Field("amount", new FieldType(ValueKind.Float))]));
        var bytes = new LogReadBytes(row);

        LogRowReader.Read(ref bytes, rows, masked: null);

        Assert.Equal(isRight, !bytes.IsWrong);
    }
}
