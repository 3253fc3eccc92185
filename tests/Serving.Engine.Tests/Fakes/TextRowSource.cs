using Serving.Data;

namespace Serving.Engine.Tests.Fakes;

/// <summary>Rows of floats in memory as a source: <paramref name="fill"/> sets row n; chunks have uneven sizes.</summary>
internal sealed class TextRowSource(RowSchema schema, int rowCount, Action<RowBatch, int, long> fill, RowSchema? kept = null)
    : IRowSource
{
    private int _next;

    public RowSchema Schema => schema;

    public RowSchema? KeptSchema => kept;

    public double Progress => rowCount == 0 ? 1 : (double)_next / rowCount;

    /// <summary>Called before a chunk is given out, with the number of its first row.</summary>
    public Action<long> BeforeChunk { get; init; } = _ => { };

    public IRowChunk? ReadChunk()
    {
        BeforeChunk(_next + 1);
        if (_next >= rowCount)
        {
            return null;
        }

        int count = Math.Min(1 + (_next % 17), rowCount - _next);
        var chunk = new Chunk(_next + 1, count, fill);
        _next += count;
        return chunk;
    }

    public void Dispose()
    {
    }

    private sealed class Chunk(long firstRow, int count, Action<RowBatch, int, long> fill) : IRowChunk
    {
        public long FirstRow => firstRow;

        public void Parse(RowBatch rows, RowBatch? kept)
        {
            rows.Clear();
            kept?.Clear();
            for (int index = 0; index < count; index++)
            {
                fill(rows, rows.AddRow(), firstRow + index);
                if (kept is not null)
                {
                    kept.AddRow();
                    kept.SetText(index, 0, System.Text.Encoding.UTF8.GetBytes($"k{firstRow + index}"));
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
