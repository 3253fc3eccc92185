using System.Runtime.InteropServices;
using Serving.Data;
using Serving.Engine;
using Serving.Engine.Pipeline;
using Serving.Engine.Predictions.Log;
using Serving.State.Embedded;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// What a record of the prediction log costs: CPU time and bytes of garbage of the request's thread for each answer in
/// relaxed mode, and beside it the CPU time of the log's own threads with compression, encryption and masks. Minima of
/// rounds by the clock of each thread.
/// </summary>
internal static class QuickLog
{
    private const int Rounds = 12;
    private const int AnswersOfRound = 10_000;
    private const int ThreadClock = 3;

    /// <summary>Measures with the sample of a models folder.</summary>
    public static void Run(TextWriter output, string models)
    {
        LogKeys keys = LogKeys.Parse($"k {Convert.ToBase64String(new byte[LogKeys.KeySize])}", "key");
        LogOptions plain = new() { Compresses = false, ReserveBytes = 0, SegmentBytes = 64 << 20 };
        LogOptions packed = plain with
        {
            Compresses = true, SegmentBytes = 4 << 20, CareInterval = TimeSpan.FromMilliseconds(20),
        };
        (string Name, LogOptions Options)[] cases =
        [
            ("plain", plain),
            ("features hashed", plain with { HashesFeatures = true }),
            ("zstd", packed),
            ("aes-gcm", plain with { Encrypts = true, Keys = keys }),
            ("masks (2 fields)", plain with
            {
                Keys = keys, Masks = plain.Masks.Add("card-fraud", ["device", "country"]),
            }),
            ("zstd, aes-gcm, masks", packed with
            {
                Encrypts = true, Keys = keys, Masks = plain.Masks.Add("card-fraud", ["device", "country"]),
            }),
        ];
        // Once for the compiler: what is measured is optimised code.
        Measure(TextWriter.Null, models, "", cases[^1].Options);
        output.WriteLine("relaxed                  request's thread    garbage   log's threads    record on disk");
        foreach ((string name, LogOptions options) in cases)
        {
            Measure(output, models, name, options);
        }
    }

    private static void Measure(TextWriter output, string models, string name, LogOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("serving-bench-log-").FullName;
        var log = PredictionLog.Open(folder, options, TimeProvider.System);
        EmbeddedWindowStore store = EmbeddedWindowStore.OpenMemory(new EmbeddedOptions { Time = TimeProvider.System });
        using (var engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = models, LoadInline = true, Store = store, Log = log },
            TimeProvider.System))
        {
            engine.Poll();
            using ScoringContext context = Scored(engine);
            double least = double.MaxValue;
            double others = 0;
            long garbage = 0;
            for (int round = 0; round < Rounds; round++)
            {
                TimeSpan all = Environment.CpuUsage.TotalTime;
                long thread = ThreadTime();
                long bytes = GC.GetAllocatedBytesForCurrentThread();
                for (int answer = 0; answer < AnswersOfRound; answer++)
                {
                    log.Append(context);
                }

                garbage = GC.GetAllocatedBytesForCurrentThread() - bytes;
                long own = ThreadTime() - thread;
                least = Math.Min(least, own / (double)AnswersOfRound);
                SpinWait.SpinUntil(() => log.Status.WaitingBytes == 0);

                double rest = (Environment.CpuUsage.TotalTime - all).TotalNanoseconds - (ThreadTime() - thread);
                others += rest / AnswersOfRound / Rounds;
            }

            long size = log.Status.Bytes / Math.Max(1, log.Status.Records);
            output.WriteLine($"{name,-24} {least,10:F0} ns {garbage,14} B {others,12:F0} ns {size,14} B plain");
        }

        log.Dispose();
        store.DisposeAsync().AsTask().GetAwaiter().GetResult();
        Directory.Delete(folder, recursive: true);
    }

    private static ScoringContext Scored(InferenceEngine engine)
    {
        if (engine.Rent("card-fraud", 0, out ScoringContext? context) != ErrorCode.None)
        {
            throw new InvalidOperationException(engine.Explain("card-fraud", 0));
        }

        RowBatch samples = engine.SamplesOf("card-fraud", context!.Version)!;
        RowCopy.CopyRow(samples, 0, context.Rows);
        return engine.Score(context) == ErrorCode.None
            ? context
            : throw new InvalidOperationException(context.ErrorMessage);
    }

    private static long ThreadTime()
    {
        _ = ClockGetTime(ThreadClock, out TimeSpec time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ClockGetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly long Seconds;
        public readonly long Nanoseconds;
    }
}
