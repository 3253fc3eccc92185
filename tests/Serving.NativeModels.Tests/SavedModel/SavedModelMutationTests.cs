using System.Diagnostics;
using Serving.Data;
using Serving.Models.Tensors;
using Serving.NativeModels.SavedModel;

namespace Serving.NativeModels.Tests.SavedModel;

public sealed class SavedModelMutationTests
{
    private const int CountInCi = 20_000;
    private const int CountNightly = 1_000_000;

    // Small real exports with functions, tables, strings, loops and assets.
    private static readonly string[] RealModels =
    [
        "logistic-regression", "tf1-simple-save", "tf1-control-flow", "vocab-file-asset", "string-ops",
        "tf-example-classify", "tensorarray-loop", "control-flow",
    ];

    [Fact]
    public void Read_MutatedFiles_AreRefusedOrRead() => Mutate(CountInCi, seed: 1);

    [Fact]
    [Trait("Category", "Nightly")]
    public void Read_AMillionMutatedFiles_AreRefusedOrRead()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("SERVING_NIGHTLY") == "1", "nightly");
        Mutate(CountNightly, seed: Environment.TickCount);
    }

    private static void Mutate(int count, int seed)
    {
        MemoryModelFiles[] models =
            [new SavedModelSample().Files(), new SavedModelSample().Files(isPacked: true), .. Real()];
        var random = new Random(seed);
        int read = 0;
        TimeSpan slowest = TimeSpan.Zero;
        for (int i = 0; i < count; i++)
        {
            // Small models most of the time: a mutation of a large one takes as long as reading it.
            MemoryModelFiles model = models[random.Next(4) > 0 ? random.Next(2) : random.Next(models.Length)];
            string name = model.Names[random.Next(model.Names.Count)];
            byte[] original = model.Files[name];
            model.Files[name] = Mutation(original, random);
            long started = Stopwatch.GetTimestamp();
            try
            {
                _ = SavedModelFile.Read(model, TensorModelOptions.Default);
                read++;
            }
            catch (InputException)
            {
                // A refusal that names its reason is the other good end; anything else fails the test.
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"seed {seed}, mutation {i}, file {name}", fault);
            }

            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
            model.Files[name] = original;
        }

        TestContext.Current.SendDiagnosticMessage("{0} mutations, {1} read, slowest {2}", count, read, slowest);
        Assert.InRange(read, 1, count - 1);
        Assert.True(slowest < TimeSpan.FromSeconds(10), $"{slowest}");
    }

    private static IEnumerable<MemoryModelFiles> Real() => SharedModels.Cases
        .Where(name => RealModels.Contains(name[(name.LastIndexOf('/') + 1)..]))
        .Select(name => MemoryModelFiles.Of(SharedModels.Folder(name)));

    private static byte[] Mutation(byte[] original, Random random)
    {
        byte[] bytes = [.. original];
        if (bytes.Length == 0)
        {
            return [(byte)random.Next(256)];
        }

        int at = random.Next(bytes.Length);
        switch (random.Next(6))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
            case 1:
                bytes[at] = (byte)random.Next(256);
                return bytes;
            case 2:
                return bytes[..at];
            case 3:
                return [.. bytes[..at], .. bytes[Math.Min(bytes.Length, at + 1 + random.Next(16))..]];
            case 4:
                return [.. bytes[..at], (byte)random.Next(256), .. bytes[at..]];
            default:
                int from = random.Next(bytes.Length);
                int length = Math.Min(1 + random.Next(64), bytes.Length - Math.Max(at, from));
                bytes.AsSpan(from, length).CopyTo(bytes.AsSpan(at));
                return bytes;
        }
    }
}
