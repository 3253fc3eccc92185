using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Encrypts and decrypts what one segment holds: AES-256-GCM under keys that HKDF-SHA256 derives from the named key and
/// the segment's salt, so that a nonce (a record's sequence, and a field's place) never stands twice under one key; and
/// HMAC-SHA256 of masked keys under one that only the named key gives, so that equal values are equal in all segments.
/// Not safe for use by several threads.
/// </summary>
internal sealed class LogCipher : IDisposable
{
    /// <summary>Bytes of a GCM tag, behind the encrypted bytes.</summary>
    public const int TagSize = 16;

    private const int NonceSize = 12;
    private const int AssociatedAt = 8;

    private readonly AesGcm _records;
    private readonly AesGcm _fields;
    private readonly byte[] _hashKey;

    private LogCipher(byte[] key, byte[] salt)
    {
        _records = new AesGcm(Derive(key, salt, "serving.log.record"u8), TagSize);
        _fields = new AesGcm(Derive(key, salt, "serving.log.field"u8), TagSize);
        _hashKey = Derive(key, [], "serving.log.hmac"u8);
    }

    /// <summary>The cipher of a segment; null where its key is not there.</summary>
    public static LogCipher? Of(SegmentHeader header, LogKeys? keys) =>
        header.Key.Length > 0 && keys?.Find(header.Key) is { } key ? new LogCipher(key, header.Salt) : null;

    /// <summary>Encrypts a payload in place behind its frame's header; the tag is appended.</summary>
    /// <param name="frame">The whole frame with its header, sequence and flags set, and room for the tag.</param>
    public void Encrypt(Span<byte> frame)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        frame[AssociatedAt..(AssociatedAt + sizeof(ulong))].CopyTo(nonce);
        Span<byte> payload = frame[LogFrame.HeaderSize..^TagSize];
        _records.Encrypt(nonce, payload, payload, frame[^TagSize..], frame[AssociatedAt..LogFrame.HeaderSize]);
    }

    /// <summary>Decrypts a frame's payload; null where the key is another one or bytes were changed.</summary>
    public byte[]? Decrypt(ReadOnlySpan<byte> frame)
    {
        int length = frame.Length - LogFrame.HeaderSize - TagSize;
        if (length < 0)
        {
            return null;
        }

        Span<byte> nonce = stackalloc byte[NonceSize];
        frame[AssociatedAt..(AssociatedAt + sizeof(ulong))].CopyTo(nonce);
        byte[] payload = new byte[length];
        try
        {
            _records.Decrypt(
                nonce, frame.Slice(LogFrame.HeaderSize, length), frame[^TagSize..], payload,
                frame[AssociatedAt..LogFrame.HeaderSize]);
            return payload;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Appends the encrypted bytes of one field and their tag.</summary>
    public void SealField(ulong sequence, int field, ReadOnlySpan<byte> value, LogBytes target)
    {
        Span<byte> nonce = stackalloc byte[NonceSize];
        NonceOf(sequence, field, nonce);
        target.WriteVarint((uint)(value.Length + TagSize));
        Span<byte> room = target.Append(value.Length + TagSize);
        _fields.Encrypt(nonce, value, room[..^TagSize], room[^TagSize..]);
    }

    /// <summary>Decrypts the bytes of one field; null where the key is another one or bytes were changed.</summary>
    public byte[]? OpenField(ulong sequence, int field, ReadOnlySpan<byte> value)
    {
        if (value.Length < TagSize)
        {
            return null;
        }

        Span<byte> nonce = stackalloc byte[NonceSize];
        NonceOf(sequence, field, nonce);
        byte[] plain = new byte[value.Length - TagSize];
        try
        {
            _fields.Decrypt(nonce, value[..^TagSize], value[^TagSize..], plain);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Appends the keyed hash of a field's cell.</summary>
    public void HashField(ReadOnlySpan<byte> cell, LogBytes target)
    {
        target.WriteVarint(HMACSHA256.HashSizeInBytes);
        HMACSHA256.HashData(_hashKey, cell, target.Append(HMACSHA256.HashSizeInBytes));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _records.Dispose();
        _fields.Dispose();
        CryptographicOperations.ZeroMemory(_hashKey);
    }

    private static byte[] Derive(byte[] key, byte[] salt, ReadOnlySpan<byte> purpose)
    {
        byte[] derived = new byte[LogKeys.KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt, purpose);
        return derived;
    }

    private static void NonceOf(ulong sequence, int field, Span<byte> nonce)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(nonce, sequence);
        BinaryPrimitives.WriteInt32LittleEndian(nonce[sizeof(ulong)..], field);
    }
}
