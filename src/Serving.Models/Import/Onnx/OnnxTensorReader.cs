using System.Globalization;
using Serving.Data.Tensors;
using Serving.Models.Import.Onnx.Wire;
using Serving.Models.Tensors;

namespace Serving.Models.Import.Onnx;

/// <summary>
/// Checks weights: type, dimensions, and that their data is there, whole and inside the model's files.
/// </summary>
internal sealed class OnnxTensorReader(ModelFiles files, OnnxProblems problems)
{
    private readonly SortedSet<string> _outside = new(StringComparer.Ordinal);

    /// <summary>Bytes of all weights seen.</summary>
    public long WeightBytes { get; private set; }

    /// <summary>Files beside the model's own that its weights lie in.</summary>
    public IReadOnlyCollection<string> Outside => _outside;

    /// <summary>Whether a weight has a narrow floating-point type.</summary>
    public bool IsReduced { get; private set; }

    /// <summary>Checks a weight; false where it is broken.</summary>
    public bool Check(string place, TensorProto tensor)
    {
        long before = problems.Count;
        if (!OnnxTypes.IsKnown(tensor.DataType))
        {
            problems.Add(place, $"a tensor of type {tensor.DataType}", "one of the types of ONNX, 1 to 26");
        }
        else if (tensor.Segment is not null)
        {
            problems.Add(place, "a part of a tensor", "a whole one");
        }
        else if (TryCount(place, tensor.Dims, out long count))
        {
            CheckData(place, tensor, count);
            IsReduced |= OnnxTypes.IsReduced(tensor.DataType);
        }

        return problems.Count == before;
    }

    /// <summary>Checks a sparse weight, which the runtime makes dense.</summary>
    public void Check(string place, SparseTensorProto sparse, long bytesMax)
    {
        TensorProto values = sparse.Values ?? new TensorProto();
        TensorProto indices = sparse.Indices ?? new TensorProto();
        if (!Check(place, values) || !Check($"{place}, indices", indices)
            || !TryCount(place, sparse.Dims, out long count))
        {
            return;
        }

        long rank = indices.Dims.Count == 2 ? indices.Dims[1] : 1;
        long entries = values.Dims.Count == 1 ? values.Dims[0] : -1;
        bool isFlat = indices.Dims.Count == 1;
        if (indices.DataType != OnnxTypes.Int64 || entries < 0 || indices.Dims.Count is not (1 or 2)
            || indices.Dims[0] != entries || (!isFlat && rank != sparse.Dims.Count))
        {
            problems.Add(place, "indices of another shape", "i64 [values] or [values, dimensions]");
        }
        else if (OnnxTypes.BytesOf(values.DataType, count) > bytesMax)
        {
            problems.Add(place, $"a dense size of {count} elements", $"at most {bytesMax} bytes");
        }
        else if (OnnxNumbers.TryInts(indices, out long[] places))
        {
            for (int i = 0; i < places.Length; i++)
            {
                long end = isFlat ? count : sparse.Dims[i % (int)rank];
                if (places[i] < 0 || places[i] >= end)
                {
                    problems.Add(place, $"index {places[i]}", $"0 to {end - 1}");
                    return;
                }
            }
        }
        else
        {
            problems.Add(place, "indices outside the file", "indices in the file");
        }
    }

    private bool TryCount(string place, IReadOnlyList<long> dims, out long count)
    {
        count = 0;
        if (dims.Count > OnnxLimits.RankMax || dims.Any(size => size < 0))
        {
            problems.Add(
                place,
                $"dimensions [{string.Join(", ", dims.Take(OnnxLimits.RankMax))}]",
                $"at most {OnnxLimits.RankMax}, none negative");
            return false;
        }

        count = TensorBuffer.ElementCount([.. dims]);
        if (count > OnnxLimits.TensorBytesMax)
        {
            problems.Add(place, $"dimensions [{string.Join(", ", dims)}]", "a size that memory can hold");
            return false;
        }

        return true;
    }

