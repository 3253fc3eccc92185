using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Serving.State;
using Serving.State.Redis;
using StackExchange.Redis;

namespace Serving.Benchmarks.Quick;

/// <summary>
/// One exchange of three keys, each with a blob of 1 KiB and a record of 40 bytes: by our store, by the library alone
/// with the same commands, and by a bare socket with the same bytes. Rounds are interleaved; medians are compared.
/// </summary>
internal static class QuickRedis
{
    private const int Keys = 3;
    private const int BlobSize = 1024;
    private const int RecordSize = 40;
    private const int Lifetime = 3_600_001;
    private const int Rounds = 40;
    private const int CallsPerRound = 100;
    private const ulong Schema = 1;

    private static readonly byte[] s_record = [.. Enumerable.Range(0, RecordSize).Select(i => (byte)i)];

    public static async Task Run(TextWriter output)
    {
        using LocalRedis server = new();
        string endpoint = $"127.0.0.1:{server.Port.ToString(CultureInfo.InvariantCulture)}";
        await using RedisWindowStore store = await RedisWindowStore.ConnectAsync(new RedisStoreOptions
        {
            Endpoints = [endpoint],
            Time = TimeProvider.System,
            Budget = TimeSpan.FromSeconds(1),
        });
        await using ConnectionMultiplexer library = await ConnectionMultiplexer.ConnectAsync(endpoint);
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port));
        IDatabase database = library.GetDatabase();
        StateBatch batch = new();
        (string Name, Func<int, Task> Call)[] cases =
        [
            ("our store", _ => Ours(store, batch)),
            ("library, one transaction", _ => Library(database, transactions: 1)),
            ("library, a transaction for each key", _ => Library(database, transactions: Keys)),
            ("bare socket", call => Bare(socket, call)),
        ];
        double[] medians = await MeasureAsync(cases, database);
        for (int i = 0; i < cases.Length; i++)
        {
            double ratio = medians[i] / medians[1];
            output.WriteLine($"{cases[i].Name,-36} p50 {medians[i],7:F1} us, {ratio:F2} of the library");
        }
    }

    private static async Task<double[]> MeasureAsync((string Name, Func<int, Task> Call)[] cases, IDatabase database)
    {
        List<double>[] times = [.. cases.Select(_ => new List<double>())];
        for (int round = 0; round < Rounds; round++)
        {
            for (int i = 0; i < cases.Length; i++)
            {
                await ResetAsync(database);
                for (int call = 0; call < CallsPerRound; call++)
                {
                    long start = Stopwatch.GetTimestamp();
                    await cases[i].Call(call);
                    if (round > Rounds / 4)
                    {
                        times[i].Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                    }
                }
            }
        }

        return [.. times.Select(list => list.Order().ElementAt(list.Count / 2))];
    }

    private static StateKey Key(int number) => new(1, (ulong)number, (ulong)number);

    private static async Task ResetAsync(IDatabase database)
    {
        for (int i = 0; i < Keys; i++)
        {
            byte[] blob = new byte[BlobSize];
            BlobHeader.Write(blob, 0, Schema, Key(i).Check);
            await database.StringSetAsync(RawKey(i), blob);
        }
    }

    private static byte[] RawKey(int number) => new RedisKeys("f:").Of(Key(number));

    private static async Task Ours(RedisWindowStore store, StateBatch batch)
    {
        batch.Clear();
        for (int i = 0; i < Keys; i++)
        {
            batch.Add(Key(i), Schema, Lifetime, s_record);
        }

        await store.ExchangeAsync(batch, CancellationToken.None);
        if (batch.Accesses[Keys - 1].Outcome != StateOutcome.Read)
        {
            throw new InvalidOperationException($"outcome {batch.Accesses[Keys - 1].Outcome}");
        }
    }

    private static async Task Library(IDatabase database, int transactions)
    {
        List<Task> done = [];
        ITransaction? transaction = null;
        for (int i = 0; i < Keys; i++)
        {
            transaction ??= database.CreateTransaction();
            RedisKey key = RawKey(i);
            byte[] header = new byte[BlobHeader.Size];
            BlobHeader.Write(header, 0, Schema, Key(i).Check);
            _ = transaction.StringGetRangeAsync(key, 0, BlobHeader.BlobBytesMax);
            _ = transaction.StringSetAsync(key, header, when: When.NotExists);
            _ = transaction.StringAppendAsync(key, s_record);
            _ = transaction.KeyExpireAsync(key, TimeSpan.FromMilliseconds(Lifetime));
            if (transactions > 1 || i == Keys - 1)
            {
                done.Add(transaction.ExecuteAsync());
                transaction = null;
            }
        }

        await Task.WhenAll(done);
    }

    private static Task Bare(Socket socket, int call)
    {
        using MemoryStream request = new();
        Write(request, "MULTI"u8.ToArray());
        for (int i = 0; i < Keys; i++)
        {
            byte[] key = RawKey(i);
            byte[] header = new byte[BlobHeader.Size];
            BlobHeader.Write(header, 0, Schema, Key(i).Check);
            Write(request, "GETRANGE"u8.ToArray(), key, "0"u8.ToArray(), Ascii(BlobHeader.BlobBytesMax));
            Write(request, "SETNX"u8.ToArray(), key, header);
            Write(request, "APPEND"u8.ToArray(), key, s_record);
            Write(request, "PEXPIRE"u8.ToArray(), key, Ascii(Lifetime));
        }

        Write(request, "EXEC"u8.ToArray());
        socket.Send(request.ToArray());
        int length = BlobSize + (call * RecordSize);
        int each = $"${length}\r\n\r\n:0\r\n:{length + RecordSize}\r\n:1\r\n".Length + length;
        int expected = "+OK\r\n".Length + (Keys * 4 * "+QUEUED\r\n".Length) + "*12\r\n".Length + (Keys * each);
        byte[] answer = new byte[16384];
        while (expected > 0)
        {
            expected -= socket.Receive(answer);
        }

        return Task.CompletedTask;
    }

    private static byte[] Ascii(int number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static void Write(MemoryStream request, params byte[][] parts)
    {
        request.Write(Encoding.ASCII.GetBytes($"*{parts.Length}\r\n"));
        foreach (byte[] part in parts)
        {
            request.Write(Encoding.ASCII.GetBytes($"${part.Length}\r\n"));
            request.Write(part);
            request.Write("\r\n"u8);
        }
    }
}
