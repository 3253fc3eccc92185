using System.Collections.Immutable;
using Serving.Data.Tensors.Json;
using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>Sample calls as JSON lines. Total on hostile bytes.</summary>
internal static class TensorSampleFiles
{
    /// <summary>The lines of a file of requests, each with the index of its signature.</summary>
    public static ImmutableArray<TensorSample> Read(
        ReadOnlyMemory<byte> requests, string file, TensorModel model, BundleProblems problems)
    {
        var samples = ImmutableArray.CreateBuilder<TensorSample>();
        foreach ((ReadOnlyMemory<byte> line, int number) in Lines(requests))
        {
            string place = $"{file}:{number}, ";
            string name = TensorJsonReader.SignatureOf(line.Span) ?? "";
            int signature = model.SignatureIndex(name);
            if (signature < 0)
            {
                string known = string.Join(", ", model.Signatures.Select(one => one.Name));
                problems.Add($"{place}signature", name.Length == 0 ? "no default" : name, $"one of {known}");
                continue;
            }

            samples.Add(new TensorSample(place, signature, line, default));
        }

        return samples.ToImmutable();
    }

    /// <summary>The same samples with the lines of a file of answers.</summary>
    public static ImmutableArray<TensorSample> WithExpected(
        ImmutableArray<TensorSample> samples, ReadOnlyMemory<byte> expected, string file, BundleProblems problems)
    {
        ReadOnlyMemory<byte>[] lines = [.. Lines(expected).Select(line => line.Text)];
        if (lines.Length == samples.Length)
        {
            return [.. samples.Select((sample, index) => sample with { Expected = lines[index] })];
        }

        problems.Add(file, $"{lines.Length} answers", $"{samples.Length}, one of each sample");
        return [];
    }

    /// <summary>Lines with their ends.</summary>
    public static byte[] Write(IEnumerable<ReadOnlyMemory<byte>> lines)
    {
        using MemoryStream file = new();
        foreach (ReadOnlyMemory<byte> line in lines)
        {
            file.Write(line.Span);
            file.WriteByte((byte)'\n');
        }

        return file.ToArray();
    }

    private static IEnumerable<(ReadOnlyMemory<byte> Text, int Number)> Lines(ReadOnlyMemory<byte> file)
    {
        for (int number = 1; file.Length > 0; number++)
        {
            int end = file.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? file : file[..end];
            file = end < 0 ? default : file[(end + 1)..];
            if (line.Span.ContainsAnyExcept(" \t\r"u8))
            {
                yield return (line, number);
            }
        }
    }
}
