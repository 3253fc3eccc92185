using Serving.Engine.Routing.Durable;

namespace Serving.Server.Hosting;

/// <summary>What a server keeps of acts: the control folder. Safe for use by several threads.</summary>
internal sealed class ServerControl : IDisposable
{
    /// <summary>Names the folder; nothing is read or made yet.</summary>
    public ServerControl(ServerOptions options) => Folder = new ControlFolder(options.ControlFolder);

    /// <summary>The audit and the tables.</summary>
    public ControlFolder Folder { get; }

    /// <inheritdoc/>
    public void Dispose() => Folder.Dispose();
}
