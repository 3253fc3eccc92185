using System.Net;

namespace Serving.EndToEnd.Tests.Grpc;

/// <summary>The body of a call of which a part comes at once and the rest when it is let go.</summary>
internal sealed class StallingContent(byte[] body, int first, Task rest) : HttpContent
{
    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(body.AsMemory(0, first));
        await stream.FlushAsync();
        await rest;
        await stream.WriteAsync(body.AsMemory(first));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
