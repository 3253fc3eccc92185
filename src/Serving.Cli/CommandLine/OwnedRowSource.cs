using Serving.Data;

namespace Serving.Cli.CommandLine;

/// <summary>A source over a stream that ends with it.</summary>
internal sealed class OwnedRowSource(IRowSource source, Stream stream) : IRowSource
{
    public RowSchema Schema => source.Schema;

    public RowSchema? KeptSchema => source.KeptSchema;

    public double Progress => source.Progress;

    public IRowChunk? ReadChunk() => source.ReadChunk();

    public void Dispose()
    {
        source.Dispose();
        stream.Dispose();
    }
}
