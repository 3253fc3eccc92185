using Serving.Engine.Offline;
using Serving.Engine.Tests.Fakes;
using Serving.Features;
using Xunit;

namespace Serving.Engine.Tests.Offline;

public sealed class FeatureRunTests
{
    private const long Start = 1_772_359_200_000;
    private const long Hour = 3_600_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_CompiledOnManyThreads_EqualsTheInterpreterOnOne(bool isRaw)
    {
        FeatureScript script = CardScript.Compile();
        List<string> expected = Lines(
            FeatureProgram.CreateInterpreter(script, null), isRaw, new OfflineOptions { Threads = 1 });
        Assert.Equal(1_000, expected.Count);
        Assert.Equal(
            expected, Lines(FeatureProgram.Create(script, null), isRaw, new OfflineOptions { Threads = 5 }));
    }

    [Fact]
    public void Run_FromUntil_KeepsTheRequestsBetween()
    {
        List<string> lines = Lines(
            FeatureProgram.Create(CardScript.Compile(), null),
            false,
            new OfflineOptions { FromMs = Start + (10 * Hour), UntilMs = Start + (12 * Hour) });
        Assert.Equal(["t10", "t11"], lines.Select(line => line.Split(',')[0]));
    }

    [Fact]
    public void Output_EncodedAndRaw_HaveTheIdFirstAndTheLabelMayBeAbsent()
    {
        FeatureProgram program = FeatureProgram.Create(CardScript.Compile(), null);
        Assert.Equal(
            "id:string amount_log:float? age_log:float? mcc_h:int age_b:int tag_h:list(int, 4) night:int",
            Spelled(new FeatureRun(program, false)));
        Assert.Equal(
            "id:string amount_log:float? age_log:float? mcc_h:string? age_b:float? tag_h:list(string, 4)? night:bool",
            Spelled(new FeatureRun(program, true)));
        Assert.Equal("bool?", new FeatureRun(program, false).Input.Fields[6].Type.ToString());
    }

    private static string Spelled(FeatureRun run) =>
        string.Join(' ', run.Output.Fields.Select(field => $"{field.Name}:{field.Type}"));

    private static List<string> Lines(FeatureProgram program, bool isRaw, OfflineOptions options)
    {
        var run = new FeatureRun(program, isRaw);
        var sink = new TextRowSink();
        run.Run(new TextRowSource(run.Input, 1_000, CardScript.Fill), sink, options);
        return sink.Lines;
    }
}
