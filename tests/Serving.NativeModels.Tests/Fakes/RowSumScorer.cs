using System.Diagnostics;
using System.Globalization;
using System.Text;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Tests.Fakes;

/// <summary>
/// A model of two inputs (x: f32[?,?], s: string[?]) that answers by row the sum of x and the text with that sum; it
/// can be held, refuses a row with NaN, and can be made to mix its rows.
/// </summary>
internal sealed class RowSumScorer : ITensorScorer
{
    /// <summary>Kills the process.</summary>
    public const int Deadly = 666;

    /// <summary>Never ends.</summary>
    public const int Endless = 667;

    /// <summary>Takes a gigabyte.</summary>
    public const int Greedy = 668;

    public static TensorSignature Signature { get; } = new(
        TensorSignature.DefaultName,
        [new TensorSpec("x", TensorType.Float32, [-1, -1]), new TensorSpec("s", TensorType.Text, [-1])],
        [new TensorSpec("sum", TensorType.Float32, [-1]), new TensorSpec("text", TensorType.Text, [-1])]);

    public TensorModel Model { get; } = new("fake", "", "", [Signature]);

    public string RunsOn => "a fake";

    public long MemoryBytes => 0;

    /// <summary>Calls wait here before they run.</summary>
    public SemaphoreSlim? Hold { get; set; }

    /// <summary>Is released when a call has come to <see cref="Hold"/>.</summary>
    public SemaphoreSlim Came { get; } = new(0);

    public bool MixesRows { get; set; }

    /// <summary>Whether a row that begins with one of the numbers below does what it says.</summary>
    public bool IsDeadly { get; init; }

    public TensorCall CreateCall(int signature) => new Call(this);

    public void Dispose() => Came.Dispose();

    /// <summary>Fills a call with rows whose sum and text follow from a number.</summary>
    public static void Fill(TensorCall call, int number, int rows, int width = 3)
    {
        call.Begin();
        TensorBuffer x = call.Input(0);
        x.Reset(TensorType.Float32, [rows, width]);
        x.Values<float>().Fill(number);
        TensorBuffer s = call.Input(1);
        s.Reset(TensorType.Text, [rows]);
        for (int i = 0; i < rows; i++)
        {
            s.AddText(Encoding.UTF8.GetBytes(Name(number, i)));
        }
    }

    /// <summary>Checks the answer to <see cref="Fill"/>.</summary>
    public static void AssertAnswer(TensorCall call, int number, int rows, int width = 3)
    {
        Assert.Equal([rows], call.Output(0).Tensor.Shape);
        for (int i = 0; i < rows; i++)
        {
            float sum = number * width;
            Assert.Equal(sum, call.Output(0).Tensor.Values<float>()[i]);
            string text = string.Create(CultureInfo.InvariantCulture, $"{Name(number, i)}:{sum}");
            Assert.Equal(text, Encoding.UTF8.GetString(call.Output(1).Tensor.TextAt(i)));
        }
    }

    private static string Name(int number, int row) => string.Create(CultureInfo.InvariantCulture, $"{number}/{row}");

    private sealed class Call(RowSumScorer owner) : TensorCall(RowSumScorer.Signature)
    {
        protected override async ValueTask RunCheckedAsync(TimeSpan timeLeft, CancellationToken cancellation)
        {
            if (owner.Hold is { } hold)
            {
                owner.Came.Release();
                await hold.WaitAsync(cancellation);
            }

            TensorBuffer x = InputBuffer(0);
            int rows = (int)x.Shape[0];
            if (owner.IsDeadly)
            {
                await DieOrWaitAsync((int)x.Values<float>()[0]);
            }

            TensorBuffer sums = Output(0).Tensor;
            sums.Reset(TensorType.Float32, [rows]);
            Output(1).Tensor.Reset(TensorType.Text, [rows]);
            for (int i = 0; i < rows; i++)
            {
                float sum = Sum(x, i, rows);
                sums.Values<float>()[i] = sum;
                string name = Encoding.UTF8.GetString(InputBuffer(1).TextAt(i));
                Output(1).Tensor.AddText(
                    Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{name}:{sum}")));
            }
        }

        private static async Task DieOrWaitAsync(int number)
        {
            if (number == Deadly)
            {
                Process.GetCurrentProcess().Kill();
            }

            if (number == Greedy)
            {
                GC.KeepAlive(new byte[1 << 30]);
            }

            if (number is Deadly or Endless)
            {
                await new TaskCompletionSource().Task;
            }
        }

        private float Sum(TensorBuffer x, int row, int rows)
        {
            int width = x.Values<float>().Length / rows;
            float sum = owner.MixesRows ? rows : 0;
            foreach (float value in x.Values<float>().Slice(row * width, width))
            {
                sum += value;
            }

            return float.IsNaN(sum) ? throw new TensorRunException(ErrorCode.InvalidArgument, "a NaN") : sum;
        }
    }
}
