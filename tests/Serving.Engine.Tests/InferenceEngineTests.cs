using Serving.Data;
using Serving.Engine.Pipeline;
using Serving.Engine.Tests.Fakes;
using Xunit;

namespace Serving.Engine.Tests;

public sealed class InferenceEngineTests : EngineTest
{
    [Fact]
    public void Score_OneRow_GivesScoreRawScoreAndVersion()
    {
        Folder.Publish("m");
        Engine.Poll();

        using ScoringContext context = Rent("m");
        context.Rows.AddRow();
        Set(context, 0, "amount", 3);
        context.WantsFeatures = true;

        Assert.Equal(ErrorCode.None, Engine.Score(context));
        Assert.Equal(1.5 + (2 * 3) - 0.25, context.RawScores[0]);
        Assert.Equal(7.25 / 8.25, context.Scores[0]);
        Assert.Equal(("m", 1L), (context.Model, context.Version));
        Assert.Equal([0], context.Order.ToArray());
        Assert.Equal(3, context.Features!.GetFloat(0, 0));
        Assert.False(context.Features.IsPresent(0, 1));
    }

    [Fact]
    public void Score_SharedFieldsAndTopK_RowsWinAndTiesGoByPlace()
    {
        Folder.Publish("m");
        Engine.Poll();

        using ScoringContext context = Rent("m");
        context.Shared.AddRow();
        context.Shared.SetFloat(0, 0, 10);
        foreach (double? amount in new double?[] { null, 1, 20, null, 20 })
        {
            int row = context.Rows.AddRow();
            if (amount is { } value)
            {
                context.Rows.SetFloat(row, 0, value);
            }
        }

        context.TopK = 4;
        Assert.Equal(ErrorCode.None, Engine.Score(context));
        Assert.Equal([2, 4, 0, 3], context.Order.ToArray());
        Assert.Equal(context.RawScores[0], context.RawScores[3]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public void Score_NoRowOrTooMany_NamesTheLimit(int rows)
    {
        Folder.Publish("m");
        Engine.Poll();
        using ScoringContext context = Rent("m");
        for (int row = 0; row < rows; row++)
        {
            context.Rows.AddRow();
        }

        Assert.Equal(ErrorCode.InvalidArgument, Engine.Score(context));
        Assert.Contains("1 to 10000", context.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_IdOutsideItsBlock_NamesRowAndField()
    {
        Folder.Publish("m");
        Engine.Poll();
        using ScoringContext context = Rent("m");
        context.Rows.AddRow();
        context.Rows.AddRow();
        context.Rows.Set(1, 2, 10);

        Assert.Equal(ErrorCode.InvalidArgument, Engine.Score(context));
        Assert.Equal((1, 2), (context.ErrorRow, context.ErrorField));
        Assert.Contains("'mcc'", context.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public void Score_ScoreThatIsNotFinite_IsRefused()
    {
        Folder.Publish("m");
        Engine.Poll();
        using ScoringContext context = Rent("m");
        context.Rows.AddRow();
        context.Rows.SetFloat(0, 0, double.MaxValue);

        Assert.Equal(ErrorCode.InvalidArgument, Engine.Score(context));
    }

    [Fact]
    public void Rent_UnknownNames_SaysWhatThereIs()
    {
        Folder.Publish("m");
        Engine.Poll();

        Assert.Equal(ErrorCode.NotFound, Engine.Rent("other", 0, out _));
        Assert.Contains("'other'; the models are: m", Engine.Explain("other", 0), StringComparison.Ordinal);
        Assert.Equal(ErrorCode.NotFound, Engine.Rent("m", 9, out _));
        Assert.Contains("no version 9; Ready versions: 1", Engine.Explain("m", 9), StringComparison.Ordinal);
    }

    // A copy may bring the manifest before the model.

    [Fact]
    public void Schema_OfTwoReadyVersions_KnowsTheOthersFieldsAndHash()
    {
        Folder.Publish("m");
        Folder.Publish("m", text: "bias 9\ndense amount 2\ndense speed 1\n");
        Engine.Poll();

        using ScoringContext second = Rent("m", 2);
        using ScoringContext first = Rent("m", 1);
        Assert.Equal(1, second.Schema.PlaceOf("speed"u8));
        Assert.Equal(RequestSchema.Ignored, second.Schema.PlaceOf("mcc"u8));
        Assert.Equal(RequestSchema.Unknown, second.Schema.PlaceOf("colour"u8));
        Assert.True(second.Schema.TryPlacesOf(first.Schema.Published.Hash, out ReadOnlySpan<int> places));
        Assert.Equal([0, RequestSchema.Ignored, RequestSchema.Ignored], places.ToArray());
        Assert.False(second.Schema.TryPlacesOf(1, out _));
    }

    // From the rent to the return, single rows and batches with shared fields and ranking.

    [Fact]
    public void Score_AfterWarmUp_AllocatesNothing()
    {
        Folder.Publish("m");
        Engine.Poll();
        for (int round = 0; round < 3; round++)
        {
            ScoreSome(1);
            ScoreSome(64);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            ScoreSome(1);
            ScoreSome(64);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    // 0 failed and 0 mixed answers while versions come and go: version v has bias v, and its answers must say v.

    private void ScoreSome(int rows)
    {
        Engine.Rent("m"u8, 0, out ScoringContext? context);
        using (context)
        {
            context!.Shared.AddRow();
            context.Shared.SetFloat(0, 1, 44);
            for (int row = 0; row < rows; row++)
            {
                context.Rows.AddRow();
                context.Rows.SetFloat(row, context.Schema.PlaceOf("amount"u8), row % 7);
            }

            context.TopK = rows / 2;
            context.WantsFeatures = true;
            if (Engine.Score(context) != ErrorCode.None)
            {
                throw new InvalidOperationException(context.ErrorMessage);
            }
        }
    }

    private static void Set(ScoringContext context, int row, string field, double value) =>
        context.Rows.SetFloat(row, context.Schema.Rows.IndexOf(field), value);
}
