using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Evaluation;
using Serving.Features.Tests.Properties;
using Xunit;

namespace Serving.Features.Tests.Evaluation;

/// <summary>Values before encoders, encoded again, are what the compiled program encoded.</summary>
public sealed class RawEncoderTests
{
    private const int Scripts = 100;

    [Fact]
    public void Encode_RawValuesOfDrawnScripts_GivesTheProgramsBits()
    {
        for (ulong seed = 1; seed <= Scripts; seed++)
        {
            ScriptCase drawn = ScriptGenerator.Draw(seed);
            FeatureScript script = Difference.Compile(drawn);
            FeatureProgram program = FeatureProgram.Create(script, StatisticsGenerator.Draw(script, drawn.Seed));
            Compare(program, drawn.ToBatch(script.Request), null, drawn.Script);
        }
    }

    // R101: what reads windows is missing behind its encoders too, although impute would fill it.
    [Fact]
    public void Encode_RowWithoutState_IsMissingBehindEncoders()
    {
        const string Text = """
            features pay 1;
            request txn { id: string; at: time; card: string; } id id, time at;
            window c = txn by card last 1h;
            feature n = count() over c -> impute(7.0);
            feature own = hour(at) -> edges(3.0, 9.0);
            """;
        FeatureScript script = FeatureScript.Compile(
            Encoding.UTF8.GetBytes(Text), "pay.feat", out ImmutableArray<Diagnostic> found)
            ?? throw new InvalidOperationException(string.Join('\n', found));
        var rows = new RowBatch(script.Request);
        rows.AddRow();
        rows.SetText(0, 0, "a"u8);
        rows.Set(0, 1, 1_772_359_200_000);
        rows.SetText(0, 2, "c"u8);
        var windows = new WindowValues(script.Windows);
        windows.AddRow();
        windows.MarkStateMissing(0);

        Compare(FeatureProgram.Create(script, null), rows, windows, Text);
    }

    private static void Compare(FeatureProgram program, RowBatch rows, WindowValues? windows, string script)
    {
        FeatureLayout layout = FeatureLayout.Split(program.Columns);
        var features = new FeatureBatch();
        var raw = new RowBatch(program.RawSchema);
        program.Evaluate(rows, windows, layout, features, program.CreateFrame(), raw);
        RawEncoder encoder = program.CreateRawEncoder();
        var again = new FeatureBatch();
        for (int row = 0; row < rows.RowCount; row++)
        {
            encoder.Encode(raw, row, windows?.IsStateMissing(row) == true, layout, again);
            Assert.Equal(Bits(features.DenseRow(row)), Bits(again.DenseRow(0)));
            for (int place = 0; place < layout.IdColumnCount; place++)
            {
                Assert.True(
                    features.RowIds(row, place).SequenceEqual(again.RowIds(0, place)),
                    $"row {row}, id column {place} of\n{script}");
            }
        }
    }

    private static long[] Bits(ReadOnlySpan<double> numbers)
    {
        long[] bits = new long[numbers.Length];
        for (int index = 0; index < bits.Length; index++)
        {
            bits[index] = BitConverter.DoubleToInt64Bits(numbers[index]);
        }

        return bits;
    }
}
