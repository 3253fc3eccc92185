using System.Security.Cryptography;
using Serving.Cli.CommandLine;
using Serving.Engine.Bundles;

namespace Serving.Cli.Administration;

/// <summary>
/// Sends a bundle piece by piece: what broke off goes on where the server has it, also in another run of the command.
/// </summary>
internal sealed class BundleUpload(AdminClient client, CommandConsole console, TimeProvider time)
{
    private const int PieceBytes = 4 << 20;

    // A server that is started again is back within seconds.
    private const int TriesMax = 20;
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    /// <summary>Sends the bundle at a path, a folder or one file, and makes a version of it.</summary>
    public async Task<(string Model, long Version)> SendAsync(string path, CancellationToken cancellation)
    {
        DirectoryInfo temporary = Directory.CreateTempSubdirectory("serving-publish-");
        try
        {
            string file = path;
            if (Directory.Exists(path))
            {
                file = Path.Combine(temporary.FullName, "one" + BundleNames.FileSuffix);
                BundleArchive.Write(path, file);
            }
            else if (!File.Exists(path))
            {
                throw new FileNotFoundException($"there is no bundle '{path}'");
            }

            await using FileStream stream = File.OpenRead(file);
            string sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
            (string id, long offset) = await client.BeginAsync(stream.Length, sha256, cancellation);
            await SendAsync(stream, id, offset, cancellation);
            return await client.CommitAsync(id, cancellation);
        }
        finally
        {
            temporary.Delete(recursive: true);
        }
    }

    private async Task SendAsync(FileStream stream, string id, long offset, CancellationToken cancellation)
    {
        using var progress = new ProgressLine(console, "uploading", "bytes", time);
        byte[] piece = new byte[PieceBytes];
        int failures = 0;
        while (offset < stream.Length)
        {
            progress.Report(offset, (double)offset / stream.Length);
            int count = await RandomAccess.ReadAsync(stream.SafeFileHandle, piece, offset, cancellation);
            try
            {
                offset = await client.AppendAsync(id, offset, piece.AsMemory(0, count), cancellation);
                failures = 0;
            }
            catch (HttpRequestException) when (++failures < TriesMax)
            {
                await Task.Delay(s_pause, time, cancellation);
                offset = await AskAgainAsync(id, offset, cancellation);
            }
        }
    }

    // The server may be away still; the next piece finds out.
    private async Task<long> AskAgainAsync(string id, long offset, CancellationToken cancellation)
    {
        try
        {
            return await client.OffsetAsync(id, cancellation);
        }
        catch (HttpRequestException)
        {
            return offset;
        }
    }
}
