using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Serving.Data.Tensors.Json;

/// <summary>
/// Inputs of a tensor model as JSON: <c>{"inputs": {"name": [[...]], ...}, "outputs": [names]}</c>, nested arrays in
/// the tensor's shape, a bare value for rank 0. Stateless, safe for use by several threads.
/// </summary>
/// <remarks>
/// In float tensors null is NaN, "Infinity" and "-Infinity" are values; integers have no fraction or exponent; strings
/// are text, <c>{"b64": ...}</c> bytes, and <c>{"example": {...}}</c> is encoded where the input feeds a parser. A
/// number that its type would change into another integer or into infinity is refused. In an empty array the
/// dimensions behind it are the model's, 0 where unknown.
/// </remarks>
public static class TensorJsonReader
{
    private const int DepthMax = 62;

    /// <summary>Reads a document into a call that was begun.</summary>
    /// <param name="json">The document, UTF-8.</param>
    /// <param name="call">Where inputs go, and which outputs are wanted.</param>
    /// <param name="place">What stands before every place of a problem; as a rule empty.</param>
    /// <exception cref="InputException">All that is wrong, each under its place, e.g.
    /// <c>inputs.x[3][1]</c>.</exception>
    public static void Read(ReadOnlySpan<byte> json, ITensorExchange call, string place = "")
    {
        var problems = new TensorJsonProblems(place);
        try
        {
            var reader = new Utf8JsonReader(WithoutMark(json), new JsonReaderOptions { MaxDepth = DepthMax });
            ReadDocument(ref reader, call, problems);
        }
        catch (JsonException exception)
        {
            problems.Add(
                $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}",
                exception.Message.Split(" LineNumber:")[0],
                "one JSON document");
        }

        problems.ThrowIfAny();
    }

    /// <summary>
    /// The text of member <c>signature</c> of a document; null where it has none, or is no document: then
    /// <see cref="Read"/> says so.
    /// </summary>
    public static string? SignatureOf(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(WithoutMark(json), new JsonReaderOptions { MaxDepth = DepthMax });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                bool isSignature = reader.ValueTextEquals("signature"u8);
                reader.Read();
                if (isSignature && reader.TokenType == JsonTokenType.String && TryName(ref reader, out string name))
                {
                    return name;
                }

                reader.Skip();
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return null;
    }

    /// <summary>The text of a name or a string; false where an escape is no text.</summary>
    internal static bool TryName(ref Utf8JsonReader reader, out string name)
    {
        bool isText = TensorJsonScalars.TryText(ref reader, out byte[] rented, out int length);
        name = isText ? Encoding.UTF8.GetString(rented, 0, length) : "";
        ArrayPool<byte>.Shared.Return(rented);
        return isText;
    }

    private static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> json) =>
        json.StartsWith("\uFEFF"u8) ? json[3..] : json;

    private static void ReadDocument(ref Utf8JsonReader reader, ITensorExchange call, TensorJsonProblems problems)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            problems.Add("the document", TensorJsonProblems.Shown(ref reader), "{\"inputs\": {name: values, ...}}");
            return;
        }

        bool hasInputs = false;
        bool hasOutputs = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            _ = TryName(ref reader, out string name);
            reader.Read();
            switch (name)
            {
                case "inputs" when !hasInputs:
                    hasInputs = true;
                    ReadInputs(ref reader, call, problems);
                    break;
                case "outputs" when !hasOutputs:
                    hasOutputs = true;
                    ReadOutputs(ref reader, call, problems);
                    break;
                case "signature" when IsSignature(ref reader, call.Signature):
                    break;
                default:
                    problems.Add(
                        $"member '{name}'",
                        TensorJsonProblems.Shown(ref reader),
                        "inputs and outputs, each once, and no other");
                    reader.Skip();
                    break;
            }
        }

        // What stands behind the document is an error of the reader's.
        while (reader.Read())
        {
        }

        NameMissing(call, problems);
    }

    private static bool IsSignature(ref Utf8JsonReader reader, TensorSignature signature) =>
        reader.TokenType == JsonTokenType.String
        && TryName(ref reader, out string name)
        && (name == signature.Name || (name.Length == 0 && signature.Name == TensorSignature.DefaultName));

    private static void ReadInputs(ref Utf8JsonReader reader, ITensorExchange call, TensorJsonProblems problems)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            problems.Add("inputs", TensorJsonProblems.Shown(ref reader), "an object {name: values, ...}");
            reader.Skip();
            return;
        }

        var values = new TensorJsonValues(problems);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isName = TryName(ref reader, out string name);
            int index = isName ? call.Signature.InputIndex(name) : -1;
            if (index < 0 || call.IsGiven(index))
            {
                string found = index < 0 ? "an input that the model has not" : "it twice";
                problems.Add($"inputs.{name}", found, index < 0 ? InputNames(call.Signature) : "it once");
                reader.Read();
                reader.Skip();
                continue;
            }

            reader.Read();
            ReadInput(ref reader, call, index, values, problems);
        }
    }

    private static void ReadInput(
        ref Utf8JsonReader reader,
        ITensorExchange call,
        int index,
        TensorJsonValues values,
        TensorJsonProblems problems)
    {
        TensorSpec spec = call.Signature.Inputs[index];
        TensorBuffer tensor = call.Input(index);
        if (TensorJsonShape.Find(reader, spec, problems) is { } shape)
        {
            values.Read(ref reader, spec, shape, tensor);
        }
        else
        {
            reader.Skip();
        }
    }

    private static void ReadOutputs(ref Utf8JsonReader reader, ITensorExchange call, TensorJsonProblems problems)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            problems.Add("outputs", TensorJsonProblems.Shown(ref reader), "an array of names");
            reader.Skip();
            return;
        }

        var wanted = new bool[call.Signature.Outputs.Length];
        for (int place = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; place++)
        {
            int index = reader.TokenType == JsonTokenType.String && TryName(ref reader, out string name)
                ? call.Signature.OutputIndex(name)
                : -1;
            if (index < 0 || wanted[index])
            {
                string found = TensorJsonProblems.Shown(ref reader) + (index < 0 ? "" : " twice");
                problems.Add($"outputs[{place}]", found, index < 0 ? OutputNames(call.Signature) : "it once");
                reader.Skip();
                continue;
            }

            wanted[index] = true;
        }

        for (int i = 0; i < wanted.Length; i++)
        {
            call.Want(i, wanted[i] || !wanted.AsSpan().Contains(true));
        }
    }

    private static void NameMissing(ITensorExchange call, TensorJsonProblems problems)
    {
        for (int i = 0; i < call.Signature.Inputs.Length; i++)
        {
            TensorSpec spec = call.Signature.Inputs[i];
            if (!call.IsGiven(i) && !spec.HasDefault)
            {
                problems.Add($"inputs.{spec.Name}", "nothing", spec.TypeText);
            }
        }
    }

    private static string InputNames(TensorSignature signature) => signature.Inputs.IsEmpty
        ? "no input"
        : "one of " + string.Join(", ", signature.Inputs.Select(input => input.Name));

    private static string OutputNames(TensorSignature signature) =>
        "one of " + string.Join(", ", signature.Outputs.Select(output => output.Name));
}
