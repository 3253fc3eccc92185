using Serving.Models.Tensors;
using Serving.NativeModels.Hosting;
using Serving.NativeModels.Workers;
using Serving.Server.Telemetry;

namespace Serving.Server.Hosting;

/// <summary>Makes the hosting of tensor models that a server's options ask for.</summary>
internal static class TensorHosting
{
    private const int SlotsMin = 2;
    private const int SlotsMax = 16;

    /// <summary>The hosting.</summary>
    public static ITensorHosting Of(ServerOptions options, TensorTelemetry telemetry, TimeProvider time) =>
        new NativeHosting(
            model => options.TensorModels.GetValueOrDefault(model) ?? options.TensorDefaults,
            WorkersOf(options),
            time,
            telemetry);

    // A model is a program that somebody else wrote: the server's passwords and keys are none of its business.
    private static WorkerOptions? WorkersOf(ServerOptions options) => options.WorkerCommand.IsEmpty
        ? null
        : new WorkerOptions
        {
            Program = options.WorkerCommand[0],
            Arguments = options.WorkerCommand[1..],
            Slots = Math.Clamp(Environment.ProcessorCount, SlotsMin, SlotsMax),
            HiddenVariables = [.. OptionRules.All.Where(rule => rule.IsSecret).Select(
                rule => OptionReader.VariableOf(rule.Name))],
        };
}
