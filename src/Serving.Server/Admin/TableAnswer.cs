using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Serving.Data;
using Serving.Engine.Routing;
using Serving.Engine.Routing.Durable;
using Serving.Server.Rest;

namespace Serving.Server.Admin;

/// <summary>Answers of the admin API: tables, and what came of acts.</summary>
internal static class TableAnswer
{
    /// <summary>One table, with its generation as ETag.</summary>
    public static Task SendAsync(HttpContext context, int status, ModelTraffic traffic)
    {
        context.Response.Headers.ETag = TagOf(traffic);
        return SendAsync(context, status, writer => TrafficTableJson.Write(writer, traffic));
    }

    /// <summary>Many tables.</summary>
    public static Task SendAllAsync(HttpContext context, IEnumerable<ModelTraffic> all) =>
        SendAsync(context, StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("models");
            foreach (ModelTraffic traffic in all)
            {
                TrafficTableJson.Write(writer, traffic);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        });

    /// <summary>What came of an act: its table, or why not and the generation that holds.</summary>
    public static Task SendAsync(HttpContext context, int status, ActResult result)
    {
        if (result.Code == ErrorCode.None)
        {
            return SendAsync(context, status, result.Table!);
        }

        (string, long)? generation = null;
        if (result.Table is { } table)
        {
            context.Response.Headers.ETag = TagOf(table);
            generation = ("generation", table.State.Generation);
        }

        return Problem.WriteAsync(
            context, result.Code, StatusMapping.Of(result.Code).Http, result.Message, [], generation);
    }

    /// <summary>Any JSON.</summary>
    public static async Task SendAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted);
    }

    private static string TagOf(ModelTraffic traffic) =>
        string.Create(CultureInfo.InvariantCulture, $"\"{traffic.State.Generation}\"");
}
