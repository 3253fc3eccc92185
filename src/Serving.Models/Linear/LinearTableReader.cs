using System.Runtime.InteropServices;
using Serving.Models.Import;

namespace Serving.Models.Linear;

/// <summary>Reads a table of weights beside <c>linear.json</c>: size x outputs little-endian binary32.</summary>
internal static class LinearTableReader
{
    private const int ChunkFloats = 1 << 18;

    /// <summary>Reads a table.</summary>
    /// <param name="name">Name of the input.</param>
    /// <param name="size">Ids of the block.</param>
    /// <param name="file">Plain name of the file.</param>
    /// <param name="outputs">Outputs of the model.</param>
    /// <param name="openBeside">Opens the file.</param>
    public static IdBlock Read(string name, int size, string file, int outputs, Func<string, Stream>? openBeside)
    {
        string place = $"ids, {name}, file";
        if (!IsPlainName(file))
        {
            throw ImportProblem.Of(place, file, "a plain name of a file beside linear.json");
        }

        if (openBeside is null)
        {
            throw ImportProblem.Of(place, file, "a model with the files that it names");
        }

        using Stream stream = Open(openBeside, file, place);
        long count = (long)size * outputs;
        if (count > Array.MaxLength)
        {
            throw ImportProblem.Of(place, $"{count} weights", $"at most {Array.MaxLength}");
        }

        return IdBlock.OfTable(name, (uint)size, ReadAll(stream, (int)count, place), outputs);
    }

    private static Stream Open(Func<string, Stream> openBeside, string file, string place)
    {
        try
        {
            return openBeside(file);
        }
        catch (IOException failed) when (failed is FileNotFoundException or DirectoryNotFoundException)
        {
            throw ImportProblem.Of(place, $"no file {file}", "a file beside linear.json");
        }
    }

    /// <summary>
    /// Grows with what is read, where the length is not known, so that a declared size costs nothing.
    /// </summary>
    private static float[] ReadAll(Stream stream, int count, string place)
    {
        if (stream.CanSeek && stream.Length != count * 4L)
        {
            throw ImportProblem.Of(place, $"{stream.Length} bytes", $"{count * 4L}");
        }

        float[] weights = new float[stream.CanSeek ? count : Math.Min(count, ChunkFloats)];
        int read = 0;
        while (read < count)
        {
            if (read == weights.Length)
            {
                Array.Resize(ref weights, (int)Math.Min(count, weights.Length * 2L));
            }

            Span<byte> part = MemoryMarshal.AsBytes(weights.AsSpan(read, Math.Min(ChunkFloats, weights.Length - read)));
            int bytes = stream.ReadAtLeast(part, part.Length, throwOnEndOfStream: false);
            if (bytes < part.Length)
            {
                throw ImportProblem.Of(place, $"{(read * 4L) + bytes} bytes", $"{count * 4L}");
            }

            read += part.Length / 4;
        }

        if (stream.ReadByte() >= 0)
        {
            throw ImportProblem.Of(place, $"more than {count * 4L} bytes", $"{count * 4L}");
        }

        int wrong = Array.FindIndex(weights, weight => !float.IsFinite(weight));
        return wrong < 0
            ? weights
            : throw ImportProblem.Of($"{place}, number {wrong}", weights[wrong].ToString(), "finite numbers");
    }

    private static bool IsPlainName(string file) =>
        file.Length is > 0 and <= 255 && file is not ("." or "..")
        && file.AsSpan().IndexOfAny("/\\:") < 0 && !file.Any(char.IsControl);
}
