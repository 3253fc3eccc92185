using System.Buffers.Binary;
using Serving.Engine.Offline.Sorting;
using Xunit;

namespace Serving.Engine.Tests.Offline.Sorting;

public sealed class RowSorterTests
{
    [Theory]
    [InlineData(1 << 20, 0)]
    [InlineData(20_000, 1)]
    [InlineData(500, RowSorter.FanIn * RowSorter.FanIn)]
    public void Complete_AnyMemory_GivesTheRowsInOrder(int memoryBytes, int spillsMin)
    {
        var random = new Random(7);
        var expected = new List<(long Key, long Position, byte[] Row)>();
        using var sorter = new RowSorter(memoryBytes, Path.GetTempPath());
        for (int position = 0; position < 5_000; position++)
        {
            // Few keys, so that positions decide; a row now and then that is longer than any buffer.
            byte[] row = new byte[position % 997 == 0 ? 20_000 : random.Next(0, 40)];
            random.NextBytes(row);
            long key = random.Next(-50, 50);
            expected.Add((key, position, row));
            sorter.Add(key, position, row);
        }

        Assert.InRange(sorter.SpillCount, spillsMin, int.MaxValue);
        using SortedRows rows = sorter.Complete();
        foreach ((long key, long position, byte[] row) in expected.OrderBy(one => (one.Key, one.Position)))
        {
            Assert.True(rows.MoveNext());
            Assert.Equal((key, position), (rows.Key, rows.Position));
            Assert.Equal(row, rows.Row.ToArray());
        }

        Assert.False(rows.MoveNext());
    }

    [Fact]
    public void Complete_NoRows_IsEmpty()
    {
        using var sorter = new RowSorter(100, Path.GetTempPath());
        using SortedRows rows = sorter.Complete();
        Assert.False(rows.MoveNext());
    }

    [Fact]
    public void Add_WhileRowsAreSpilled_LeavesNoNamesInTheFolder()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("serving-sort-");
        try
        {
            using (var sorter = new RowSorter(100, folder.FullName))
            {
                byte[] row = new byte[8];
                for (int position = 0; position < 100; position++)
                {
                    BinaryPrimitives.WriteInt32LittleEndian(row, position);
                    sorter.Add(-position, position, row);
                }

                Assert.NotEqual(0, sorter.SpillCount);
                Assert.SkipWhen(OperatingSystem.IsWindows(), "open files have names there");
                Assert.Empty(folder.GetFileSystemInfos());
            }

            Assert.Empty(folder.GetFileSystemInfos());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
