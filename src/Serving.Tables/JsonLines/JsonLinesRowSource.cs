using System.Collections.Concurrent;
using Serving.Data;
using Serving.Data.Time;
using Serving.Tables.Columns;
using Serving.Tables.Files;

namespace Serving.Tables.JsonLines;

/// <summary>Rows of a file with one JSON object per line. One thread takes chunks, any threads parse them.</summary>
internal sealed class JsonLinesRowSource : IRowSource
{
    private readonly ColumnPlan _plan;
    private readonly ILocalTimeZone _zone;
    private readonly PieceReader _pieces;
    private readonly RowSchema _keys;
    private readonly ConcurrentBag<JsonLinesChunk> _free = [];

    // 1 once the notice about unknown keys was given; chunks on several threads meet here.
    private int _hasToldUnknown;

    public JsonLinesRowSource(ColumnPlan plan, RowReaderOptions options, InputFile input)
    {
        _plan = plan;
        _zone = options.Zone;
        _pieces = new PieceReader(plan.Path, input, new JsonLineCutter(), options.ChunkBytes);
        _pieces.SkipByteOrderMark();

        // A line has no header: every key is optional until a row lacks a value that it needs.
        IEnumerable<string> names = plan.Bindings.Where(binding => binding.Origin == ColumnOrigin.Column)
            .Select(binding => binding.Name).Concat(options.Keep).Distinct();
        _plan.BindTo([.. names]);
        _keys = new RowSchema("keys", [.. _plan.Columns.Select(name => new Field(name, default))]);
    }

    public RowSchema Schema => _plan.Schema;

    public RowSchema? KeptSchema => _plan.KeptSchema;

    public double Progress => _pieces.Progress;

    public IRowChunk? ReadChunk()
    {
        JsonLinesChunk chunk = _free.TryTake(out JsonLinesChunk? free)
            ? free
            : new JsonLinesChunk(_plan, _keys, _zone, this);
        if (chunk.TryFill(_pieces))
        {
            return chunk;
        }

        chunk.Dispose();
        return null;
    }

    /// <summary>Takes a chunk back, and tells of unknown keys the first time there are any.</summary>
    public void Return(JsonLinesChunk chunk) => _free.Add(chunk);

    /// <summary>Tells once of keys that no field wants.</summary>
    public void TellUnknown(UnknownKeys unknown)
    {
        if (Interlocked.Exchange(ref _hasToldUnknown, 1) == 0)
        {
            _plan.TellIgnored(unknown.Names());
        }
    }

    public void Dispose() => _pieces.Dispose();
}
