using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Serving.Data.Json;
using Serving.Engine.Bundles;
using Serving.Engine.Tests.Fakes;
using Xunit;

namespace Serving.Engine.Tests.Bundles;

/// <summary>Hostile bundles: every one is refused with a problem that names it, and none throws.</summary>
public sealed class BundleVerifierTests
{
    private static readonly FakeModelReader Reader = new();

    public static TheoryData<string, string> Folders => new()
    {
        { "no manifest", "written last" },
        { "empty manifest", "JSON" },
        { "manifest of 2 MB", "at most 1048576" },
        { "manifest too deep", "JSON without repeated" },
        { "manifest with a member twice", "JSON without repeated" },
        { "another format", "serving.bundle" },
        { "newer format", "newer program" },
        { "extra file", "does not list" },
        { "missing file", "no such file" },
        { "file changed", "SHA-256" },
        { "file longer", "bytes" },
        { "link", "a link" },
        { "link to a folder", "a link" },
        { "code", "no code" },
        { "path up", "below the bundle" },
        { "absolute path", "below the bundle" },
        { "case twice", "case alone" },
        { "huge size", "an integer from 0" },
        { "sizes together", "together" },
        { "version 0", "version" },
        { "name with capitals", "a-z0-9" },
        { "script hash", "the hash under files" },
        { "model not listed", "listed under files" },
        { "model of the wrong kind", "a line of a fake model" },
        { "model whose reader throws", "a fault of the reader" },
        { "samples missing", "of both" },
        { "sample field unknown", "one of the request's fields" },
        { "schema hash", "schema_hash" },
        { "masked field unknown", "a field of the request" },
        { "hidden file", "a name" },
    };

    [Theory]
    [MemberData(nameof(Folders))]
    public void Verify_HostileFolder_IsRefusedWithTheReason(string attack, string reason)
    {
        using var folder = new BundleFolder();
        string bundle = folder.Pack();
        FolderAttacks.All[attack](bundle);

        BundleVerification verification = BundleVerifier.Verify(bundle, Reader);

        Assert.False(verification.IsOk);
        Assert.Contains(
            verification.Problems, problem => problem.ToString().Contains(reason, StringComparison.Ordinal));
    }

    public static TheoryData<string, string> Archives => new()
    {
        { "path up", "below the bundle" },
        { "absolute", "below the bundle" },
        { "backslash", "below the bundle" },
        { "drive", "below the bundle" },
        { "folder entry", "no folders" },
        { "entry twice", "a second entry" },
        { "symlink", "a link" },
        { "bomb", "times as many" },
        { "too many", "at most 1024 entries" },
        { "lying size", "as its entry says" },
        { "check sum", "check sum" },
        { "overlap", "do not overlap" },
        { "no end", "cut short" },
        { "empty", "no bytes" },
    };