    private void CheckData(string place, TensorProto tensor, long count)
    {
        long bytes = OnnxTypes.BytesOf(tensor.DataType, count);
        WeightBytes += bytes;
        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            CheckOutside(place, tensor, bytes);
        }
        else if (tensor.ExternalData.Count > 0)
        {
            problems.Add(place, "a place outside the file, but data_location inside", "one of both");
        }
        else if (tensor.HasRawData && tensor.DataType == OnnxTypes.Text)
        {
            problems.Add(place, "raw_data of strings", "string_data");
        }
        else if (tensor.HasRawData ? tensor.RawData.Length != bytes : NumbersOf(tensor) != NumbersFor(tensor, count))
        {
            problems.Add(
                place,
                tensor.HasRawData ? $"{tensor.RawData.Length} bytes" : $"{NumbersOf(tensor)} numbers",
                (tensor.HasRawData ? $"{bytes} bytes" : $"{NumbersFor(tensor, count)} numbers")
                    + $" for {OnnxTypes.NameOf(tensor.DataType)} [{string.Join(", ", tensor.Dims)}]");
        }
    }

    private static long NumbersOf(TensorProto tensor) => tensor.DataType switch
    {
        OnnxTypes.Float32 or 14 => tensor.FloatData.Count,
        OnnxTypes.Text => tensor.StringData.Count,
        OnnxTypes.Int64 => tensor.Int64Data.Count,
        OnnxTypes.Float64 or 15 => tensor.DoubleData.Count,
        12 or 13 => tensor.Uint64Data.Count,
        _ => tensor.Int32Data.Count,
    };

    // Complex numbers are two each; elements of less than a byte are packed by bytes.
    private static long NumbersFor(TensorProto tensor, long count) =>
        tensor.DataType is 14 or 15 ? 2 * count
            : OnnxTypes.BitsOf(tensor.DataType) is > 0 and < 8 ? OnnxTypes.BytesOf(tensor.DataType, count) : count;

    private void CheckOutside(string place, TensorProto tensor, long bytes)
    {
        string location = "";
        long offset = 0;
        long length = bytes;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (StringStringEntryProto entry in tensor.ExternalData)
        {
            bool isNumber = entry.Key is "offset" or "length";
            long number = 0;
            if (!keys.Add(entry.Key) || (isNumber && !TryNumber(entry.Value, out number)))
            {
                problems.Add(place, $"{entry.Key} '{entry.Value}'", "each key once, sizes as decimal numbers");
                return;
            }

            location = entry.Key == "location" ? entry.Value : location;
            offset = entry.Key == "offset" ? number : offset;
            length = entry.Key == "length" ? number : length;
        }

        if (!IsPlain(location))
        {
            problems.Add(place, $"data in '{location}'", "a file beside the model, by its plain name");
            return;
        }

        long there = files.LengthOf(Beside(location));
        if (tensor.DataType == OnnxTypes.Text || length != bytes || there < 0 || offset > there - length)
        {
            problems.Add(
                place,
                there < 0 ? $"no file '{location}'" : $"{length} bytes at {offset} of the {there} of '{location}'",
                $"{bytes} bytes of {OnnxTypes.NameOf(tensor.DataType)} [{string.Join(", ", tensor.Dims)}]");
            return;
        }

        _outside.Add(Beside(location));
    }

    private string Beside(string location)
    {
        int slash = files.Main.LastIndexOf('/');
        return slash < 0 ? location : string.Concat(files.Main.AsSpan(0, slash + 1), location);
    }

    // A name with '*' is one of the runtime's own tags: it would read an address in memory.
    private static bool IsPlain(string location) =>
        location.Length is > 0 and <= 255
        && location.AsSpan().IndexOfAny("\\:*") < 0
        && !location.Any(char.IsControl)
        && location.Split('/').All(part => part is not ("" or "." or ".."));

    private static bool TryNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
