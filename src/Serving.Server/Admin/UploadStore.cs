using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Serving.Data.Durability;
using Serving.Engine.Routing.Durable;
using Serving.Server.Hosting;

namespace Serving.Server.Admin;

/// <summary>
/// What is being uploaded: for each id a file of bytes and one that says what they are to become, in the control
/// folder, so that an upload goes on where it was after a restart. Safe for use by several threads; one of them at a
/// time has an upload.
/// </summary>
internal sealed class UploadStore(ServerOptions options, TimeProvider time)
{
    /// <summary>How long an upload that nobody touches is kept.</summary>
    public static readonly TimeSpan IdleMax = TimeSpan.FromHours(24);

    /// <summary>Most uploads at once.</summary>
    public const int CountMax = 64;

    private const string BytesSuffix = ".part";
    private const string FactsSuffix = ".json";
    private const int IdLength = 32;
    private const int PieceBytes = 1 << 17;

    private readonly ConcurrentDictionary<string, bool> _busy = new(StringComparer.Ordinal);

    private string Folder => Path.Combine(options.ControlFolder, ControlFiles.Uploads);

    /// <summary>Those that are under way, by id.</summary>
    public ImmutableArray<Upload> All => Directory.Exists(Folder)
        ? [.. Directory.EnumerateFiles(Folder, "*" + FactsSuffix).Order(StringComparer.Ordinal)
            .Select(file => Find(Path.GetFileNameWithoutExtension(file))).OfType<Upload>()]
        : [];

    /// <summary>Begins an upload; null where there are too many.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public Upload? Begin(long size, string sha256)
    {
        Expire();
        WholeFile.CreateFolder(Folder);
        if (All.Length >= CountMax)
        {
            return null;
        }

        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        using (File.OpenHandle(BytesOf(id), FileMode.CreateNew, FileAccess.Write))
        {
            // Made before the facts: an upload with facts has its bytes.
        }

        Touch(id);
        WholeFile.Write(
            FactsOf(id), JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
            {
                ["size"] = size,
                ["sha256"] = sha256,
            }));
        return new Upload(id, size, sha256, 0);
    }

    /// <summary>An upload; null where there is none.</summary>
    public Upload? Find(string id)
    {
        if (id.Length != IdLength || !id.All(char.IsAsciiHexDigitLower))
        {
            return null;
        }

        try
        {
            using JsonDocument facts = JsonDocument.Parse(File.ReadAllBytes(FactsOf(id)));
            return new Upload(
                id,
                facts.RootElement.GetProperty("size").GetInt64(),
                facts.RootElement.GetProperty("sha256").GetString()!,
                new FileInfo(BytesOf(id)).Length);
        }
        catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException
            or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Takes an upload for one caller; null where another has it. Disposing gives it back.</summary>
    public IDisposable? TryTake(string id) => _busy.TryAdd(id, true) ? new Taken(_busy, id) : null;

    /// <summary>
    /// Appends what a stream holds, synced when it ends or breaks off: what came is kept. Returns the new offset; more
    /// than the size is not taken, and told by an offset beyond it.
    /// </summary>
    /// <exception cref="IOException">The disk is full or fails.</exception>
    public async Task<long> AppendAsync(Upload upload, Stream stream, CancellationToken cancellation)
    {
        byte[] piece = new byte[PieceBytes];
        long offset = upload.Offset;
        using SafeFileHandle file = File.OpenHandle(BytesOf(upload.Id), FileMode.Open, FileAccess.Write);
        try
        {
            while (true)
            {
                int read = await stream.ReadAsync(piece, cancellation);
                if (read == 0)
                {
                    return offset;
                }

                if (offset + read > upload.Size)
                {
                    return offset + read;
                }

                await RandomAccess.WriteAsync(file, piece.AsMemory(0, read), offset, CancellationToken.None);
                offset += read;
            }
        }
        finally
        {
            DurableFile.SyncData(file);
            Touch(upload.Id);
        }
    }

    /// <summary>Whether the bytes that are there are those that were announced.</summary>
    public bool IsWhole(Upload upload)
    {
        using FileStream file = File.OpenRead(BytesOf(upload.Id));
        return Convert.ToHexStringLower(SHA256.HashData(file)) == upload.Sha256;
    }

    /// <summary>The file of bytes.</summary>
    public string BytesOf(string id) => Path.Combine(Folder, id + BytesSuffix);

    /// <summary>Forgets an upload.</summary>
    public void Remove(string id)
    {
        File.Delete(FactsOf(id));
        File.Delete(BytesOf(id));
    }

    /// <summary>Forgets uploads that nobody touched for a day, and bytes without facts.</summary>
    public void Expire()
    {
        if (!Directory.Exists(Folder))
        {
            return;
        }

        foreach (string file in Directory.GetFiles(Folder))
        {
            string id = Path.GetFileNameWithoutExtension(file).TrimStart('.');
            string bytes = BytesOf(id);
            DateTimeOffset touched = new(File.GetLastWriteTimeUtc(File.Exists(bytes) ? bytes : file), TimeSpan.Zero);
            using IDisposable? taken = time.GetUtcNow() - touched >= IdleMax ? TryTake(id) : null;
            if (taken is not null)
            {
                Remove(id);
                File.Delete(file);
            }
        }
    }

    private string FactsOf(string id) => Path.Combine(Folder, id + FactsSuffix);

    private void Touch(string id) => File.SetLastWriteTimeUtc(BytesOf(id), time.GetUtcNow().UtcDateTime);

    private sealed class Taken(ConcurrentDictionary<string, bool> busy, string id) : IDisposable
    {
        public void Dispose() => busy.TryRemove(id, out _);
    }
}
