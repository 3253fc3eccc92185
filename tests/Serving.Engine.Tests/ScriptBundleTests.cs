using Serving.Data;
using Serving.Engine.Bundles;
using Serving.Engine.Offline;
using Serving.Engine.Pipeline;
using Serving.Engine.Tests.Fakes;
using Xunit;

namespace Serving.Engine.Tests;

/// <summary>
/// A script with a linear model, from packing to the answer: what scores offline is what scores online.
/// </summary>
public sealed class ScriptBundleTests : IDisposable
{
    private readonly BundleFolder _folder = new();
    private readonly InferenceEngine _engine;

    public ScriptBundleTests()
    {
        (string script, string model) = CardScript.Write(_folder.Root);
        BundleDraft draft = BundleDraft.Create(
            new PackRequest { Name = "card", ModelPath = model, ScriptPath = script, Masked = ["mcc"] },
            TimeProvider.System);
        BundleWriter.WriteToModels(draft, "card", _folder.Models);
        _engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = _folder.Models, LoadInline = true }, TimeProvider.System);
        _engine.Poll();
    }

    private string Place => Path.Combine(_folder.Models, "card", "1");

    public void Dispose()
    {
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Verify_PackedScript_HoldsAndListsThePublishedFields()
    {
        BundleVerification verification = BundleVerifier.Verify(Place);
        Assert.Empty(verification.Problems);
        Assert.Equal(
            ["id", "at", "amount", "mcc", "age", "tags"], verification.Description!.Fields.Select(field => field.Name));
        Assert.Contains("model/mcc.bin", verification.Description.Manifest.Files.Keys);
    }

    [Fact]
    public void Score_SameRowsOnlineAndOffline_GiveTheSameBits()
    {
        var run = new BatchScore(Bundle.Open(Place));
        var sink = new TextRowSink();
        run.Run(new TextRowSource(run.Input, 300, CardScript.Fill), sink, new OfflineOptions { Threads = 3 });

        for (int number = 1; number <= 300; number++)
        {
            using ScoringContext context = Rent();
            CardScript.Fill(context.Rows, context.Rows.AddRow(), number);
            Assert.Equal(ErrorCode.None, _engine.Score(context));
            Assert.Equal(
                $"t{number},{context.Scores[0]:R},{context.RawScores[0]:R},card,1", sink.Lines[number - 1]);
        }
    }

    [Fact]
    public void Score_RequestWithoutARequiredField_NamesIt()
    {
        using ScoringContext context = Rent();
        CardScript.Fill(context.Rows, context.Rows.AddRow(), 1);
        CardScript.Fill(context.Rows, context.Rows.AddRow(), 2);
        context.Rows.SetMissing(1, 2);
        Assert.Equal(ErrorCode.InvalidArgument, _engine.Score(context));
        Assert.Equal("row 1, field 'amount': missing, expected decimal(2)", context.ErrorMessage);
    }

    // The label's field is known by name, is not published, and is not asked for (R57).
    [Fact]
    public void Schema_LabelField_IsIgnoredAndNotPublished()
    {
        using ScoringContext context = Rent();
        Assert.Equal(RequestSchema.Ignored, context.Schema.PlaceOf("fraud"u8));
        Assert.Equal(-1, context.Schema.Published.IndexOf("fraud"));
        Assert.Equal(RequestSchema.Unknown, context.Schema.PlaceOf("frau"u8));
    }

    [Fact]
    public void Score_WithFeatures_GivesValuesBeforeEncoders()
    {
        using ScoringContext context = Rent();
        CardScript.Fill(context.Rows, context.Rows.AddRow(), 1);
        context.WantsFeatures = true;
        Assert.Equal(ErrorCode.None, _engine.Score(context));
        int place = context.Features!.Schema.IndexOf("mcc_h");
        Assert.Equal("5001"u8.ToArray(), context.Features.GetText(0, place).ToArray());
    }

    [Fact]
    public void Score_AfterWarmUp_AllocatesNothing()
    {
        for (int round = 0; round < 5; round++)
        {
            ScoreSome();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 100; round++)
        {
            ScoreSome();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Verify_ScriptOfOtherBytes_IsRefused()
    {
        File.AppendAllText(Path.Combine(Place, "script.feat"), "\n");
        Assert.False(BundleVerifier.Verify(Place).IsOk);
    }

    [Fact]
    public void Draft_ModelOfOtherColumns_ListsBothSides()
    {
        (string script, string model) = CardScript.Write(_folder.Root);
        File.WriteAllText(model, CardScript.Linear.Replace("amount_log", "amount_lg", StringComparison.Ordinal));
        var exception = Assert.Throws<InputException>(() => BundleDraft.Create(
            new PackRequest { Name = "card", ModelPath = model, ScriptPath = script }, TimeProvider.System));
        Assert.Contains("amount_lg", exception.Message, StringComparison.Ordinal);
        Assert.Contains("amount_log", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Draft_MaskOfNoField_IsRefused()
    {
        (string script, string model) = CardScript.Write(_folder.Root);
        BundleDraft draft = BundleDraft.Create(
            new PackRequest { Name = "card", ModelPath = model, ScriptPath = script, Masked = ["email"] },
            TimeProvider.System);
        Assert.Throws<InputException>(() => BundleWriter.WriteTo(draft, _folder["x"]));
    }

    private static readonly byte[] Id = [.. "t1"u8];

    private void ScoreSome()
    {
        _engine.Rent("card"u8, 0, out ScoringContext? context);
        using (context)
        {
            RowBatch rows = context!.Rows;
            for (int row = 0; row < 8; row++)
            {
                rows.AddRow();
                rows.SetText(row, 0, Id);
                rows.Set(row, 1, 1_772_359_200_000);
                rows.Set(row, 2, row * 100);
                rows.SetText(row, 3, Id);
                rows.BeginList();
                rows.AddItem(rows.AddText(Id));
                rows.EndList(row, 5);
            }

            context.WantsFeatures = true;
            if (_engine.Score(context) != ErrorCode.None)
            {
                throw new InvalidOperationException(context.ErrorMessage);
            }
        }
    }

    private ScoringContext Rent()
    {
        Assert.Equal(ErrorCode.None, _engine.Rent("card", 0, out ScoringContext? context));
        return context!;
    }
}