    [Theory]
    [MemberData(nameof(Archives))]
    public void Verify_HostileArchive_IsRefusedWithTheReason(string attack, string reason)
    {
        using var folder = new BundleFolder();
        string path = folder["x.bundle"];
        AttackArchive(attack, path);

        BundleVerification verification = BundleVerifier.Verify(path, Reader);

        Assert.False(verification.IsOk);
        Assert.Contains(
            verification.Problems, problem => problem.ToString().Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Verify_ArchiveCutAnywhere_NeverThrowsNorPasses()
    {
        using var folder = new BundleFolder();
        byte[] whole = File.ReadAllBytes(folder.Pack("x.bundle"));
        for (int length = 0; length < whole.Length; length += 1 + (length / 40))
        {
            File.WriteAllBytes(folder["cut.bundle"], whole.AsSpan(0, length).ToArray());
            Assert.False(BundleVerifier.Verify(folder["cut.bundle"], Reader).IsOk);
        }
    }

    [Fact]
    public void Verify_ArchiveWithFlippedBytes_NeverThrows()
    {
        using var folder = new BundleFolder();
        byte[] whole = File.ReadAllBytes(folder.Pack("x.bundle"));
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte[1, 255]).Array[1, 6].Sample(
            flips =>
            {
                byte[] bytes = [.. whole];
                foreach ((int place, byte flip) in flips)
                {
                    bytes[place] ^= flip;
                }

                File.WriteAllBytes(folder["flip.bundle"], bytes);
                _ = BundleVerifier.Verify(folder["flip.bundle"], Reader);
            },
            iter: 300,
            threads: 1);
    }

    // One bit in each stage: the stage is named.
    [Theory]
    [InlineData("dense", "encoded features, dense input 0")]
    [InlineData("ids", "encoded features, id input 0")]
    [InlineData("raw_scores", "raw score 0")]
    [InlineData("scores", "score 0")]
    public void Verify_ExpectationOffByOneBit_NamesTheStage(string member, string stage)
    {
        using var folder = new BundleFolder();
        string bundle = folder.Pack();
        string[] lines = File.ReadAllLines(Path.Combine(bundle, "expected.jsonl"));
        JsonNode line = JsonNode.Parse(lines[3])!;
        JsonArray array = member == "ids" ? line["ids"]![0]!.AsArray() : line[member]!.AsArray();
        array[0] = array[0] is null ? 0.0
            : member == "ids" ? (long)array[0]! ^ 1
            : BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits((double)array[0]!) ^ 1);
        lines[3] = Encoding.UTF8.GetString(CanonicalJson.Write(line));
        FolderAttacks.Rewrite(bundle, "expected.jsonl", string.Join('\n', lines) + "\n");

        BundleVerification verification = BundleVerifier.Verify(bundle, Reader);

        Assert.Equal($"sample 4, stage {stage}", verification.Problems.Single().Place);
    }

    private static void AttackArchive(string attack, string path)
    {
        switch (attack)
        {
            case "path up":
                WriteArchive(path, ("../x", "x"));
                break;
            case "absolute":
                WriteArchive(path, ("/etc/x", "x"));
                break;
            case "backslash":
                WriteArchive(path, ("..\\x", "x"));
                break;
            case "drive":
                WriteArchive(path, ("C:x", "x"));
                break;
            case "folder entry":
                WriteArchive(path, ("model/", ""));
                break;
            case "entry twice":
                WriteArchive(path, ("manifest.json", "{}"), ("manifest.json", "{}"));
                break;
            case "symlink":
                WriteArchive(path, ("manifest.json", "/etc/passwd"));
                PatchDirectory(path, 38, BitConverter.GetBytes(0xA1FF0000));
                break;
            case "bomb":
                WriteArchive(path, ("manifest.json", new string('a', 1 << 20)));
                break;
            case "too many":
                WriteArchive(path, [.. Enumerable.Range(0, 1_025).Select(index => ($"f{index}", ""))]);
                break;
            case "lying size":
                WriteArchive(path, ("manifest.json", "{\"a\": \"abcdefghijklmnop\"}"));
                PatchDirectory(path, 24, BitConverter.GetBytes(5u));
                break;
            case "check sum":
                WriteArchive(path, ("manifest.json", "{}"));
                PatchDirectory(path, 16, [1, 2, 3, 4]);
                break;
            case "overlap":
                WriteArchive(path, ("a", "first"), ("b", "second"));
                PatchDirectory(path, 42, BitConverter.GetBytes(0u), entry: 1);
                break;
            case "no end":
                File.WriteAllText(path, new string('x', 100));
                break;
            default:
                File.WriteAllText(path, "");
                break;
        }
    }

    private static void WriteArchive(string path, params (string Name, string Text)[] entries)
    {
        using FileStream stream = File.Create(path);
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach ((string name, string text) in entries)
        {
            using Stream entry = archive.CreateEntry(name).Open();
            entry.Write(Encoding.UTF8.GetBytes(text));
        }
    }

    // Overwrites bytes of a central directory entry at an offset from its signature.
    private static void PatchDirectory(string path, int offset, byte[] bytes, int entry = 0)
    {
        byte[] archive = File.ReadAllBytes(path);
        int place = -1;
        for (int index = 0; index <= entry; index++)
        {
            place = archive.AsSpan(place + 1).IndexOf("PK\u0001\u0002"u8) + place + 1;
        }

        bytes.CopyTo(archive, place + offset);
        File.WriteAllBytes(path, archive);
    }
}
