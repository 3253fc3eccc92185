using Microsoft.ML.OnnxRuntime;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Onnx;

/// <summary>
/// A call of an ONNX model: runs in the caller's thread on our own pinned buffers. After the second call of the same
/// shapes nothing managed is allocated, maps, sequences and outputs whose shape depends on values aside.
/// </summary>
internal sealed class OnnxCall : TensorCall
{
    // Batch sizes are padded to a few; more shapes than this are bound anew each time.
    private const int PlansMax = 24;

    private readonly OnnxScorer _scorer;
    private readonly OnnxRunLimit _limit;
    private readonly OnnxOutputs _outputs = new();
    private readonly List<OnnxPlan> _plans = [];
    private long[] _key = new long[16];
    private int _keyLength;

    /// <summary>Makes a call of a scorer.</summary>
    public OnnxCall(OnnxScorer scorer, TimeProvider clock)
        : base(scorer.Model.Signatures[0])
    {
        _scorer = scorer;
        _limit = new OnnxRunLimit(clock);
    }

    /// <summary>An input, given or not.</summary>
    public TensorBuffer InputAt(int index) => InputBuffer(index);

    /// <inheritdoc/>
    protected override ValueTask RunCheckedAsync(TimeSpan timeLeft, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        TimeSpan time = timeLeft < _scorer.Options.CallTime ? timeLeft : _scorer.Options.CallTime;
        if (time <= TimeSpan.Zero)
        {
            throw new TensorRunException(ErrorCode.DeadlineExceeded, "no time was left for the run");
        }

        OnnxPlan plan = FindPlan();
        Answer(plan, time, cancellation);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (OnnxPlan plan in _plans)
        {
            plan.Dispose();
        }

        _plans.Clear();
        _limit.Dispose();
        base.Dispose(disposing);
    }

    private void Answer(OnnxPlan plan, TimeSpan time, CancellationToken cancellation)
    {
        plan.Prepare(this);
        if (RunOnce(plan, time, cancellation) is not { } error)
        {
            ReadOutputs(plan);
            return;
        }

        if (plan.OutputShapes is not { } expected)
        {
            throw OnnxErrors.OfRun(error);
        }

        // An output may have another shape than it had last time, which the runtime takes for an error: once more with
        // outputs of its own. Where that fails too, the first error was not for that reason.
        plan.Learn(null);
        plan.Prepare(this);
        if (RunOnce(plan, time, cancellation) is { } again)
        {
            throw OnnxErrors.OfRun(again);
        }

        ReadOutputs(plan);
        for (int i = 0; i < expected.Length; i++)
        {
            if (expected[i] is { } shape && IsWanted(i) && !Output(i).Tensor.Shape.SequenceEqual(shape))
            {
                _scorer.SetVarying(i);
            }
        }

        LearnShapes(plan);
    }

    private OnnxRuntimeException? RunOnce(OnnxPlan plan, TimeSpan time, CancellationToken cancellation)
    {
        CancellationTokenRegistration registration = default;
        OnnxRuntimeException? failed = null;
        _limit.Begin(time);
        try
        {
            if (cancellation.CanBeCanceled)
            {
                registration = cancellation.UnsafeRegister(static limit => ((OnnxRunLimit)limit!).Cancel(), _limit);
            }

            _scorer.Session.RunWithBinding(_limit.Options, plan.Binding);
        }
        catch (OnnxRuntimeException error)
        {
            failed = error;
        }
        finally
        {
            registration.Dispose();
            _limit.End();
        }

        if (failed is not null)
        {
            cancellation.ThrowIfCancellationRequested();
        }

        return failed is not null && _limit.WasEnded
            ? throw new TensorRunException(
                ErrorCode.DeadlineExceeded, $"the run took longer than {time.TotalSeconds:0.###} s", failed)
            : failed;
    }

    private void ReadOutputs(OnnxPlan plan)
    {
        bool isAnyMadeByRuntime = false;
        for (int i = 0; i < Signature.Outputs.Length; i++)
        {
            if (!IsWanted(i))
            {
                continue;
            }

            if (plan.OutputText(i) is { } texts)
            {
                _outputs.ReadText(texts, Output(i).Tensor);
            }

            isAnyMadeByRuntime |= plan.IsMadeByRuntime(i);
        }

        if (isAnyMadeByRuntime)
        {
            ReadMadeByRuntime(plan);
        }
    }

    private void ReadMadeByRuntime(OnnxPlan plan)
    {
        // In the order in which they were bound.
        using IDisposableReadOnlyCollection<OrtValue> values = plan.Binding.GetOutputValues();
        int next = 0;
        for (int i = 0; i < Signature.Outputs.Length; i++)
        {
            if (IsWanted(i))
            {
                OrtValue value = values[next++];
                if (plan.IsMadeByRuntime(i))
                {
                    _outputs.Read(value, Signature.Outputs[i], Output(i));
                }
            }
        }

        if (plan.OutputShapes is null)
        {
            LearnShapes(plan);
        }
    }

    private void LearnShapes(OnnxPlan plan)
    {
        var shapes = new long[]?[Signature.Outputs.Length];
        for (int i = 0; i < shapes.Length; i++)
        {
            bool isSteady = IsWanted(i) && Signature.Outputs[i].Kind == TensorKind.Tensor && !_scorer.IsVarying(i);
            shapes[i] = isSteady ? Output(i).Tensor.Shape.ToArray() : null;
        }

        plan.Learn(shapes);
    }

    private OnnxPlan FindPlan()
    {
        WriteKey();
        ReadOnlySpan<long> key = _key.AsSpan(0, _keyLength);
        for (int i = 0; i < _plans.Count; i++)
        {
            if (key.SequenceEqual(_plans[i].Key))
            {
                return _plans[i];
            }
        }

        if (_plans.Count == PlansMax)
        {
            _plans[0].Dispose();
            _plans.RemoveAt(0);
        }

        var plan = new OnnxPlan(_scorer.Session, key.ToArray());
        _plans.Add(plan);
        return plan;
    }

    // Address: for each input -1 where not given, else its rank and dimensions; then one flag for each output.
    private void WriteKey()
    {
        _keyLength = 0;
        for (int i = 0; i < Signature.Inputs.Length; i++)
        {
            if (!IsGiven(i))
            {
                AddToKey(-1);
                continue;
            }

            ReadOnlySpan<long> shape = InputBuffer(i).Shape;
            AddToKey(shape.Length);
            foreach (long size in shape)
            {
                AddToKey(size);
            }
        }

        for (int i = 0; i < Signature.Outputs.Length; i++)
        {
            AddToKey(IsWanted(i) ? 1 : 0);
        }
    }

    private void AddToKey(long part)
    {
        if (_keyLength == _key.Length)
        {
            Array.Resize(ref _key, 2 * _key.Length);
        }

        _key[_keyLength++] = part;
    }
}
