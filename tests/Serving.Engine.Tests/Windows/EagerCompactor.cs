using System.Buffers;
using Serving.State;

namespace Serving.Engine.Tests.Windows;

/// <summary>Finds every blob worth folding: drawn streams are short.</summary>
internal sealed class EagerCompactor(IBlobCompactor inner, FoldGate gate) : IBlobCompactor
{
    public ulong Schema => inner.Schema;

    public int Compact(ReadOnlySpan<byte> blob, IBufferWriter<byte> replacement)
    {
        gate.Pass();
        return inner.Compact(blob, replacement);
    }

    public bool IsDue(int length, int appended) => true;
}
