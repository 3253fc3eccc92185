using System.Collections.Immutable;
using Serving.Data.Time;
using Serving.Features.Emit.Runtime;

namespace Serving.Features.Emit;

/// <summary>Collects the tables of a program while it is compiled; equal zones and texts are kept once.</summary>
internal sealed class CompiledTablesBuilder
{
    private readonly List<double[]> _borders = [];
    private readonly List<CategoryTable> _categories = [];
    private readonly List<ZoneTable> _zones = [];
    private readonly List<byte[]> _texts = [];
    private readonly List<byte> _constants = [];

    /// <summary>Bytes of string constants, to be put at the start of every frame's scratch.</summary>
    public byte[] Constants => [.. _constants];

    public int Add(ImmutableArray<double> borders)
    {
        _borders.Add([.. borders]);
        return _borders.Count - 1;
    }

    public int Add(CategoryTable categories)
    {
        _categories.Add(categories);
        return _categories.Count - 1;
    }

    public int Add(ZoneTable zone)
    {
        int found = _zones.IndexOf(zone);
        if (found >= 0)
        {
            return found;
        }

        _zones.Add(zone);
        return _zones.Count - 1;
    }

    public int AddText(ImmutableArray<byte> text)
    {
        int found = _texts.FindIndex(known => known.AsSpan().SequenceEqual(text.AsSpan()));
        if (found >= 0)
        {
            return found;
        }

        _texts.Add([.. text]);
        return _texts.Count - 1;
    }

    /// <summary>Places a string constant in the scratch and returns its handle.</summary>
    public long AddConstant(ImmutableArray<byte> text)
    {
        long handle = CompiledFrame.OwnArena | Data.TextHandle.Pack(_constants.Count, text.Length);
        _constants.AddRange(text);
        return handle;
    }

    public CompiledTables Build() => new()
    {
        Borders = [.. _borders],
        Categories = [.. _categories],
        Zones = [.. _zones],
        Texts = [.. _texts],
    };
}
