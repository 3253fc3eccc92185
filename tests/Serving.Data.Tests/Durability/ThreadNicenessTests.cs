using Serving.Data.Durability;
using Xunit;

namespace Serving.Data.Tests.Durability;

public sealed class ThreadNicenessTests
{
    /// <summary>
    /// Field 19 of a thread's stat file is its nice value; the thread's name stands in brackets before.
    /// </summary>
    [Fact]
    public void LowerCurrentThread_ThreadOfItsOwn_IsNiceAndOthersAreNot()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Nice values are those of Linux.");
        string before = Niceness();
        string lowered = "";
        bool done = false;
        Thread thread = new(() =>
        {
            done = ThreadNiceness.LowerCurrentThread();
            lowered = Niceness();
        });
        thread.Start();
        thread.Join();
        Assert.True(done);
        Assert.Equal("19", lowered);
        Assert.Equal(before, Niceness());
    }

    private static string Niceness()
    {
        string stat = File.ReadAllText("/proc/thread-self/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16];
    }
}
