using System.Diagnostics;
using System.Globalization;
using System.Text;
using Serving.Features.Unicode;
using Xunit;

namespace Serving.Features.Tests.Unicode;

/// <summary>
/// The conformance test of the Unicode Character Database, from Debian's package unicode-data 15.0.0.
/// </summary>
public sealed class NormalizationTests
{
    private const string Folder = "/usr/share/unicode/";

    [Fact]
    public void Compose_ConformanceTest_GivesColumnTwoOrFour()
    {
        List<string> lines = ReadConformanceTest();
        Assert.SkipWhen(lines.Count == 0, "NormalizationTest.txt of unicode-data 15.0.0 is not on this machine.");

        var listed = new HashSet<string>();
        bool isPartOne = false;
        int count = 0;
        foreach (string line in lines)
        {
            isPartOne = line.StartsWith('@') ? line.StartsWith("@Part1 ", StringComparison.Ordinal) : isPartOne;
            string[] cells = line.Split(';');
            if (line.StartsWith('#') || cells.Length < 5)
            {
                continue;
            }

            string[] columns = [.. cells.Take(5).Select(Parse)];
            Assert.Equal(columns[1], Compose(columns[0]));
            Assert.Equal(columns[1], Compose(columns[1]));
            Assert.Equal(columns[1], Compose(columns[2]));
            Assert.Equal(columns[3], Compose(columns[3]));
            Assert.Equal(columns[3], Compose(columns[4]));
            count++;
            if (isPartOne)
            {
                listed.Add(columns[0]);
            }
        }

        Assert.True(count > 18_000);
        AssertOthersStay(listed);
    }

    internal static string Compose(string text)
    {
        int[] points = [.. text.EnumerateRunes().Select(rune => rune.Value)];
        int[] spare = [];
        int count = Normalization.Compose(ref points, points.Length, ref spare);
        return string.Concat(points.Take(count).Select(char.ConvertFromUtf32));
    }

    /// <summary>Code points that part 1 does not list are their own normalization.</summary>
    private static void AssertOthersStay(HashSet<string> listed)
    {
        for (int point = 0; point <= 0x10FFFF; point++)
        {
            if (point is >= 0xD800 and <= 0xDFFF)
            {
                continue;
            }

            int[] points = [point];
            int[] spare = [];
            int count = Normalization.Compose(ref points, 1, ref spare);
            if (count != 1 || points[0] != point)
            {
                Assert.Contains(char.ConvertFromUtf32(point), listed);
            }
        }
    }

    private static string Parse(string cell) => string.Concat(
        cell.Split(' ')
            .Select(hex => int.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .Select(char.ConvertFromUtf32));

    private static List<string> ReadConformanceTest()
    {
        if (File.Exists(Folder + "NormalizationTest.txt"))
        {
            return [.. File.ReadLines(Folder + "NormalizationTest.txt")];
        }

        const string Unpack = "/usr/bin/bzcat";
        const string Packed = Folder + "NormalizationTest.txt.bz2";
        if (!File.Exists(Packed) || !File.Exists(Unpack))
        {
            return [];
        }

        var start = new ProcessStartInfo(Unpack, Packed)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            StandardOutputEncoding = Encoding.UTF8,
        };
        using Process process = Process.Start(start)!;
        var lines = new List<string>();
        while (process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        process.WaitForExit();
        return lines[0].Contains("15.0.0", StringComparison.Ordinal) ? lines : [];
    }
}
