using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;
using Serving.Data;
using Serving.Data.Cells;
using Serving.Data.Tensors.Json;
using Serving.Data.Time;
using Serving.Engine;
using Serving.Engine.Pipeline;
using Serving.Models.Tensors;
using Serving.Server.Hosting;
using Serving.Server.Rows;
using Serving.Server.Telemetry;

namespace Serving.Server.Rest;

/// <summary><c>POST /v1/tensors/{model}?version=&amp;signature=</c>. Safe for use by several threads.</summary>
internal sealed class TensorEndpoint(
    InferenceEngine engine,
    AdmissionGate gate,
    ServerMetrics metrics,
    ServerOptions options,
    TimeProvider time,
    ILogger<TensorEndpoint> logger)
{
    /// <summary>Answers a request.</summary>
    public async Task InvokeAsync(HttpContext http, string model)
    {
        long start = time.GetTimestamp();
        if (!ModelName.IsValid(model))
        {
            await RefuseAsync(http, ErrorCode.InvalidArgument, ModelName.Refusal);
            return;
        }

        if (ReadQuery(http.Request.Query, out long version, out string signature) is { } wrong)
        {
            await RefuseAsync(http, ErrorCode.InvalidArgument, wrong);
            return;
        }

        using var lease = gate.TryEnter() ?? await gate.TryEnterAsync(http.RequestAborted);
        if (lease is null)
        {
            await Problem.WriteAsync(http, ErrorCode.ResourceExhausted, AdmissionGate.Refusal);
            return;
        }

        using RequestBody body = await RequestBody.ReadJsonAsync(http, options.MessageSizeMax);
        if (body.Code != ErrorCode.None)
        {
            metrics.Unknown.Count(body.Code);
            await Problem.WriteAsync(http, body.Code, body.Status, body.Message);
            return;
        }

        await AnswerAsync(http, model, version, signature, body, start);
    }

    private static string? ReadQuery(IQueryCollection query, out long version, out string signature)
    {
        version = 0;
        signature = "";
        foreach ((string name, StringValues values) in query)
        {
            string text = values.Count == 1 ? values[0] ?? "" : "";
            bool isRight = values.Count == 1 && name switch
            {
                "version" => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out version),
                "signature" => true,
                _ => false,
            };
            if (!isRight)
            {
                return $"found parameter '{(name.Length > 40 ? name[..40] : name)}', "
                    + "expected version with a number and signature with a name, each once";
            }

            signature = name == "signature" ? text : signature;
        }

        return null;
    }

    private async Task AnswerAsync(
        HttpContext http, string model, long version, string signature, RequestBody body, long start)
    {
        var problems = new RequestProblems();
        var answer = new Utf8Buffer(4096);
        (ErrorCode code, string message) = await RunAsync(
            http, model, version, signature, body, start, problems, answer);
        if (code != ErrorCode.None)
        {
            logger.Refused(StatusMapping.Of(code).Name, message);
            await Problem.WriteAsync(http, code, message, problems);
            return;
        }

        http.Response.ContentType = "application/json";
        http.Response.ContentLength = answer.Length;
        await http.Response.Body.WriteAsync(answer.WrittenMemory, http.RequestAborted);
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "It is null on the path that does not dispose it.")]
    private async Task<(ErrorCode Code, string Message)> RunAsync(
        HttpContext http,
        string model,
        long version,
        string signature,
        RequestBody body,
        long start,
        RequestProblems problems,
        Utf8Buffer answer)
    {
        ErrorCode code = engine.RentTensors(Encoding.UTF8.GetBytes(model), version, out ScoringContext? context);
        if (code != ErrorCode.None)
        {
            metrics.Unknown.Count(code);
            return (code, engine.Explain(model, version));
        }

        if (InferenceEngine.Reroute(context!) is { } other)
        {
            context!.Dispose();
            context = other;
        }

        using (context)
        {
            (code, string message) = Fill(context!, signature, body, problems);
            if (code == ErrorCode.None)
            {
                TimeSpan left = options.BatchDeadline - time.GetElapsedTime(start);
                code = await engine.PredictAsync(context!, left, http.RequestAborted);
                message = context!.ErrorMessage;
            }

            if (code == ErrorCode.None)
            {
                (code, message) = Write(context!, answer);
            }

            metrics.Of(model, context!.Version).Count(code);
            uint took = time.MicrosecondsBetween(start, time.GetTimestamp());
            context.Conclude(code, took);
            if (code == ErrorCode.None)
            {
                metrics.Of(model, context.Version).Record(Stage.Model, context.Timings.ModelUs);
                metrics.Of(model, context.Version).Record(Stage.Total, took);
            }

            return (code, message);
        }
    }

    private static (ErrorCode Code, string Message) Fill(
        ScoringContext context, string signature, RequestBody body, RequestProblems problems)
    {
        if (context.Tensor.Model is not { } model)
        {
            return (ErrorCode.FailedPrecondition,
                $"version {context.Version} of model '{context.Model}' is scored by rows: "
                    + $"POST /v1/score/{context.Model}");
        }

        int index = model.SignatureIndex(signature);
        if (index < 0)
        {
            string known = string.Join(", ", model.Signatures.Select(one => one.Name));
            return (ErrorCode.InvalidArgument, $"found signature '{signature}', expected one of {known}");
        }

        TensorCall call = context.Tensor.Begin(index);
        try
        {
            TensorJsonReader.Read(body.Bytes, call);
            return (ErrorCode.None, "");
        }
        catch (InputException refused)
        {
            foreach (InputProblem problem in refused.Problems)
            {
                string advice = problem.Advice.Length == 0 ? "" : "; " + problem.Advice;
                problems.Add(
                    RequestProblems.NoRow,
                    problem.Place,
                    $"found {problem.Found}, expected {problem.Expected}{advice}");
            }

            return (ErrorCode.InvalidArgument, problems.ToString());
        }
    }

    private static (ErrorCode Code, string Message) Write(ScoringContext context, Utf8Buffer answer)
    {
        try
        {
            answer.Add("{\"model\":"u8);
            JsonText.WriteString(answer, context.ModelUtf8);
            answer.Add(Encoding.UTF8.GetBytes(
                string.Create(CultureInfo.InvariantCulture, $",\"version\":{context.Version},\"outputs\":")));
            TensorJsonWriter.WriteOutputs(answer, context.Tensor.Call!);
            answer.Add((byte)'}');
            return (ErrorCode.None, "");
        }
        catch (InputException refused)
        {
            return (ErrorCode.ResourceExhausted, refused.Message);
        }
    }

    private Task RefuseAsync(HttpContext http, ErrorCode code, string message)
    {
        metrics.Unknown.Count(code);
        logger.Refused(StatusMapping.Of(code).Name, message);
        return Problem.WriteAsync(http, code, message);
    }
}
