using Grpc.AspNetCore.Server;
using Grpc.AspNetCore.Server.Model;
using Grpc.HealthCheck;
using Grpc.Reflection;
using Grpc.Reflection.V1Alpha;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Prometheus;
using Serving.Engine;
using Serving.Server.Admin;
using Serving.Server.Grpc;
using Serving.Server.Rest;
using Serving.Server.Telemetry;

namespace Serving.Server.Hosting;

/// <summary>
/// Puts a server's parts together. The builder is an empty one: no file or variable is read behind our back.
/// </summary>
internal static class HostBuilding
{
    /// <summary>Builds a server that is not started.</summary>
    public static WebApplication Build(
        ServerOptions options, InferenceEngine engine, ServerState state, ServerControl control, TimeProvider time,
        HostExtension extension)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel(kestrel => KestrelSetup.Configure(kestrel, options));
        IServiceCollection services = builder.Services;
        services.AddRouting();
        services.AddSingleton(options).AddSingleton(engine).AddSingleton(time).AddSingleton(control);
        services.AddSingleton(state).AddSingleton(_ => CreateMetrics(state));
        services.AddSingleton<IHostLifetime, NoLifetime>();
        services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        AddLogging(builder.Logging, options);
        AddTelemetry(services, options);
        AddScoring(services, options);
        AddGrpc(services, options);
        AdminRoutes.AddServices(services);
        extension.Services(services);
        WebApplication app = builder.Build();
        UsePipeline(app, tracesCallers: !PlatformTraces(options));
        Map(app, options, extension);
        return app;
    }

    private static ServerMetrics CreateMetrics(ServerState state)
    {
        var metrics = new ServerMetrics();
        foreach (StoreGauge gauge in state.Gauges)
        {
            metrics.AddGauge(gauge.Name, gauge.Description, gauge.Read);
        }

        foreach (StoreGauge gauge in state.Log is { } log ? LogGauges.Of(log) : [])
        {
            metrics.AddGauge(gauge.Name, gauge.Description, gauge.Read);
        }

        if (state.Records is { } records)
        {
            metrics.AddGauge(
                "serving_records_lost", "Answers whose record could not be written.", () => records.LostCount);
        }

        return metrics;
    }

    private static void AddLogging(ILoggingBuilder logging, ServerOptions options)
    {
        LogLevel level = Enum.Parse<LogLevel>(options.LogLevel);
        logging.SetMinimumLevel(level);
        if (level == LogLevel.Information)
        {
            // The platform tells two lines a request at this level.
            logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning);
        }

        if (!PlatformTraces(options))
        {
            logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
        }

        logging.Configure(factory => factory.ActivityTrackingOptions =
            ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId | ActivityTrackingOptions.ParentId);
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });
        logging.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    // Its activity and scope for each request are wanted by an exporter, and by its own lines at the low levels.
    private static bool PlatformTraces(ServerOptions options) =>
        options.OtlpEndpoint is not null || Enum.Parse<LogLevel>(options.LogLevel) < LogLevel.Information;

    private static void AddTelemetry(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(provider => new MetricsPage(provider.GetRequiredService<ServerMetrics>()));
        if (options.OtlpEndpoint is { } endpoint)
        {
            // An endpoint set in code gets no path appended.
            services.AddOpenTelemetry()
                .ConfigureResource(resource => resource.AddService("serving"))
                .WithTracing(traces => traces.AddAspNetCoreInstrumentation().AddOtlpExporter(exporter =>
                {
                    exporter.Endpoint = endpoint.AbsolutePath == "/" ? new Uri(endpoint, "/v1/traces") : endpoint;
                    exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
                }));
        }
    }

    private static void AddScoring(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton<AdmissionGate>();
        services.AddSingleton<ModelDeadlines>();
        services.AddSingleton<ModelCatalog>();
        services.AddSingleton<Readiness>();
        services.AddHostedService<LogWatch>();
        services.AddHostedService<LogKeyWatch>();
        services.AddSingleton<ScoreCallPool>();
        services.AddSingleton(
            provider => new ScoreDecoder(provider.GetRequiredService<InferenceEngine>(), options.RowsMax));
        services.AddSingleton<ScoreFlow>();
        services.AddSingleton<PredictFlow>();
        services.AddSingleton<TensorEndpoint>();
        services.AddSingleton<IngestMetrics>();
        services.AddSingleton<IngestFlow>();
        services.AddSingleton<IngestEndpoint>();
        services.AddSingleton<ScoringService>();
        services.AddSingleton<GrpcFront>();
        services.AddSingleton<HttpFront>();
        services.AddSingleton<ScoreEndpoint>();
        services.AddSingleton<ModelEndpoints>();
        services.AddSingleton<DriftEndpoint>();
        services.AddSingleton<HealthServiceImpl>();
        services.AddSingleton<HealthReporter>();
        services.AddHostedService(provider => provider.GetRequiredService<HealthReporter>());
    }

    private static void AddGrpc(IServiceCollection services, ServerOptions options)
    {
        services.AddGrpc(grpc =>
        {
            grpc.EnableDetailedErrors = false;
            grpc.MaxReceiveMessageSize = options.MessageSizeMax;
            grpc.MaxSendMessageSize = options.MessageSizeMax;

            // The library adds its own providers, which inflate without a limit, only to an empty list.
            grpc.CompressionProviders.Add(new CappedGzip(options.MessageSizeMax));
        }).AddServiceOptions<ScoringService>(grpc => grpc.SuppressCreatingService = true);
        services.TryAddEnumerable(ServiceDescriptor
            .Singleton<IServiceMethodProvider<ScoringService>, ScoringMethods>());

        // Reflection finds services by their generated base classes, which ours does not have.
        global::Google.Protobuf.Reflection.ServiceDescriptor[] descriptors =
        [
            global::Serving.Protocol.V1.ScoringService.Descriptor,
            global::Grpc.Health.V1.Health.Descriptor,
            ServerReflection.Descriptor,
        ];
        services.AddSingleton(new ReflectionServiceImpl(descriptors));
        services.AddSingleton(new ReflectionV1ServiceImpl(descriptors));
    }

    private static void UsePipeline(WebApplication app, bool tracesCallers)
    {
        GrpcFront grpc = app.Services.GetRequiredService<GrpcFront>();
        HttpFront http = app.Services.GetRequiredService<HttpFront>();
        if (tracesCallers)
        {
            app.Use(static next => context => CallerTrace.InvokeAsync(context, next));
        }

        app.UseRouting();
        app.Use(next => context => context.Request.Protocol != HttpProtocol.Http2 ? http.InvokeAsync(context, next)
            : GrpcFront.IsGrpc(context.Request) ? grpc.InvokeAsync(context, next)
            : InvokePlain(context, next));
        app.UseEndpoints(static _ => { });
    }

    // The gRPC port answers `GET /`, and to what is not gRPC on a gRPC path the library says 415.
    private static Task InvokePlain(HttpContext context, RequestDelegate next)
    {
        Endpoint? endpoint = context.GetEndpoint();
        bool isOffered = endpoint is null || endpoint.Metadata.GetMetadata<EveryPort>() is not null
            || endpoint.Metadata.GetMetadata<GrpcMethodMetadata>() is not null;
        if (isOffered)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static void Map(WebApplication app, ServerOptions options, HostExtension extension)
    {
        app.MapGrpcService<ScoringService>();
        app.MapGrpcService<HealthServiceImpl>();
        if (options.Reflection)
        {
            app.MapGrpcService<ReflectionServiceImpl>();
            app.MapGrpcService<ReflectionV1ServiceImpl>();
        }

        RestRoutes.Map(app);
        AdminRoutes.Map(app);
        CollectorRegistry registry = app.Services.GetRequiredService<MetricsPage>().Registry;
        DriftMetrics.AddTo(registry, app.Services.GetRequiredService<InferenceEngine>().Drift);
        app.MapMetrics("/metrics", registry).WithMetadata(AdminPort.Also);
        if (options.ApiPage)
        {
            ApiPage.Map(app);
        }

        extension.Routes(app);
    }
}
