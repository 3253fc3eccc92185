using Grpc.Core;
using Serving.Client;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Clients;

/// <summary>Our own client against the real server.</summary>
public sealed class ServingClientEndToEndTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Client_EveryCall_Works()
    {
        var options = new ServingClientOptions { Deadline = Patience.Longest, BatchDeadline = Patience.Longest };
        using var client = new ServingClient(server.Host.GrpcAddress, options);
        Row row = new RowBuilder()
            .Set("id", "a").Set("at", new DateTimeOffset(2026, 3, 2, 10, 0, 0, TimeSpan.Zero)).Set("amount", 12.50m)
            .Set("age", 41.5).Set("count", 7L).Set("foreign", true).Set("tags", ["x", "y"]).Set("ratio", 0.25).Build();
        ScoreResponse expected = await server.Client.ScoreAsync(Samples.Request());

        ScoreResponse answer = await client.ScoreAsync("pay", row);
        ScoreBatchResponse batch =
            await client.ScoreBatchAsync(new ScoreBatchRequest { Model = "pay", Rows = { row, row } });
        using AsyncDuplexStreamingCall<ScoreRequest, ScoreResponse> stream = client.OpenStream();
        await stream.RequestStream.WriteAsync(new ScoreRequest { Model = "pay", Row = row });
        Assert.True(await stream.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(expected.Score, answer.Score);
        Assert.Equal([expected.Score, expected.Score], batch.Score);
        Assert.Equal(expected.Score, stream.ResponseStream.Current.Score);
        Assert.Equal(
            "decimal(2)", (await client.GetSchemaAsync("pay")).Fields.Single(field => field.Name == "amount").Type);
        Assert.Equal(2, (await client.ListModelsAsync()).Count);
    }
}
