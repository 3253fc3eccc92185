using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Engine.Offline;
using Serving.Engine.Offline.Feeds;
using Serving.Engine.Tests.Fakes;
using Serving.Features.Tests.Properties;

namespace Serving.Engine.Tests.Windows;

/// <summary>Plays a case offline: files of its events, in order or not, with their labels.</summary>
internal static class OfflineRun
{
    // So little that drawn files, where they are not in order, go through temporary files.
    private const long LittleMemory = 4000;
    private const long MuchMemory = 1 << 30;

    public static RequestAnswer?[] Play(CompiledCase compiled)
    {
        var choice = new Choice(compiled.Drawn.Seed);
        OfflineFiles files = Files(compiled, choice, out int[] requestOrder);
        var options = new OfflineOptions { Threads = 1 + choice.Below(3) };
        List<string?[]> raw = Run(compiled, files, options, isRaw: true);
        List<string?[]> encoded = Run(compiled, files, options, isRaw: false);
        List<string?> labels = Labels(compiled, files, options);
        var answers = new RequestAnswer?[compiled.Drawn.Arrivals.Count];
        int[] places = [.. Places(compiled)];
        for (int line = 0; line < requestOrder.Length; line++)
        {
            // The first cell is the id.
            string?[] texts = [.. raw[line].Skip(1), .. encoded[line].Skip(1), labels[line]];
            answers[places[requestOrder[line]]] = new RequestAnswer(texts, IsStateMissing: false);
        }

        return answers;
    }

    // Every request of a file enters windows: those that only score are left out.
    private static IEnumerable<int> Places(CompiledCase compiled) =>
        Enumerable.Range(0, compiled.Drawn.Arrivals.Count).Where(place =>
            compiled.IsRequest(compiled.Drawn.Arrivals[place]) && !compiled.Drawn.Arrivals[place].ScoresOnly);

    private static OfflineFiles Files(CompiledCase compiled, Choice choice, out int[] requestOrder)
    {
        var openers = ImmutableDictionary.CreateBuilder<string, RowOpener>();
        requestOrder = [];
        foreach (EventDeclaration declaration in compiled.Script.Events)
        {
            RowBatch rows = compiled.Rows(
                compiled.Learned().Where(item => item.Event == declaration.Schema.Name), declaration);
            int[] order = compiled.Drawn.IsShuffled
                ? Shuffled(rows, declaration, choice)
                : [.. Enumerable.Range(0, rows.RowCount)];
            requestOrder = declaration.IsRequest ? order : requestOrder;
            int chunkRows = 1 + choice.Below(20);
            openers.Add(declaration.Schema.Name, (_, _) => new BatchRowSource(rows, order, chunkRows));
        }

        return new OfflineFiles
        {
            Openers = openers.ToImmutable(),
            MemoryBytes = choice.OneIn(2) ? LittleMemory : MuchMemory,
            SpillFolder = Path.GetTempPath(),
            PartitionCount = choice.Below(4),
            MayBeginAgain = choice.OneIn(2),
        };
    }

    // Rows that became known at one time keep their order, which decides between repetitions (R44).
    private static int[] Shuffled(RowBatch rows, EventDeclaration declaration, Choice choice)
    {
        long[] knowns = [.. Enumerable.Range(0, rows.RowCount).Select(row => declaration.KnownOf(rows, row))];
        Dictionary<long, int> keys = knowns.Distinct().ToDictionary(known => known, _ => choice.Below(1 << 20));
        return [.. Enumerable.Range(0, rows.RowCount).OrderBy(row => keys[knowns[row]])];
    }

    private static List<string?[]> Run(CompiledCase compiled, OfflineFiles files, OfflineOptions options, bool isRaw)
    {
        CellRowSink? sink = null;
        new FeatureRun(compiled.Program, isRaw).Run(files, _ => sink = new CellRowSink(), options);
        return sink!.Rows;
    }

    private static List<string?> Labels(CompiledCase compiled, OfflineFiles files, OfflineOptions options)
    {
        if (compiled.Script.AnyLabel is null)
        {
            return [.. Places(compiled).Select(_ => (string?)null)];
        }

        var requests = new WindowedRequests(
            compiled.Script,
            compiled.Script.Request,
            files with { MemoryBytes = MuchMemory },
            options,
            isJoined: true);
        return requests.Run(open =>
        {
            using IRowSource source = open();
            var rows = new RowBatch(source.Schema);
            var sink = new CellRowSink();
            while (source.ReadChunk() is { } chunk)
            {
                using (chunk)
                {
                    chunk.Parse(rows, null);
                    sink.Write(sink.Format(rows, null));
                }
            }

            return sink.Rows.ConvertAll(row => row[^1]);
        });
    }
}
