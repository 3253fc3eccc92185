using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Google.Rpc;
using Grpc.Core;
using Serving.EndToEnd.Tests.Fixtures;
using Serving.Protocol.V1;

namespace Serving.EndToEnd.Tests.Grpc;

public sealed class ScoringTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task Score_Row_AnswersWithEverything()
    {
        ScoreResponse answer = await server.Client.ScoreAsync(Samples.Request());

        Assert.InRange(answer.Score, 0.001, 0.999);
        Assert.Equal(1 / (1 + Math.Exp(-answer.RawScore)), answer.Score, 12);
        Assert.Equal("pay", answer.Model);
        Assert.Equal(1, answer.Version);
        Assert.False(answer.Degraded);
        Assert.Equal(["decode", "features", "model", "state", "total"], answer.TimingUs.Keys.Order());
        Assert.Empty(answer.Features);
    }

    [Fact]
    public async Task Score_SameRowByIndexByJsonAndInABatch_GivesTheSameBits()
    {
        ScoreResponse byName = await server.Client.ScoreAsync(Samples.Request());
        Schema schema = await server.Client.GetSchemaAsync(new GetSchemaRequest { Model = "pay" });
        var byIndex = new ScoreRequest { Model = "pay", SchemaHash = schema.Hash, Row = new Row() };
        Row named = Samples.Row();
        byIndex.Row.Values.AddRange(schema.Fields.Select(field => named.Fields[field.Name]));
        var batch = new ScoreBatchRequest { Model = "pay" };
        batch.Rows.Add(named);

        Assert.DoesNotContain(schema.Fields, field => field.Name == "fraud");
        Assert.Equal("decimal(2)", schema.Fields.Single(field => field.Name == "amount").Type);
        Assert.Equal("list(string, 3)?", schema.Fields.Single(field => field.Name == "tags").Type);
        Assert.Equal(byName.Score, (await server.Client.ScoreAsync(byIndex)).Score);
        Assert.Equal(byName.Score, (await server.Client.ScoreBatchAsync(batch)).Score[0]);
        using JsonDocument json = await PostAsync("/v1/score/pay", Samples.Json);
        Assert.Equal(byName.Score, json.RootElement.GetProperty("score").GetDouble());
        Assert.Equal(byName.RawScore, json.RootElement.GetProperty("raw_score").GetDouble());
        Assert.Equal("pay", json.RootElement.GetProperty("model").GetString());
        Assert.Equal(1, json.RootElement.GetProperty("version").GetInt64());
        Assert.False(json.RootElement.GetProperty("degraded").GetBoolean());
        Assert.True(json.RootElement.GetProperty("timing_us").TryGetProperty("total", out _));
    }

    [Fact]
    public async Task Score_WithFeatures_ReturnsValuesBeforeEncoders()
    {
        ScoreRequest request = Samples.Request();
        request.Options = new Options { Features = true };
        request.Row.Fields.Remove("count");

        ScoreResponse answer = await server.Client.ScoreAsync(request);

        Assert.Equal(["age_v", "amount_v", "count_b", "ratio_v", "tag_h"], answer.Features.Keys.Order());
        Assert.Equal("12.50", answer.Features["amount_v"].StringValue);
        Assert.Equal(41.5, answer.Features["age_v"].FloatValue);
        Assert.Equal(Value.KindOneofCase.None, answer.Features["count_b"].KindCase);
        Assert.Equal(2, answer.Features["tag_h"].ListValue.Items.Count);
        using JsonDocument json =
            await PostAsync("/v1/score/pay?features=true", Samples.Json.Replace("\"count\":7,", ""));
        JsonElement features = json.RootElement.GetProperty("features");
        Assert.Equal("12.50", features.GetProperty("amount_v").GetString());
        Assert.Equal(JsonValueKind.Null, features.GetProperty("count_b").ValueKind);
        Assert.Equal("y", features.GetProperty("tag_h")[1].GetString());
    }

    [Fact]
    public async Task ScoreBatch_SharedFieldsAndTopK_RanksAndCuts()
    {
        var request = new ScoreBatchRequest { Model = "pay", Shared = Samples.Row(), TopK = 3 };
        request.Shared.Fields.Remove("ratio");
        foreach (double ratio in (double[])[0.1, 5, 0.3, 5, 2])
        {
            request.Rows.Add(new Row { Fields = { ["ratio"] = new Value { FloatValue = ratio } } });
        }

        ScoreBatchResponse answer = await server.Client.ScoreBatchAsync(request);

        Assert.Equal([1u, 3u, 4u], answer.Index);
        Assert.Equal(answer.Score.OrderDescending(), answer.Score);
        Assert.Equal(3, answer.RawScore.Count);
        Assert.Empty(answer.Rows);
        request.TopK = 0;
        Assert.Equal([0u, 1u, 2u, 3u, 4u], (await server.Client.ScoreBatchAsync(request)).Index);
    }

    [Fact]
    public async Task Score_ModelOfThreeOutputs_AnswersAllOfThem()
    {
        ScoreRequest request = Samples.Request();
        request.Model = "multi";
        var batch = new ScoreBatchRequest { Model = "multi" };
        batch.Rows.Add(request.Row);

        ScoreResponse answer = await server.Client.ScoreAsync(request);
        ScoreBatchResponse rows = await server.Client.ScoreBatchAsync(batch);

        Assert.Equal(3, answer.Scores.Count);
        Assert.Equal(answer.Score, answer.Scores[0]);
        Assert.Equal(answer.RawScores, rows.Rows[0].RawScores);
    }

    [Fact]
    public async Task ScoreStream_BadRequest_EndsItAfterTheAnswersBeforeIt()
    {
        using AsyncDuplexStreamingCall<ScoreRequest, ScoreResponse> call = server.Client.ScoreStream();
        for (int index = 0; index < 20; index++)
        {
            await call.RequestStream.WriteAsync(Samples.Request(ratio: index));
        }

        await call.RequestStream.WriteAsync(new ScoreRequest { Model = "pay" });
        var scores = new List<double>();
        RpcException error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (ScoreResponse answer in call.ResponseStream.ReadAllAsync())
            {
                scores.Add(answer.Score);
            }
        });

        Assert.Equal(20, scores.Count);
        Assert.Equal(scores.Order(), scores);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
    }

    [Fact]
    public async Task Score_MissingFields_AreAllNamedInDetails()
    {
        RpcException error = await FailAsync(new ScoreRequest { Model = "pay" });

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        BadRequest details = error.GetRpcStatus()!.GetDetail<BadRequest>()!;
        Assert.Equal(
            ["field 'id'", "field 'at'", "field 'amount'", "field 'ratio'"],
            details.FieldViolations.Select(violation => violation.Field));
    }

    [Fact]
    public async Task ScoreBatch_BadRow_IsNamedByItsPlace()
    {
        var request = new ScoreBatchRequest { Model = "pay" };
        request.Rows.Add(Samples.Row());
        request.Rows.Add(Samples.Row(amount: "1.234"));
        RpcException error =
            await Assert.ThrowsAsync<RpcException>(async () => await server.Client.ScoreBatchAsync(request));

        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        Assert.Contains("rows[1], field 'amount': found the string '1.234'", error.Status.Detail);
    }

    [Fact]
    public async Task Score_OldSchemaHash_IsFailedPreconditionWithTheCurrentOne()
    {
        Schema schema = await server.Client.GetSchemaAsync(new GetSchemaRequest { Model = "pay" });
        ScoreRequest request = Samples.Request();
        request.SchemaHash = schema.Hash + 1;

        RpcException error = await FailAsync(request);

        Assert.Equal(StatusCode.FailedPrecondition, error.StatusCode);
        Assert.Contains($"{schema.Hash}", error.Status.Detail);
    }

    [Theory]
    [InlineData("nobody", 0, "", 0, StatusCode.NotFound)]
    [InlineData("", 0, "", 0, StatusCode.NotFound)]
    [InlineData("pay", 9, "", 0, StatusCode.NotFound)]
    [InlineData("pay", -1, "", 0, StatusCode.InvalidArgument)]
    [InlineData("pay", 0, "canary", 0, StatusCode.NotFound)]
    [InlineData("pay", 0, "", 3, StatusCode.Unimplemented)]
    public async Task Score_WhatIsNotThere_IsSaidSo(
        string model, long version, string label, uint reasons, StatusCode expected)
    {
        ScoreRequest request = Samples.Request();
        request.Model = model;
        request.Version = version;
        request.Label = label;
        request.Options = new Options { Reasons = reasons };

        Assert.Equal(expected, (await FailAsync(request)).StatusCode);
    }

    [Fact]
    public async Task Predict_OfAModelScoredByRows_IsFailedPreconditionAndNamesScore()
    {
        RpcException predict = await Assert.ThrowsAsync<RpcException>(
            async () => await server.Client.PredictAsync(new TensorRequest { Model = "pay" }));

        Assert.Equal(StatusCode.FailedPrecondition, predict.StatusCode);
        Assert.Contains("call Score", predict.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ListModels_ReadyModels_TellsTheirStates()
    {
        ListModelsResponse answer = await server.Client.ListModelsAsync(new ListModelsRequest());
        using JsonDocument json =
            JsonDocument.Parse(await server.Http.GetStringAsync(new Uri("/v1/models", UriKind.Relative)));

        Assert.Contains(answer.Models, model => model is { Model: "pay", Version: 1, State: "Ready" });
        Assert.Equal(
            ["multi", "pay"], json.RootElement.GetProperty("models").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("Ready", json.RootElement.GetProperty("details")[0].GetProperty("state").GetString());
    }

    private async Task<RpcException> FailAsync(ScoreRequest request) =>
        await Assert.ThrowsAsync<RpcException>(async () => await server.Client.ScoreAsync(request));

    private async Task<JsonDocument> PostAsync(string path, string body)
    {
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await server.Http.PostAsync(new Uri(path, UriKind.Relative), content);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text);
    }
}
