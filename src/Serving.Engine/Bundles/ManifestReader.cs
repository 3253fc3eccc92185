using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Serving.Data.Json;

namespace Serving.Engine.Bundles;

/// <summary>
/// Reads a manifest. Total on hostile bytes: whatever is wrong becomes a problem with its place. Members that are not
/// known are passed over, so that a newer program may add some.
/// </summary>
internal sealed class ManifestReader
{
    private static readonly JsonDocumentOptions Options = new()
    {
        MaxDepth = BundleLimits.JsonDepthMax,
        AllowDuplicateProperties = false,
    };

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdef");

    private readonly BundleProblems _problems;

    private ManifestReader(BundleProblems problems) => _problems = problems;

    /// <summary>The manifest, or null after noting at least one problem.</summary>
    public static BundleManifest? Read(ReadOnlyMemory<byte> utf8, BundleProblems problems)
    {
        if (utf8.Length > BundleLimits.ManifestBytesMax)
        {
            problems.Add(BundleManifest.FileName, $"{utf8.Length} bytes", $"at most {BundleLimits.ManifestBytesMax}");
            return null;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, Options);
            long before = problems.Count;
            BundleManifest? manifest = new ManifestReader(problems).Read(document.RootElement);
            return problems.Count == before ? manifest : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            problems.Add(BundleManifest.FileName, exception.Message, "JSON without repeated members");
            return null;
        }
    }

    private BundleManifest? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || Text(root, "format") != BundleManifest.Format)
        {
            _problems.Add(BundleManifest.FileName, "another document", $"\"format\": \"{BundleManifest.Format}\"");
            return null;
        }

        long format = Integer(root, "format_version", 1, CanonicalJson.IntegerMax);
        if (format > BundleManifest.FormatVersion)
        {
            _problems.Add(
                $"{BundleManifest.FileName}, format_version", $"{format}", $"at most {BundleManifest.FormatVersion}",
                "the bundle was packed by a newer program; update this one");
            return null;
        }

        ImmutableSortedDictionary<string, BundleFile> files = Files(root);
        JsonElement model = Member(root, "model", JsonValueKind.Object);
        JsonElement samples = Member(root, "samples", JsonValueKind.Object);
        return new BundleManifest
        {
            Name = ModelName(root),
            Version = Integer(root, "version", 1, CanonicalJson.IntegerMax),
            Created = Created(root),
            Files = files,
            Script = Part(root, "script", files),
            Statistics = Part(root, "statistics", files),
            Baseline = Part(root, "baseline", files),
            Decision = Part(root, "decision", files),
            Mapping = Part(root, "mapping", files),
            Fallback = Part(root, "fallback", files),
            Model = Named(model, "model", "file", files),
            ModelFormat = Text(model, "format") ?? "",
            Sum = Sum(model),
            MemoryBytes = Integer(model, "memory_bytes", 0, CanonicalJson.IntegerMax),
            Samples = Named(samples, "samples", "file", files),
            Expected = Named(samples, "samples", "expected", files),
            SampleCount = (int)Integer(samples, "count", 1, BundleLimits.SamplesMax),
            SchemaHash = Text(root, "schema_hash") ?? "",
            RowsMax = (int)Integer(Member(root, "limits", JsonValueKind.Object), "rows_max", 1, 1_000_000),
            Masked = Masked(root),
            Tensors = TensorManifestJson.Read(root, _problems),
        };
    }

    private ImmutableSortedDictionary<string, BundleFile> Files(JsonElement root)
    {
        var files = ImmutableSortedDictionary.CreateBuilder<string, BundleFile>(StringComparer.Ordinal);
        JsonElement listed = Member(root, "files", JsonValueKind.Object);
        if (listed.ValueKind != JsonValueKind.Object)
        {
            return files.ToImmutable();
        }

        var folded = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        long total = 0;
        foreach (JsonProperty file in listed.EnumerateObject())
        {
            string place = $"{BundleManifest.FileName}, files, '{file.Name}'";
            if (!BundleNames.IsFileName(file.Name) || file.Name == BundleManifest.FileName)
            {
                _problems.Add(place, "a name", "folders and files of letters, digits, '_', '.', '-', below the bundle");
                continue;
            }

            if (!folded.Add(file.Name))
            {
                _problems.Add(place, "a second name that differs in case alone", "different names");
            }

            if (BundleNames.IsCode(file.Name))
            {
                _problems.Add(place, "a file of code", "data: a bundle holds no code");
            }

            long size = Integer(file.Value, "size", 0, BundleLimits.FileBytesMax);
            string hash = Text(file.Value, "sha256") ?? "";
            if (hash.Length != 64 || hash.AsSpan().ContainsAnyExcept(HexDigits))
            {
                _problems.Add($"{place}, sha256", $"'{hash}'", "64 lower-case hex digits");
            }

            total = Math.Min(total + size, long.MaxValue / 2);
            files[file.Name] = new BundleFile(size, hash);
        }

        if (files.Count >= BundleLimits.FilesMax)
        {
            _problems.Add($"{BundleManifest.FileName}, files", $"{files.Count}", $"less than {BundleLimits.FilesMax}");
        }

        if (total > BundleLimits.TotalBytesMax)
        {
            _problems.Add(
                $"{BundleManifest.FileName}, files",
                $"{total} bytes together",
                $"at most {BundleLimits.TotalBytesMax}");
        }

        return files.ToImmutable();
    }

    private string ModelName(JsonElement root)
    {
        string name = Text(root, "name") ?? "";
        if (!BundleNames.IsModelName(name))
        {
            _problems.Add($"{BundleManifest.FileName}, name", $"'{name}'", BundleNames.ModelPattern);
        }

        return name;
    }

    private DateTimeOffset Created(JsonElement root)
    {
        string text = Text(root, "created") ?? "";
        if (!DateTimeOffset.TryParseExact(
            text, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out DateTimeOffset created))
        {
            _problems.Add($"{BundleManifest.FileName}, created", $"'{text}'", "YYYY-MM-DDTHH:MM:SS.fffZ");
        }

        return created;
    }

    private string Sum(JsonElement model)
    {
        string sum = Text(model, "sum") ?? "exact";
        if (sum is not ("exact" or "fast"))
        {
            _problems.Add($"{BundleManifest.FileName}, model, sum", $"'{sum}'", "exact or fast");
        }

        return sum;
    }

    private ImmutableArray<string> Masked(JsonElement root)
    {
        if (!root.TryGetProperty("masked", out JsonElement listed))
        {
            return [];
        }

        if (listed.ValueKind != JsonValueKind.Array
            || listed.EnumerateArray().Any(field => field.ValueKind != JsonValueKind.String))
        {
            _problems.Add($"{BundleManifest.FileName}, masked", $"{listed.ValueKind}", "an array of fields");
            return [];
        }

        return [.. listed.EnumerateArray().Select(field => field.GetString()!)];
    }

    private string? Part(JsonElement root, string member, ImmutableSortedDictionary<string, BundleFile> files)
    {
        if (!root.TryGetProperty(member, out JsonElement part))
        {
            return null;
        }

        string file = Named(part, member, "file", files);
        if (Text(part, "sha256") is { } hash && files.TryGetValue(file, out BundleFile? entry) && hash != entry.Sha256)
        {
            _problems.Add(
                $"{BundleManifest.FileName}, {member}, sha256", hash, $"the hash under files, {entry.Sha256}");
        }

        return file;
    }

    private string Named(
        JsonElement part, string place, string member, ImmutableSortedDictionary<string, BundleFile> files)
    {
        string name = Text(part, member) ?? "";
        if (!files.ContainsKey(name))
        {
            _problems.Add($"{BundleManifest.FileName}, {place}, {member}", $"'{name}'", "a file listed under files");
        }

        return name;
    }

    private JsonElement Member(JsonElement parent, string name, JsonValueKind kind)
    {
        if (parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement member)
            && member.ValueKind == kind)
        {
            return member;
        }

        _problems.Add($"{BundleManifest.FileName}, {name}", "nothing of that kind", $"{kind}");
        return default;
    }

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement member)
            && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;

    private long Integer(JsonElement parent, string name, long from, long to)
    {
        if (parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement member)
            && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out long value)
            && value >= from && value <= to)
        {
            return value;
        }

        _problems.Add($"{BundleManifest.FileName}, {name}", "no such number", $"an integer from {from} to {to}");
        return from;
    }
}
