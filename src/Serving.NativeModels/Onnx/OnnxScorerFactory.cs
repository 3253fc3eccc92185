using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Serving.Data;
using Serving.Models.Import.Onnx;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Onnx;

/// <summary>Opens ONNX models in ONNX Runtime. Safe for use by several threads.</summary>
/// <remarks>
/// The runtime's settings: as many threads as the options say, none of them spins while it waits; weights outside the
/// arena; constants of up to 16 MiB folded; loading ends after 60 s. All calls of a model together have the options'
/// work memory for what its operators compute.
/// </remarks>
public sealed class OnnxScorerFactory : IScorerFactory
{
    private static readonly TimeSpan LoadTime = TimeSpan.FromSeconds(60);

    private readonly TimeProvider _clock;

    /// <summary>Makes a factory; the runtime's library is loaded with the first model.</summary>
    /// <param name="clock">Measures the time of calls.</param>
    /// <param name="log">Where warnings of the runtime go, which has one log in a process; null: nowhere.</param>
    public OnnxScorerFactory(TimeProvider clock, Action<string>? log = null)
    {
        _clock = clock;
        Log = log;
    }

    /// <inheritdoc/>
    public string Format => OnnxFile.Format;

    /// <inheritdoc/>
    public string RunsBy => "onnxruntime";

    private Action<string>? Log { get; }

    /// <inheritdoc/>
    public void Prepare() => LoadRuntime(Log);

    /// <inheritdoc/>
    public bool Recognises(ModelFiles files) => OnnxFile.Recognises(files);

    /// <inheritdoc/>
    public TensorModel Check(ModelFiles files, TensorModelOptions options) => OnnxFile.Check(files, options);

    /// <inheritdoc/>
    public ITensorScorer Open(ModelFiles files, TensorModelOptions options)
    {
        TensorModel model = OnnxFile.Check(files, options);
        LoadRuntime(Log);
        ModelFolderLease? lease = model.Files.Length > 1 ? files.Materialise(model.Files) : null;
        try
        {
            (InferenceSession session, string runsOn) = OpenByProvider(files, options, lease);
            return new OnnxScorer(model, options, session, runsOn, lease, _clock);
        }
        catch
        {
            lease?.Dispose();
            throw;
        }
    }

    private static void LoadRuntime(Action<string>? log)
    {
        try
        {
            OnnxEnvironment.LogTo(log);
        }
        catch (Exception error) when (error is DllNotFoundException or TypeInitializationException
            or EntryPointNotFoundException)
        {
            throw new RuntimeMissingException(
                "ONNX Runtime's library libonnxruntime.so is not beside the program; a publish for linux-x64 brings it",
                error);
        }
    }

    // The first provider of the list that opens the model runs it; what the ones before it said is kept.
    private (InferenceSession Session, string RunsOn) OpenByProvider(
        ModelFiles files, TensorModelOptions options, ModelFolderLease? lease)
    {
        List<string> passedOver = [];
        foreach (string provider in options.Providers)
        {
            if (!OnnxProviders.IsKnown(provider))
            {
                throw new InputException(new InputProblem("providers", $"'{provider}'", OnnxProviders.Names));
            }

            try
            {
                InferenceSession session = Open(files, options, lease, provider);
                string reasons = passedOver.Count == 0 ? "" : $" ({string.Join("; ", passedOver)})";
                return (session, $"onnxruntime {OnnxEnvironment.Version}, {OnnxProviders.TitleOf(provider)}{reasons}");
            }
            catch (OnnxRuntimeException error) when (provider != OnnxProviders.Cpu)
            {
                passedOver.Add($"{provider}: {OnnxErrors.MessageOf(error)}");
            }
            catch (EntryPointNotFoundException error) when (provider != OnnxProviders.Cpu)
            {
                passedOver.Add($"{provider}: {error.Message}");
            }
            catch (OnnxRuntimeException error)
            {
                throw new InputException(new InputProblem(
                    files.Main, OnnxErrors.MessageOf(error), "a model that ONNX Runtime opens"));
            }
        }

        throw new RuntimeMissingException(
            $"no execution provider runs the model: {string.Join("; ", passedOver)}; add cpu to the providers");
    }

    private InferenceSession Open(
        ModelFiles files, TensorModelOptions options, ModelFolderLease? lease, string provider)
    {
        using SessionOptions session = MakeOptions(options);
        OnnxProviders.Append(session, provider, options);
        using ITimer timer = _clock.CreateTimer(
            static state => ((SessionOptions)state!).SetLoadCancellationFlag(true),
            session,
            LoadTime,
            Timeout.InfiniteTimeSpan);

        // Weights beside the file are found from its folder.
        return OnnxEnvironment.Open(options.CallMemoryBytes, () => lease is null
            ? new InferenceSession(ArrayOf(OnnxFile.RuntimeBytes(files)), session)
            : new InferenceSession(Path.Combine(lease.Path, files.Main), session));
    }

    private static SessionOptions MakeOptions(TensorModelOptions options)
    {
        var session = new SessionOptions
        {
            IntraOpNumThreads = Math.Max(1, options.Threads),
            InterOpNumThreads = 1,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,
        };
        session.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        session.AddSessionConfigEntry("session.inter_op.allow_spinning", "0");
        session.AddSessionConfigEntry("session.use_env_allocators", "1");
        session.AddSessionConfigEntry("session.use_device_allocator_for_initializers", "1");
        session.AddSessionConfigEntry("optimization.constant_folding_max_output_size_in_bytes", "16777216");
        return session;
    }

    private static byte[] ArrayOf(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out ArraySegment<byte> segment) && segment.Offset == 0
            && segment.Array!.Length == bytes.Length
            ? segment.Array
            : bytes.ToArray();
}
