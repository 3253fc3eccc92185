using System.Collections.Immutable;
using System.Text.Json;

namespace Serving.Data.Tensors.Json;

/// <summary>
/// The dimensions of nested arrays, found before any value is looked at. One value, one use; no recursion.
/// </summary>
internal sealed class TensorJsonShape
{
    /// <summary>Nested arrays at most; the reader's own bound on nesting is a little below it.</summary>
    public const int RankMax = 64;

    private readonly TensorSpec _spec;
    private readonly TensorJsonProblems _problems;
    private readonly long[] _sizes = new long[RankMax];
    private readonly long[] _indexes = new long[RankMax];
    private int _depth;
    private int _deepest;
    private int _rank = -1;
    private bool _isEven = true;

    private TensorJsonShape(TensorSpec spec, TensorJsonProblems problems)
    {
        _spec = spec;
        _problems = problems;
        Array.Fill(_sizes, -1);
    }

    /// <summary>
    /// Finds the shape of the value at which a copy of the reader stands. Returns null after noting what is wrong:
    /// arrays of unequal lengths, values beside arrays, or a shape that the model does not take.
    /// </summary>
    public static long[]? Find(Utf8JsonReader reader, TensorSpec spec, TensorJsonProblems problems)
    {
        var shape = new TensorJsonShape(spec, problems);
        shape.Walk(ref reader);
        return shape._isEven ? shape.Result() : null;
    }

    private void Walk(ref Utf8JsonReader reader)
    {
        do
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.StartArray:
                    Open();
                    break;
                case JsonTokenType.EndArray:
                    Close();
                    break;
                default:
                    Leaf(ref reader);
                    break;
            }
        }
        while (_depth > 0 && reader.Read());
    }

    private void Open()
    {
        if (_depth == _rank)
        {
            Uneven("an array", "a value as before it");
        }

        _indexes[_depth++] = 0;
        _deepest = Math.Max(_deepest, _depth);
    }

    private void Close()
    {
        long count = _indexes[--_depth];
        ref long size = ref _sizes[_depth];
        if (size < 0)
        {
            size = count;
        }
        else if (size != count)
        {
            Uneven($"an array of {count}", $"one of {size} as before it");
        }

        Count();
    }

    private void Leaf(ref Utf8JsonReader reader)
    {
        if (_rank < 0)
        {
            _rank = _depth;
        }
        else if (_rank != _depth)
        {
            Uneven(TensorJsonProblems.Shown(ref reader), "an array as before it");
        }

        if (reader.TokenType == JsonTokenType.StartObject)
        {
            reader.Skip();
        }

        Count();
    }

    private void Count()
    {
        if (_depth > 0)
        {
            _indexes[_depth - 1]++;
        }
    }

    private void Uneven(string found, string expected)
    {
        _isEven = false;
        string place = _problems.IsShowing
            ? TensorJsonProblems.PlaceOf(_spec.Name, _indexes.AsSpan(0, _depth))
            : "";
        _problems.Add(place, found, expected);
    }

    // Behind an empty array nothing says how many dimensions there are: the model does.
    private long[]? Result()
    {
        int rank = _rank < 0 && _spec.Shape is { } declared ? Math.Max(_deepest, declared.Length) : _deepest;
        long[] shape = new long[rank];
        _sizes.AsSpan(0, _deepest).CopyTo(shape);
        for (int i = _deepest; i < rank; i++)
        {
            shape[i] = Math.Max(0, _spec.Shape!.Value[i]);
        }

        if (_spec.Accepts(shape))
        {
            return shape;
        }

        _problems.Add(
            TensorJsonProblems.PlaceOf(_spec.Name, []),
            new TensorSpec("", _spec.Type, ImmutableArray.Create(shape)).TypeText,
            _spec.TypeText);
        return null;
    }
}
