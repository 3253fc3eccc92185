using System.Net;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Serving.Protocol.V1;

namespace Serving.Client.Tests;

public sealed class ServingClientTests : IAsyncLifetime
{
    private readonly FakeScoring _fake = new();
    private WebApplication _app = null!;
    private Uri _address = null!;

    public async ValueTask InitializeAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, port => port.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(_fake);
        _app = builder.Build();
        _app.MapGrpcService<FakeScoring>();
        await _app.StartAsync();
        _address = new Uri(_app.Urls.Single());
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Score_Unavailable_IsTriedAgain()
    {
        _fake.Failures.Enqueue(StatusCode.Unavailable);
        _fake.Failures.Enqueue(StatusCode.Unavailable);
        using var client = new ServingClient(_address, Patient());

        ScoreResponse answer = await client.ScoreAsync("m", new Row());

        Assert.Equal(0.5, answer.Score);
        Assert.Equal(3, _fake.Calls);
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Unknown)]
    public async Task Score_AnyOtherStatus_IsNotTriedAgain(StatusCode status)
    {
        _fake.Failures.Enqueue(status);
        using var client = new ServingClient(_address, Patient());

        RpcException error = await Assert.ThrowsAsync<RpcException>(() => client.ScoreAsync("m", new Row()));

        Assert.Equal(status, error.StatusCode);
        Assert.Equal(1, _fake.Calls);
    }

    // Four tokens: two failed calls of one try each reach half of them, and from then on nothing is repeated.
    [Fact]
    public async Task Score_Outage_EmptiesTheBudgetAndIsNotStormed()
    {
        _fake.AlwaysFails = true;
        using var client = new ServingClient(_address, Patient() with { RetryTokensMax = 4 });
        for (int call = 0; call < 10; call++)
        {
            await Assert.ThrowsAsync<RpcException>(() => client.ScoreAsync("m", new Row()));
        }

        Assert.InRange(_fake.Calls, 10, 13);
    }

    [Fact]
    public async Task Score_EveryCall_HasADeadline()
    {
        using var client = new ServingClient(_address, Patient() with { Deadline = TimeSpan.FromSeconds(7) });

        await client.ScoreAsync("m", new Row());
        TimeSpan byDefault = _fake.LastTimeLeft;
        await client.ScoreAsync("m", new Row(), TimeSpan.FromSeconds(90));

        Assert.InRange(byDefault, TimeSpan.Zero, TimeSpan.FromSeconds(7));
        Assert.InRange(_fake.LastTimeLeft, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(90));
    }

    [Fact]
    public async Task Score_ManyCalls_ReuseOneConnection()
    {
        using var client = new ServingClient(_address, Patient());

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => client.ScoreAsync("m", new Row())));
        await client.ScoreAsync("m", new Row());

        Assert.Single(_fake.Peers);
    }

    [Fact]
    public void Build_Row_KeepsEveryDigit()
    {
        Row row = new RowBuilder()
            .Set("amount", 92233720368547758.07m).Set(
                "at", DateTimeOffset.FromUnixTimeMilliseconds(5)).Set("none", (long?)null)
            .Build();

        Assert.Equal("92233720368547758.07", row.Fields["amount"].StringValue);
        Assert.Equal(5, row.Fields["at"].IntValue);
        Assert.Equal(Value.KindOneofCase.None, row.Fields["none"].KindCase);
    }

    private static ServingClientOptions Patient() => new()
    {
        Deadline = TimeSpan.FromSeconds(60), FirstBackoff =
            TimeSpan.FromMilliseconds(1), BackoffMax = TimeSpan.FromMilliseconds(2),
    };
}
