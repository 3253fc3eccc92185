using System.Text;
using Serving.Data;
using Serving.Engine.Pipeline;
using Xunit;

namespace Serving.Engine.Tests.Pipeline;

public sealed class SharedFieldsTests
{
    private static readonly RowSchema Schema = new(
        "r",
        [
            new Field("text", new FieldType(ValueKind.String)),
            new Field("words", new FieldType(ValueKind.List, true, 0, ValueKind.String, 4)),
            new Field("number", new FieldType(ValueKind.Int)),
        ]);

    [Fact]
    public void GiveTo_TextsAndLists_AreCopiedOnceAndOutliveTheShared()
    {
        var shared = new RowBatch(Schema);
        shared.AddRow();
        shared.SetText(0, 0, "every"u8);
        shared.BeginList();
        shared.AddItem(shared.AddText("a"u8));
        shared.AddItem(shared.AddText("bc"u8));
        shared.EndList(0, 1);

        var rows = new RowBatch(Schema);
        rows.AddRow();
        rows.AddRow();
        rows.AddRow();
        rows.SetText(1, 0, "own"u8);
        SharedFields.GiveTo(rows, shared);
        shared.Clear();
        shared.AddText("xxxxxxxxxxxxxxx"u8);

        Assert.Equal(
            ["every", "own", "every"],
            Enumerable.Range(0, 3).Select(row => Encoding.UTF8.GetString(rows.GetText(row, 0))));
        Assert.Equal("bc", Encoding.UTF8.GetString(rows.TextOf(rows.GetList(2, 1)[1])));
        Assert.Equal(rows.Get(0, 0), rows.Get(2, 0));
        Assert.False(rows.IsPresent(0, 2));
    }
}
