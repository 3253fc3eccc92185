using System.Buffers;
using Google.Protobuf;
using Grpc.Core;
using Serving.Data;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Engine;
using Serving.Protocol.V1;
using Serving.Server.Grpc;
using Serving.Server.Hosting;
using Serving.Server.Telemetry;

namespace Serving.EndToEnd.Tests.Grpc;

/// <summary>
/// After warm-up our code makes no object for a call: read, score, encode, send, counted to the byte.
/// </summary>
public sealed class AllocationTests
{
    private const int Calls = 200;

    [Theory]
    [InlineData("by name")]
    [InlineData("by index")]
    [InlineData("batch")]
    public async Task Call_AfterWarmUp_AllocatesNothing(string how)
    {
        using var folder = new ModelFolder();
        using var engine = new InferenceEngine(
            new EngineOptions { ModelsFolder = folder.Models, LoadInline = true }, TimeProvider.System);
        for (int poll = 0; poll < 20 && engine.ReadyModels.Length < 2; poll++)
        {
            engine.Poll();
        }

        using var metrics = new ServerMetrics();
        using var page = new MetricsPage(metrics);
        var flow = new ScoreFlow(
            engine,
            new ScoreDecoder(engine, 100),
            metrics,
            new ModelDeadlines(new ServerOptions { Models = folder.Models }, TimeProvider.System),
            TimeProvider.System);
        byte[] message = MessageOf(how, engine);
        await Task.Yield();

        Assert.Equal(0, AllocatedBy(flow, message, how == "batch"));
    }

    private static byte[] MessageOf(string how, InferenceEngine engine)
    {
        if (how == "batch")
        {
            var batch = new ScoreBatchRequest { Model = "pay", Shared = Samples.Row(), TopK = 4 };
            batch.Rows.AddRange(Enumerable.Repeat(Samples.Row(), 16));
            return batch.ToByteArray();
        }

        ScoreRequest request = Samples.Request();
        if (how == "by index")
        {
            Assert.Equal(ErrorCode.None, engine.Rent("pay", 0, out Engine.Pipeline.ScoringContext? context));
            using (context)
            {
                request.SchemaHash = context!.Schema.Published.Hash;
                request.Row = new Row();
                request.Row.Values.AddRange(
                    context.Schema.Published.Fields.Select(field => Samples.Row().Fields[field.Name]));
            }
        }

        return request.ToByteArray();
    }

    private static long AllocatedBy(ScoreFlow flow, byte[] message, bool isBatch)
    {
        var pool = new ScoreCallPool();
        var target = new FixedTarget();
        var payload = new ReadOnlySequence<byte>(message);
        long allocated = -1;
        for (int round = 0; round < 5 && allocated != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int index = 0; index < Calls; index++)
            {
                ScoreCall call = pool.Rent();
                call.Receive(payload, isBatch, TimeProvider.System.GetTimestamp());
                ValueTask<ErrorCode> answer = flow.RunAsync(call, CancellationToken.None);
                Assert.True(answer.IsCompletedSuccessfully && answer.Result == ErrorCode.None, call.Message);
                target.Reset();
                call.Send(target);
                pool.Return(call);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.NotEqual(0, target.Written);
        return allocated;
    }

    /// <summary>Where the library would send to.</summary>
    private sealed class FixedTarget : SerializationContext, IBufferWriter<byte>
    {
        private readonly byte[] _bytes = new byte[1 << 16];

        public int Written { get; private set; }

        public void Reset() => Written = 0;

        public override IBufferWriter<byte> GetBufferWriter() => this;

        public override void SetPayloadLength(int payloadLength)
        {
        }

        public override void Complete()
        {
        }

        public void Advance(int count) => Written += count;

        public Memory<byte> GetMemory(int sizeHint = 0) => _bytes.AsMemory(Written);

        public Span<byte> GetSpan(int sizeHint = 0) => _bytes.AsSpan(Written);
    }
}
