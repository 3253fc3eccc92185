namespace Serving.Engine.Predictions.Log;

/// <summary>
/// Turns frames of the ring into those of a segment, on the log's thread: (1) masked fields are encrypted or hashed,
/// (2) the schema goes in front where the segment lacks it, (3) whole records are encrypted, (4) sequence and checksum
/// are added. Not safe for use by several threads.
/// </summary>
internal sealed class LogSealer : IDisposable
{
    private readonly LogSources _sources;
    private readonly bool _encrypts;
    private readonly HashSet<uint> _written = [];
    private readonly LogBytes _frame = new();
    private readonly LogBytes _schema = new();
    private LogCipher? _cipher;

    /// <summary>Makes the sealer of a log.</summary>
    public LogSealer(LogSources sources, LogOptions options)
    {
        _sources = sources;
        _encrypts = options.Encrypts;
    }

    /// <summary>Begins a segment.</summary>
    public void Begin(SegmentHeader header, LogKeys? keys)
    {
        _written.Clear();
        _cipher?.Dispose();
        _cipher = LogCipher.Of(header, keys);
    }

    /// <summary>Appends a frame of the ring to what the segment gets.</summary>
    public void Append(ReadOnlySpan<byte> raw, ulong sequence, LogBytes target)
    {
        _frame.Clear();
        LogFrameKind kind = LogFrame.KindOf(raw);
        if (kind is LogFrameKind.Answer or LogFrameKind.Ingest)
        {
            uint id = System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(raw[LogFrame.HeaderSize..]);
            LogSource source = _sources.ById(id);
            if (_written.Add(id))
            {
                // Twice, so that one damaged byte does not close all records of the segment.
                AppendSchema(source.Schema, sequence, target);
                AppendSchema(source.Schema, sequence, target);
            }

            AppendRecord(raw, source, sequence);
        }
        else
        {
            _frame.WriteBytes(raw);
        }

        bool isEncrypted = _encrypts && _cipher is not null;
        if (isEncrypted)
        {
            _frame.Append(LogCipher.TagSize);
        }

        LogFrame.Seal(_frame.Written, sequence, isEncrypted ? LogFrame.Encrypted : (byte)0);
        if (isEncrypted)
        {
            _cipher!.Encrypt(_frame.Written);
            LogFrame.Seal(_frame.Written, sequence, LogFrame.Encrypted);
        }

        target.WriteBytes(_frame.Written);
    }

    /// <inheritdoc/>
    public void Dispose() => _cipher?.Dispose();

    private void AppendRecord(ReadOnlySpan<byte> raw, LogSource source, ulong sequence)
    {
        if (source.Masks is null)
        {
            _frame.WriteBytes(raw);
            return;
        }

        LogMasking.Write(raw, source, sequence, _cipher, _frame);
    }

    private void AppendSchema(LogSchema schema, ulong sequence, LogBytes target)
    {
        _schema.Clear();
        LogFrame.Begin(_schema.Append(LogFrame.HeaderSize), LogFrameKind.Schema, 0);
        schema.Write(_schema);
        LogFrame.Seal(_schema.Written, sequence, 0);
        target.WriteBytes(_schema.Written);
    }
}
