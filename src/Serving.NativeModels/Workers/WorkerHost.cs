using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text;
using Serving.Data;
using Serving.Models.Tensors;

namespace Serving.NativeModels.Workers;

/// <summary>The worker's side: loads the one model that it is told to, and runs calls until the server goes.</summary>
public static class WorkerHost
{
    /// <summary>Connects to a server and works for it. Ends when the server has closed its side.</summary>
    /// <param name="socketPath">The server's socket.</param>
    /// <param name="factories">The formats that can be loaded.</param>
    /// <param name="cancellation">Ends the worker.</param>
    /// <returns>Exit code: 0; 1 where the model was not loaded.</returns>
    [SuppressMessage("Reliability", "CA2000", Justification = "The slot's thread owns its channel.")]
    public static async Task<int> RunAsync(
        string socketPath, IReadOnlyList<IScorerFactory> factories, CancellationToken cancellation)
    {
        using WorkerChannel control = await ConnectAsync(socketPath, -1, cancellation).ConfigureAwait(false);
        if (await ReceiveLoadAsync(control, factories, cancellation).ConfigureAwait(false) is not { } load)
        {
            Remove(socketPath);
            return 0;
        }

        (ITensorScorer? scorer, WorkerFailure? failure) = Open(load, factories);
        if (scorer is null)
        {
            await control.SendAsync(
                WorkerMessageKind.LoadFailed, failure!, WorkerJson.Default.WorkerFailure, cancellation)
                .ConfigureAwait(false);
            return 1;
        }

        WorkerMemory.Bound(load.Options.CallMemoryBytes);
        await control.SendAsync(
            WorkerMessageKind.Loaded,
            new WorkerLoaded(scorer.RunsOn, scorer.MemoryBytes),
            WorkerJson.Default.WorkerLoaded,
            cancellation).ConfigureAwait(false);
        for (int slot = 0; slot < load.Slots; slot++)
        {
            WorkerChannel channel = await ConnectAsync(socketPath, slot, cancellation).ConfigureAwait(false);
            new Thread(() => Serve(channel, scorer)) { IsBackground = true, Name = "slot" }.Start();
        }

        // The server never writes here again: what comes is its end.
        await WaitForEndAsync(control, cancellation).ConfigureAwait(false);
        Remove(socketPath);
        return 0;
    }

    // A server that was killed leaves its socket to us; one that lives removes it when we are gone.
    private static void Remove(string socketPath)
    {
        try
        {
            File.Delete(socketPath);
            Directory.Delete(Path.GetDirectoryName(Path.GetFullPath(socketPath))!);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What else lies there is not ours.
        }
    }

    // Null where the server is gone without a model: this was the spare process of another.
    private static async Task<WorkerLoad?> ReceiveLoadAsync(
        WorkerChannel control, IReadOnlyList<IScorerFactory> factories, CancellationToken cancellation)
    {
        try
        {
            WorkerMessageKind kind = await control.ReceiveAsync(cancellation).ConfigureAwait(false);
            if (kind == WorkerMessageKind.Prepare)
            {
                Prepare(Encoding.UTF8.GetString(control.Body), factories);
                kind = await control.ReceiveAsync(cancellation).ConfigureAwait(false);
            }

            return kind == WorkerMessageKind.Load ? control.Read(WorkerJson.Default.WorkerLoad) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static void Prepare(string format, IReadOnlyList<IScorerFactory> factories)
    {
        try
        {
            factories.FirstOrDefault(one => one.Format == format)?.Prepare();
        }
        catch (RuntimeMissingException)
        {
            // The model that comes is refused with it.
        }
    }

    private static async Task WaitForEndAsync(WorkerChannel control, CancellationToken cancellation)
    {
        try
        {
            await control.ReceiveAsync(cancellation).ConfigureAwait(false);
        }
        catch (IOException)
        {
            // The server is gone, and so is the reason to be.
        }
    }

    [SuppressMessage("Reliability", "CA2000", Justification = "The channel owns the socket.")]
    private static async Task<WorkerChannel> ConnectAsync(
        string socketPath, int slot, CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellation).ConfigureAwait(false);
        WorkerChannel channel = new(socket);
        BinaryPrimitives.WriteInt32LittleEndian(channel.Prepare(4), slot);
        await channel.SendAsync(WorkerMessageKind.Hello, 4, cancellation).ConfigureAwait(false);
        return channel;
    }

    private static (ITensorScorer? Scorer, WorkerFailure? Failure) Open(
        WorkerLoad load, IReadOnlyList<IScorerFactory> factories)
    {
        try
        {
            IScorerFactory factory = factories.First(one => one.Format == load.Format);
            string path = load.Main.EndsWith(".pb", StringComparison.Ordinal)
                ? load.Folder
                : Path.Combine(load.Folder, load.Main);
            return (factory.Open(FolderModelFiles.Open(path), load.Options), null);
        }
        catch (Exception error) when (error is InputException or RuntimeMissingException or IOException)
        {
            return (null, new WorkerFailure(
                ErrorCode.InvalidArgument, error.Message, error is RuntimeMissingException));
        }
    }

    // One thread for each slot: between the message and the runtime there is no switch.
    private static void Serve(WorkerChannel channel, ITensorScorer scorer)
    {
        using WorkerServer server = new(channel, scorer);
        server.RunAsync().GetAwaiter().GetResult();
    }
}
