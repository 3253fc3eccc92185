namespace Serving.Server.Hosting;

/// <summary>Marks an endpoint that also answers on the gRPC port.</summary>
internal sealed class EveryPort
{
    private EveryPort()
    {
    }

    /// <summary>The mark.</summary>
    public static EveryPort Instance { get; } = new();
}
