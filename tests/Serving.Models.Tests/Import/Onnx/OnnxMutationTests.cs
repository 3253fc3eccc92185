using Google.Protobuf;
using Serving.Data;
using Serving.Models.Import.Onnx;
using Serving.Models.Tensors;
using static Serving.Models.Tests.Import.Onnx.OnnxModels;

namespace Serving.Models.Tests.Import.Onnx;

/// <summary>Damaged files are read to an end: they pass, or they are refused with a reason.</summary>
public sealed class OnnxMutationTests
{
    private static int Rounds => Environment.GetEnvironmentVariable("SERVING_NIGHTLY") == "1" ? 1_000_000 : 20_000;

    [Fact]
    public void Check_DamagedFiles_PassOrAreRefused()
    {
        byte[][] seeds = [.. Seeds()];
        var random = new Random(20_260_730);
        int refused = 0;
        int passed = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = Damage(seeds[round % seeds.Length], random);
            try
            {
                OnnxFile.Check(new MemoryModelFiles("model.onnx", bytes), TensorModelOptions.Default);
                passed++;
            }
            catch (InputException error)
            {
                Assert.NotEmpty(error.Problems);
                refused++;
            }
        }

        Assert.True(refused > Rounds / 10 && passed > Rounds / 100, $"{refused} refused, {passed} passed");
    }

    private static IEnumerable<byte[]> Seeds()
    {
        yield return Mlp().ToByteArray();
        yield return Model(Forest()).In("x", Float, "batch", 2).Out("y", Float, "batch", 1).ToByteArray();
        yield return Model(
                Node("Shape", ["x"], ["s"]),
                Node("Gather", ["s", "i"], ["n"]),
                Node("Concat", ["n", "m"], ["t"], Attribute("axis", 0)),
                Node("Reshape", ["x", "t"], ["r"]),
                Node("Unsqueeze", ["r", "i"], ["u"]),
                Node("Tile", ["r", "m2"], ["y"]))
            .In("x", Float, 4, 3)
            .Out("y", Float, "a", "b")
            .Weight(Ints("i", [1], 0))
            .Weight(Ints("m", [1], 3))
            .Weight(Ints("m2", [2], 2, 2))
            .ToByteArray();
        foreach (string model in Golden())
        {
            yield return File.ReadAllBytes(model);
        }
    }

    // Small real files, where they are: those of other tools have fields that ours do not.
    private static IEnumerable<string> Golden() =>
        Testing.SharedFiles.Find("data/golden") is { } folder
            ? Directory.GetFiles(folder, "model.onnx", SearchOption.AllDirectories)
                .Where(path => new FileInfo(path).Length < 6_000)
                .Order(StringComparer.Ordinal)
                .Take(24)
            : [];

    private static byte[] Damage(byte[] seed, Random random)
    {
        byte[] bytes = [.. seed];
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            int at = random.Next(bytes.Length);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes = bytes[..Math.Max(1, at)];
                    break;
                case 3:
                    int length = random.Next(Math.Min(16, bytes.Length - at));
                    bytes = [.. bytes[..at], .. bytes[(at + length)..], 0x08];
                    break;
                default:
                    int from = random.Next(bytes.Length);
                    byte[] part = bytes[from..Math.Min(bytes.Length, from + random.Next(24))];
                    bytes = [.. bytes[..at], .. part, .. bytes[at..]];
                    break;
            }
        }

        return bytes;
    }
}
