using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Serving.Data;

namespace Serving.Server.Rest;

/// <summary>
/// The bytes of a request's body, after decompression, in a rented array: at most the limit, else 413. Disposing gives
/// the array back.
/// </summary>
internal sealed class RequestBody : IDisposable
{
    private const int FirstBytes = 4096;

    private byte[] _bytes;

    private RequestBody(byte[] bytes, int length, int status, string message)
    {
        _bytes = bytes;
        Length = length;
        Status = status;
        Message = message;
    }

    /// <summary>HTTP status of a refusal; 0 without one.</summary>
    public int Status { get; }

    /// <summary>The same as a code: what is too large exhausts, all else is a wrong argument.</summary>
    public ErrorCode Code => Status switch
    {
        0 => ErrorCode.None,
        413 => ErrorCode.ResourceExhausted,
        _ => ErrorCode.InvalidArgument,
    };

    /// <summary>Why it was refused.</summary>
    public string Message { get; }

    /// <summary>Bytes of the body.</summary>
    public int Length { get; }

    /// <summary>The body.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    /// <summary>Reads a JSON body.</summary>
    [SuppressMessage("Reliability", "CA2000", Justification = "The caller disposes it.")]
    public static async ValueTask<RequestBody> ReadJsonAsync(HttpContext context, int bytesMax)
    {
        if (RefuseType(context.Request) is { } refusal)
        {
            return refusal;
        }

        string encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding is not ("" or "identity" or "gzip"))
        {
            return Refuse(415, "found a Content-Encoding that is not known, expected gzip or none");
        }

        if (encoding != "gzip")
        {
            return await ReadAsync(
                context.Request.Body, bytesMax, context.Request.ContentLength, context.RequestAborted);
        }

        using var inflated = new GZipStream(context.Request.Body, CompressionMode.Decompress, leaveOpen: true);
        return await ReadAsync(inflated, bytesMax, null, context.RequestAborted);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_bytes.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    private static RequestBody? RefuseType(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out MediaTypeHeaderValue? type)
            || !type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return Refuse(415, "found another Content-Type or none, expected application/json");
        }

        bool isUtf8 = !type.Charset.HasValue
            || HeaderUtilities.RemoveQuotes(type.Charset).Equals("utf-8", StringComparison.OrdinalIgnoreCase);
        return isUtf8 ? null : Refuse(415, "found another charset, expected utf-8");
    }

    private static async ValueTask<RequestBody> ReadAsync(
        Stream stream, int bytesMax, long? length, CancellationToken cancellation)
    {
        byte[] bytes =
            ArrayPool<byte>.Shared.Rent((int)Math.Clamp((length ?? FirstBytes) + 1, FirstBytes, bytesMax + 1L));
        int count = 0;
        try
        {
            while (true)
            {
                if (count == bytes.Length)
                {
                    bytes = Grow(bytes, count, bytesMax);
                }

                int read = await stream.ReadAsync(bytes.AsMemory(count), cancellation);
                count += read;
                if (count > bytesMax)
                {
                    ArrayPool<byte>.Shared.Return(bytes);
                    return Refuse(413, $"the body has more than {bytesMax} bytes");
                }

                if (read == 0)
                {
                    return new RequestBody(bytes, count, 0, "");
                }
            }
        }
        catch (InvalidDataException)
        {
            ArrayPool<byte>.Shared.Return(bytes);
            return Refuse(400, "the body is not gzip, which its Content-Encoding says");
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(bytes);
            throw;
        }
    }

    private static byte[] Grow(byte[] bytes, int count, int bytesMax)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(bytes.Length * 2L, bytesMax + 1L));
        bytes.AsSpan(0, count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        return larger;
    }

    private static RequestBody Refuse(int status, string message) => new([], 0, status, message);
}
