using System.Collections.Concurrent;

namespace Serving.Tables.Files;

/// <summary>Keeps buffers of formatted rows for use again. Safe for use by several threads.</summary>
internal sealed class BufferPool
{
    private readonly ConcurrentBag<FormattedText> _free = [];

    public FormattedText Rent(int rowCount)
    {
        FormattedText text = _free.TryTake(out FormattedText? free) ? free : new FormattedText(this);
        text.Rent(rowCount);
        return text;
    }

    public void Return(FormattedText text) => _free.Add(text);
}
