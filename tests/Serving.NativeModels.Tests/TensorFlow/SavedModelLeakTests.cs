using System.Diagnostics;
using Serving.Data.Tensors;
using Serving.Models.Tensors;
using Serving.NativeModels.TensorFlow;
using Serving.NativeModels.Tests.SavedModel;

namespace Serving.NativeModels.Tests.TensorFlow;

// What the process holds is measured: no other test may run meanwhile.
[CollectionDefinition(nameof(SavedModelLeakTests), DisableParallelization = true)]
[Collection(nameof(SavedModelLeakTests))]
public sealed class SavedModelLeakTests
{
    [Fact]
    public void Open_AndCloseFiftyTimes_KeepsNothing()
    {
        var sample = new SavedModelSample();
        for (int i = 0; i < 5; i++)
        {
            Turn();
        }

        (long memory, int threads, int handles) before = Held();
        for (int i = 0; i < 50; i++)
        {
            Turn();
        }

        (long memory, int threads, int handles) after = Held();
        Assert.InRange(after.memory - before.memory, long.MinValue, 40L << 20);
        Assert.InRange(after.threads - before.threads, int.MinValue, 4);
        Assert.InRange(after.handles - before.handles, int.MinValue, 4);

        void Turn()
        {
            using ITensorScorer scorer = Open(sample);
            using TensorCall call = scorer.CreateCall(0);
            call.Begin();
            call.Input(0).Reset(TensorType.Float32, [1, 2]);
            call.Input(0).Bytes.Clear();
            Task run = call.RunAsync(TimeSpan.FromSeconds(10), CancellationToken.None).AsTask();
            Assert.True(run.IsCompletedSuccessfully);
        }

        static (long Memory, int Threads, int Handles) Held()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            using var process = Process.GetCurrentProcess();
            return (process.WorkingSet64, process.Threads.Count, Directory.GetFiles("/proc/self/fd").Length);
        }
    }

    private static ITensorScorer Open(SavedModelSample sample) =>
        new SavedModelScorerFactory(TensorFlowFiles.Library).Open(sample.Files(), TensorModelOptions.Default);
}
