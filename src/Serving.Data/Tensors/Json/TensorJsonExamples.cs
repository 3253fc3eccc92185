using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;

namespace Serving.Data.Tensors.Json;

/// <summary>
/// Features by name as a serialized <c>tf.Example</c>, each in the type that the model's parser asks. One thread.
/// </summary>
internal sealed class TensorJsonExamples(TensorJsonProblems problems)
{
    private readonly TensorExample _example = new();

    /// <summary>Reads the object at which the reader stands; the bytes are valid until the next one.</summary>
    public ReadOnlySpan<byte> Read(
        ref Utf8JsonReader reader, ImmutableArray<ExampleFeature> features, string place)
    {
        _example.Begin();
        var seen = new bool[features.Length];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            int index = IndexOf(ref reader, features);
            if (index < 0 || seen[index])
            {
                RefuseName(ref reader, features, place, isTwice: index >= 0);
                reader.Read();
                reader.Skip();
                continue;
            }

            seen[index] = true;
            reader.Read();
            ReadFeature(ref reader, features[index], $"{place}.{features[index].Name}");
        }

        for (int i = 0; i < seen.Length; i++)
        {
            if (!seen[i] && features[i].IsRequired)
            {
                problems.Add($"{place}.{features[i].Name}", "nothing", Expected(features[i]));
            }
        }

        return _example.End();
    }

    private static int IndexOf(ref Utf8JsonReader reader, ImmutableArray<ExampleFeature> features)
    {
        if (!TensorJsonReader.TryName(ref reader, out string name))
        {
            return -1;
        }

        for (int i = 0; i < features.Length; i++)
        {
            if (features[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }

    private void ReadFeature(ref Utf8JsonReader reader, ExampleFeature feature, string place)
    {
        _example.BeginFeature(feature.Type);
        long count = 0;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                ReadValue(ref reader, feature, place, count++);
            }
        }
        else
        {
            ReadValue(ref reader, feature, place, -1);
            count = 1;
        }

        _example.EndFeature(feature.Name);
        if (feature.Count >= 0 && count != feature.Count && (count > 0 || feature.IsRequired))
        {
            problems.Add(place, $"{count} value(s)", Expected(feature));
        }
    }

    private void ReadValue(ref Utf8JsonReader reader, ExampleFeature feature, string place, long index)
    {
        bool isRead = feature.Type switch
        {
            TensorType.Float32 => TryFloat(ref reader),
            TensorType.Int64 => TryInteger(ref reader),
            _ => TryText(ref reader),
        };
        if (!isRead)
        {
            string found = TensorJsonProblems.Shown(ref reader);
            problems.Add(index < 0 ? place : $"{place}[{index}]", found, TensorJsonScalars.Expected(feature.Type));
            reader.Skip();
        }
    }

    private bool TryFloat(ref Utf8JsonReader reader)
    {
        bool isRead = TensorJsonScalars.TryFloat(ref reader, out float value);
        _example.AddFloat(value);
        return isRead;
    }

    private bool TryInteger(ref Utf8JsonReader reader)
    {
        bool isRead = TensorJsonScalars.TryInteger(ref reader, out long value);
        _example.AddInteger(value);
        return isRead;
    }

    private bool TryText(ref Utf8JsonReader reader)
    {
        Utf8JsonReader inner = reader;
        bool isBase64 = inner.TokenType == JsonTokenType.StartObject
            && inner.Read() && inner.TokenType == JsonTokenType.PropertyName && inner.ValueTextEquals("b64"u8)
            && inner.Read();
        if (inner.TokenType != JsonTokenType.String)
        {
            return false;
        }

        bool isRead = isBase64
            ? TensorJsonScalars.TryBase64(ref inner, out byte[] rented, out int length)
            : TensorJsonScalars.TryText(ref inner, out rented, out length);
        isRead = isRead && (!isBase64 || (inner.Read() && inner.TokenType == JsonTokenType.EndObject));
        if (isRead)
        {
            _example.AddText(rented.AsSpan(0, length));
            reader = inner;
        }

        ArrayPool<byte>.Shared.Return(rented);
        return isRead;
    }

    private void RefuseName(
        ref Utf8JsonReader reader, ImmutableArray<ExampleFeature> features, string place, bool isTwice)
    {
        string found = TensorJsonProblems.Shown(ref reader);
        string names = string.Join(", ", features.Select(feature => feature.Name));
        problems.Add(place, $"feature {found}{(isTwice ? " twice" : "")}", isTwice ? "it once" : "one of " + names);
    }

    private static string Expected(ExampleFeature feature) => feature.Count < 0
        ? $"values of {TensorTypes.NameOf(feature.Type)}"
        : $"{feature.Count} value(s) of {TensorTypes.NameOf(feature.Type)}";
}
