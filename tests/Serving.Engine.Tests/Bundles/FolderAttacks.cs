using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Serving.Engine.Tests.Fakes;

namespace Serving.Engine.Tests.Bundles;

/// <summary>What a hostile hand may do to the folder of a bundle, by name.</summary>
internal static class FolderAttacks
{
    public static Dictionary<string, Action<string>> All { get; } = new(StringComparer.Ordinal)
    {
        ["no manifest"] = bundle => File.Delete(Path.Combine(bundle, "manifest.json")),
        ["empty manifest"] = bundle => WriteManifest(bundle, ""),
        ["manifest of 2 MB"] = bundle => WriteManifest(bundle, new string(' ', 2 << 20) + "{}"),
        ["manifest too deep"] = bundle => WriteManifest(bundle, new string('[', 10_000)),
        ["manifest with a member twice"] = bundle =>
            WriteManifest(bundle, ReadManifest(bundle).Insert(1, "\"name\":\"n\",")),
        ["another format"] = bundle => Edit(bundle, document => document["format"] = "zip"),
        ["newer format"] = bundle => Edit(bundle, document => document["format_version"] = 2),
        ["extra file"] = bundle => File.WriteAllText(Path.Combine(bundle, "extra.txt"), "x"),
        ["hidden file"] = bundle => File.WriteAllText(Path.Combine(bundle, ".extra"), "x"),
        ["missing file"] = bundle => File.Delete(Path.Combine(bundle, "samples.jsonl")),
        ["file changed"] = bundle =>
            File.WriteAllText(Path.Combine(bundle, "model/fake.txt"), BundleFolder.Model.Replace('2', '3')),
        ["file longer"] = bundle => File.AppendAllText(Path.Combine(bundle, "model/fake.txt"), "\n"),
        ["link"] = bundle =>
        {
            File.Delete(Path.Combine(bundle, "samples.jsonl"));
            File.CreateSymbolicLink(Path.Combine(bundle, "samples.jsonl"), "/etc/hostname");
        },
        ["link to a folder"] = bundle => Directory.CreateSymbolicLink(Path.Combine(bundle, "all"), "/"),
        ["code"] = bundle => Rewrite(bundle, "model/run.py", "print(1)"),
        ["path up"] = bundle => Edit(bundle, document => document["files"]!["../x"] = Entry(1)),
        ["absolute path"] = bundle => Edit(bundle, document => document["files"]!["/etc/passwd"] = Entry(1)),
        ["case twice"] = bundle => Edit(bundle, document => document["files"]!["Samples.jsonl"] = Entry(1)),
        ["huge size"] = bundle => Edit(bundle, document => document["files"]!["big.bin"] = Entry(long.MaxValue)),
        ["sizes together"] = bundle =>
        {
            Edit(bundle, document => document["files"]!["big.bin"] = Entry(0x7FFFFFC7));
            Edit(bundle, document => document["files"]!["big2.bin"] = Entry(0x7FFFFFC7));
        },
        ["version 0"] = bundle => Edit(bundle, document => document["version"] = 0),
        ["name with capitals"] = bundle => Edit(bundle, document => document["name"] = "Fraud"),
        ["script hash"] = bundle =>
        {
            Edit(bundle, document => document["statistics"] = new JsonObject
            {
                ["file"] = "samples.jsonl",
                ["sha256"] = new string('0', 64),
            });
        },
        ["model not listed"] = bundle => Edit(bundle, document => document["model"]!["file"] = "model/other.txt"),
        ["model of the wrong kind"] = bundle => Rewrite(bundle, "model/fake.txt", "booster=gbtree\n"),
        ["model whose reader throws"] = bundle => Rewrite(bundle, "model/fake.txt", "throw\n"),
        ["samples missing"] = bundle => Rewrite(bundle, "samples.jsonl", "{\"request\":{}}\n"),
        ["sample field unknown"] = bundle => Rewrite(bundle, "samples.jsonl", "{\"request\":{\"nobody\":1}}\n"),
        ["schema hash"] = bundle => Edit(bundle, document => document["schema_hash"] = "0123456789abcdef"),
        ["masked field unknown"] = bundle => Edit(bundle, document => document["masked"] = new JsonArray("email")),
    };

    // Changes a file and what the manifest says of it, as whoever can write a bundle can.
    public static void Rewrite(string bundle, string name, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        File.WriteAllBytes(Path.Combine(bundle, name), bytes);
        Edit(bundle, document =>
        {
            string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
            document["files"]![name] = new JsonObject { ["size"] = bytes.Length, ["sha256"] = hash };
            if ((string?)document["model"]!["file"] == name)
            {
                document["model"]!["sha256"] = hash;
            }
        });
    }

    private static JsonObject Entry(long size) => new() { ["size"] = size, ["sha256"] = new string('a', 64) };

    private static void Edit(string bundle, Action<JsonNode> change)
    {
        JsonNode document = JsonNode.Parse(ReadManifest(bundle))!;
        change(document);
        WriteManifest(bundle, document.ToJsonString());
    }

    private static string ReadManifest(string bundle) => File.ReadAllText(Path.Combine(bundle, "manifest.json"));

    private static void WriteManifest(string bundle, string text) =>
        File.WriteAllText(Path.Combine(bundle, "manifest.json"), text);
}
