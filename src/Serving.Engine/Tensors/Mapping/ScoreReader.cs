using System.Globalization;
using System.Numerics;
using System.Text;
using Serving.Data;
using Serving.Data.Tensors;
using Serving.Models.Tensors;

namespace Serving.Engine.Tensors.Mapping;

/// <summary>
/// Reads the raw scores of rows from the output of a call. Immutable, safe for use by several threads.
/// </summary>
internal sealed class ScoreReader
{
    private readonly MappedScore _score;
    private readonly TensorSpec _spec;
    private readonly long _keyNumber;
    private readonly byte[] _keyText = [];

    /// <summary>Makes the reader of a mapping's score.</summary>
    public ScoreReader(TensorMapping mapping)
    {
        _score = mapping.Score;
        _spec = mapping.Signature.Outputs[_score.Output];
        if (_score.Key is { } key)
        {
            _keyText = Encoding.UTF8.GetBytes(key);
            _ = long.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _keyNumber);
        }
    }

    /// <summary>Raw scores of a row by what a call answered; 0 where it answered something else.</summary>
    public int CountOf(TensorCall call, int rows)
    {
        TensorValue value = call.Output(_score.Output);
        return _score.Index is not null || value.Kind != TensorKind.Tensor ? 1
            : value.Tensor.Count % rows == 0 ? value.Tensor.Count / rows
            : 0;
    }

    /// <summary>Reads the scores.</summary>
    /// <param name="call">A call that ran.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="rawScores">[rows, scores], row-major.</param>
    /// <exception cref="TensorRunException">The model answered other rows, or a map without the key.</exception>
    [HotPath]
    public void Read(TensorCall call, int rows, Span<double> rawScores)
    {
        TensorValue value = call.Output(_score.Output);
        if (value.Kind == TensorKind.Tensor)
        {
            ReadTensor(value.Tensor, rows, rawScores);
        }
        else
        {
            ReadMaps(value, rows, rawScores);
        }
    }

    [HotPath]
    private void ReadTensor(TensorBuffer tensor, int rows, Span<double> rawScores)
    {
        int width = rows == 0 ? 0 : tensor.Count / rows;
        bool isWhole = tensor.Count == rows * width
            && (_score.Index is { } wanted ? wanted < width : width * rows == rawScores.Length);
        if (!isWhole)
        {
            throw OtherShape(tensor, rows);
        }

        switch (tensor.Type)
        {
            case TensorType.Float32:
                Take(tensor.Values<float>(), width, rawScores);
                break;
            case TensorType.Float64:
                Take(tensor.Values<double>(), width, rawScores);
                break;
            case TensorType.Float16:
                Take(tensor.Values<Half>(), width, rawScores);
                break;
            case TensorType.Int64:
                Take(tensor.Values<long>(), width, rawScores);
                break;
            case TensorType.Int32:
                Take(tensor.Values<int>(), width, rawScores);
                break;
            case TensorType.Int16:
                Take(tensor.Values<short>(), width, rawScores);
                break;
            case TensorType.Int8:
                Take(tensor.Values<sbyte>(), width, rawScores);
                break;
            case TensorType.UInt64:
                Take(tensor.Values<ulong>(), width, rawScores);
                break;
            case TensorType.UInt32:
                Take(tensor.Values<uint>(), width, rawScores);
                break;
            case TensorType.UInt16:
                Take(tensor.Values<ushort>(), width, rawScores);
                break;
            default:
                Take(tensor.Values<byte>(), width, rawScores);
                break;
        }
    }

    [HotPath]
    private void Take<T>(Span<T> values, int width, Span<double> rawScores)
        where T : unmanaged, INumberBase<T>
    {
        int first = _score.Index ?? 0;
        int step = _score.Index is null ? 1 : width;
        for (int index = 0; index < rawScores.Length; index++)
        {
            rawScores[index] = double.CreateSaturating(values[first + (index * step)]);
        }
    }

    private void ReadMaps(TensorValue value, int rows, Span<double> rawScores)
    {
        if (value.ItemCount != rows)
        {
            throw new TensorRunException(
                ErrorCode.Internal, $"output '{_spec.Name}' has {value.ItemCount} maps for {rows} rows");
        }

        for (int row = 0; row < rows; row++)
        {
            TensorValue map = value.Item(row);
            int entry = EntryOf(map.Keys);
            if (entry < 0)
            {
                throw new TensorRunException(
                    ErrorCode.Internal, $"output '{_spec.Name}' has no key '{_score.Key}' in row {row}");
            }

            rawScores[row] = NumberAt(map.Tensor, entry);
        }
    }

    private int EntryOf(TensorBuffer keys)
    {
        if (keys.Type == TensorType.Int64)
        {
            return keys.Values<long>().IndexOf(_keyNumber);
        }

        for (int entry = 0; entry < keys.TextCount; entry++)
        {
            if (keys.TextAt(entry).SequenceEqual(_keyText))
            {
                return entry;
            }
        }

        return -1;
    }

    private static double NumberAt(TensorBuffer values, int entry) => values.Type switch
    {
        TensorType.Float64 => values.Values<double>()[entry],
        TensorType.Int64 => values.Values<long>()[entry],
        _ => values.Values<float>()[entry],
    };

    private TensorRunException OtherShape(TensorBuffer tensor, int rows) => new(
        ErrorCode.Internal,
        $"output '{_spec.Name}' is {new TensorSpec("", tensor.Type, [.. tensor.Shape]).TypeText} for {rows} rows, "
            + $"expected {(_score.Index is { } index ? $"an index {index}" : $"{_score.Count} scores")} of each");
}
