using System.Globalization;
using System.Text;

namespace Serving.Cli.Simulation;

/// <summary>
/// Writes cells of a CSV file as bytes. The simulator's own texts hold neither commas, quotes nor line feeds, so no
/// cell is ever quoted.
/// </summary>
internal sealed class CsvBytes(Stream stream)
{
    /// <summary>Room that one row needs at most.</summary>
    private const int RowBytesMax = 512;

    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _used;

    public CsvBytes Text(string text)
    {
        _used += Encoding.ASCII.GetBytes(text, _buffer.AsSpan(_used));
        return this;
    }

    /// <summary>A letter and a number of fixed width, such as <c>T000000017</c>.</summary>
    public CsvBytes Name(char letter, long number, int width)
    {
        _buffer[_used] = (byte)letter;
        for (int place = width; place > 0; place--)
        {
            _buffer[_used + place] = (byte)('0' + (number % 10));
            number /= 10;
        }

        _used += width + 1;
        return this;
    }

    /// <summary>A letter and the upper 40 bits in hex.</summary>
    public CsvBytes Device(ulong device)
    {
        _buffer[_used++] = (byte)'D';
        (device >> 24).TryFormat(_buffer.AsSpan(_used), out int written, "x10", CultureInfo.InvariantCulture);
        _used += written;
        return this;
    }

    /// <summary>A number in units of a power of ten, with all its decimals.</summary>
    public CsvBytes Fixed(long units, int decimals)
    {
        if (units < 0)
        {
            _buffer[_used++] = (byte)'-';
            units = -units;
        }

        long scale = decimals == 2 ? 100 : 10_000;
        (units / scale).TryFormat(_buffer.AsSpan(_used), out int written, default, CultureInfo.InvariantCulture);
        _used += written;
        _buffer[_used] = (byte)'.';
        long rest = units % scale;
        for (int place = decimals; place > 0; place--)
        {
            _buffer[_used + place] = (byte)('0' + (rest % 10));
            rest /= 10;
        }

        _used += decimals + 1;
        return this;
    }

    public CsvBytes Time(DateTime utc)
    {
        utc.TryFormat(
            _buffer.AsSpan(_used), out int written, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        _used += written;
        return this;
    }

    public CsvBytes Comma()
    {
        _buffer[_used++] = (byte)',';
        return this;
    }

    public void EndRow()
    {
        _buffer[_used++] = (byte)'\n';
        if (_used > _buffer.Length - RowBytesMax)
        {
            Flush();
        }
    }

    public void Flush()
    {
        stream.Write(_buffer, 0, _used);
        _used = 0;
    }
}
