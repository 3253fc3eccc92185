using Serving.State.Embedded;
using Serving.State.Tests.Redis;

namespace Serving.Engine.Tests.Windows;

/// <summary>The executions that are compared with the oracle.</summary>
internal static class Executions
{
    private const int RedisTriesMost = 3;

    /// <summary>Offline, over files.</summary>
    public static Execution Offline { get; } = compiled => Task.FromResult(OfflineRun.Play(compiled));

    /// <summary>The embedded store in a folder.</summary>
    public static Execution Folder { get; } = compiled => PlayAsync(compiled, new FolderSubject(), Mistake.None);

    /// <summary>The embedded store in memory.</summary>
    /// <param name="mistake">What is wrong.</param>
    /// <param name="ended">Is told how the store fared.</param>
    public static Execution Memory(Mistake mistake, Action<EmbeddedStatus>? ended = null) =>
        compiled => PlayAsync(compiled, new MemorySubject(ended), mistake);

    /// <summary>A Redis server. A machine that stalls may keep it from answering in time: then a case begins again.
    /// </summary>
    public static Execution Redis(RedisServer server) => async compiled =>
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return await PlayAsync(compiled, await RedisSubject.ConnectAsync(server), Mistake.None);
            }
            catch (Exception exception) when (tries < RedisTriesMost
                && (exception is TimeoutException || exception.InnerException is TimeoutException))
            {
                // Its keys have a prefix of their own.
            }
        }
    };

    private static async Task<RequestAnswer?[]> PlayAsync(CompiledCase compiled, StoreSubject subject, Mistake mistake)
    {
        await using (subject)
        {
            return await StoreRun.PlayAsync(compiled, subject, mistake);
        }
    }
}
