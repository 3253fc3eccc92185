using System.Text.Json;

namespace Serving.Models.Linear;

/// <summary>Writes models as <c>linear.json</c>.</summary>
public static class LinearModelWriter
{
    /// <summary>
    /// Writes a model whose id blocks are lists; numbers are written so that they are read back bit by bit.
    /// </summary>
    /// <param name="output">Takes UTF-8 JSON.</param>
    /// <param name="link">Name of the link.</param>
    /// <param name="bias">One number per output.</param>
    /// <param name="dense">Dense inputs in their order.</param>
    /// <param name="blocks">Id inputs in their order: name, size, and either rows of [id, weights...] or a
    /// file.</param>
    public static void Write(
        Stream output,
        string link,
        ReadOnlySpan<double> bias,
        IReadOnlyList<DenseWeights> dense,
        IReadOnlyList<LinearBlock> blocks)
    {
        using Utf8JsonWriter writer = new(output);
        writer.WriteStartObject();
        writer.WriteString("format", "serving.linear");
        writer.WriteNumber("version", 1);
        writer.WriteString("link", link);
        writer.WritePropertyName("bias");
        WriteNumbers(writer, bias);
        WriteDense(writer, "dense", dense, input => input.Weights);
        WriteDense(writer, "missing", [.. dense.Where(input => input.Missing.Length > 0)], input => input.Missing);
        writer.WriteStartObject("ids");
        foreach (LinearBlock block in blocks)
        {
            WriteBlock(writer, block);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteDense(
        Utf8JsonWriter writer, string name, IReadOnlyList<DenseWeights> inputs, Func<DenseWeights, double[]> numbers)
    {
        writer.WriteStartObject(name);
        foreach (DenseWeights input in inputs)
        {
            writer.WritePropertyName(input.Name);
            WriteNumbers(writer, numbers(input));
        }

        writer.WriteEndObject();
    }

    private static void WriteBlock(Utf8JsonWriter writer, LinearBlock block)
    {
        writer.WriteStartObject(block.Name);
        writer.WriteNumber("size", block.Size);
        if (block.File is not null)
        {
            writer.WriteString("file", block.File);
        }
        else
        {
            writer.WriteStartArray("weights");
            foreach ((uint id, double[] weights) in block.Rows)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(id);
                foreach (double weight in weights)
                {
                    writer.WriteNumberValue(weight);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, ReadOnlySpan<double> numbers)
    {
        writer.WriteStartArray();
        foreach (double number in numbers)
        {
            writer.WriteNumberValue(number);
        }

        writer.WriteEndArray();
    }
}
