using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Serving.Data;
using Serving.Engine;
using Serving.Engine.Drift;
using Serving.Server.Admin;

namespace Serving.Server.Rest;

/// <summary>
/// <c>GET /v1/models/{model}/drift?version=&amp;period=hour|day&amp;sketches=</c>. Safe for use by several threads.
/// </summary>
internal sealed class DriftEndpoint
{
    private readonly InferenceEngine _engine;

    /// <summary>Makes the endpoint.</summary>
    public DriftEndpoint(InferenceEngine engine) => _engine = engine;

    /// <summary>Maps the path on the http port and, for callers who may, on the admin port.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        DriftEndpoint drift = routes.ServiceProvider.GetRequiredService<DriftEndpoint>();
        RequestDelegate guarded = routes.ServiceProvider.GetRequiredService<AdminAccess>()
            .Guard(AdminRole.Operate, drift.InvokeAsync);
        routes.MapGet(
            "/v1/models/{model}/drift",
            (HttpContext context, string model) =>
                AdminPort.IsOf(context) ? guarded(context) : drift.InvokeAsync(context, model))
            .WithMetadata(AdminPort.Also)
            .WithSummary("How far the traffic of a model is from its baseline.");
    }

    /// <summary>Answers a call of the admin API.</summary>
    public Task InvokeAsync(AdminCall call) =>
        InvokeAsync(call.Context, call.Context.Request.RouteValues["model"] as string ?? "");

    /// <summary>Answers a request.</summary>
    public async Task InvokeAsync(HttpContext context, string model)
    {
        long version = 0;
        DriftPeriodKind kind = DriftPeriodKind.Hour;
        bool withSketches = false;
        foreach ((string name, StringValues values) in context.Request.Query)
        {
            string text = values.Count == 1 ? values[0] ?? "" : "";
            bool isGood = name switch
            {
                "version" => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version),
                "period" => TryKind(text, out kind),
                "sketches" => bool.TryParse(text, out withSketches),
                _ => false,
            };
            if (!isGood)
            {
                await Problem.WriteAsync(
                    context, ErrorCode.InvalidArgument,
                    $"found parameter '{Shorten(name)}' = '{Shorten(values.ToString())}', expected each once: version "
                    + "with a number, period with hour or day, sketches with true or false");
                return;
            }
        }

        if (!ModelName.IsValid(model))
        {
            await Problem.WriteAsync(
                context, ErrorCode.InvalidArgument, "found a model name that is none, expected those of /v1/models");
            return;
        }

        DriftReport? report = _engine.Drift.Report(model, version, kind, out ErrorCode code);
        if (report is null)
        {
            await Problem.WriteAsync(context, code, _engine.Describe(model, version) is null
                ? _engine.Explain(model, version)
                : "drift is not watched by this server");
            return;
        }

        ReadOnlyMemory<byte> body = Write(report, withSketches);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static bool TryKind(string text, out DriftPeriodKind kind)
    {
        kind = text == "day" ? DriftPeriodKind.Day : DriftPeriodKind.Hour;
        return text is "hour" or "day";
    }

    private static string Shorten(string text) => text.Length > 40 ? text[..40] + "..." : text;

    private static ReadOnlyMemory<byte> Write(DriftReport report, bool withSketches)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("model", report.Model);
        writer.WriteNumber("version", report.Version);
        writer.WriteString("baseline", report.Baseline);
        writer.WriteStartArray("periods");
        foreach (DriftPeriod period in report.Periods)
        {
            writer.WriteStartObject();
            writer.WriteString("from", TimeText(period.From));
            writer.WriteString("to", TimeText(period.To));
            writer.WriteNumber("rows", period.Rows);
            writer.WriteStartArray("columns");
            foreach (DriftColumn column in period.Columns)
            {
                WriteColumn(writer, column, withSketches);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static string TimeText(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void WriteColumn(Utf8JsonWriter writer, DriftColumn column, bool withSketches)
    {
        writer.WriteStartObject();
        writer.WriteString("name", column.Name);
        WriteNumber(writer, "psi", column.Psi);
        WriteNumber(writer, "expected", column.Expected);
        WriteNumber(writer, "missing", column.Missing);
        WriteNumber(writer, "baseline_missing", column.BaselineMissing);
        WriteNumber(writer, "unseen", column.Unseen);
        writer.WriteString("state", column.State switch
        {
            DriftState.Page => "page",
            DriftState.Warn => "warn",
            _ => "ok",
        });
        if (withSketches)
        {
            WriteSketch(writer, column.Sketch);
        }

        writer.WriteEndObject();
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double value)
    {
        writer.WritePropertyName(name);
        JsonCells.WriteNumber(writer, value);
    }

    private static void WriteSketch(Utf8JsonWriter writer, DriftSketch sketch)
    {
        writer.WriteStartObject("sketch");
        bool isText = sketch.Counts.Length == sketch.Values.Length;
        writer.WriteStartArray(isText ? "values" : "borders");
        foreach (string value in sketch.Values)
        {
            writer.WriteStringValue(value);
        }

        foreach (double border in sketch.Borders)
        {
            JsonCells.WriteNumber(writer, border);
        }

        writer.WriteEndArray();
        writer.WriteStartArray("counts");
        foreach (long count in sketch.Counts)
        {
            writer.WriteNumberValue(count);
        }

        writer.WriteEndArray();
        if (isText)
        {
            writer.WriteNumber("other", sketch.Other);
        }

        writer.WriteNumber("missing", sketch.Missing);
        writer.WriteEndObject();
    }
}
