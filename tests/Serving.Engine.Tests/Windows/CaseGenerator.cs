using Serving.Features;
using Serving.Features.Tests.Properties;

namespace Serving.Engine.Tests.Windows;

/// <summary>Draws cases: a script, a stream, and what happens to stores between arrivals.</summary>
internal static class CaseGenerator
{
    // The stream has numbers of its own, so that a change of the script's generator does not change it.
    private const ulong StreamSalt = 0x5EED_0000_0000;

    private const long LatestMs = 3_000_000;

    private static readonly Disturbance[] s_disturbances =
    [
        Disturbance.RequestCompaction, Disturbance.RequestCompaction, Disturbance.CompactAll, Disturbance.Snapshot,
        Disturbance.Restart, Disturbance.Crash, Disturbance.Sweep, Disturbance.CompactAll | Disturbance.Restart,
    ];

    public static WindowCase Draw(ulong seed) => Draw(seed, stream => stream.Draw());

    /// <summary>A case whose blobs grow so long that they are folded without being asked.</summary>
    public static WindowCase DrawHot(ulong seed, int arrivals) => Draw(seed, stream => stream.DrawHot(arrivals));

    private static WindowCase Draw(ulong seed, Func<StreamGenerator, List<Arrival>> draw)
    {
        IReadOnlyList<string> lines = WindowScriptGenerator.DrawLines(seed);
        var choice = new Choice(seed ^ StreamSalt);
        FeatureScript script = CompiledCase.Compile(string.Join('\n', lines));
        List<Arrival> arrivals = draw(new StreamGenerator(script, choice));
        bool hasScoresOnly = choice.OneIn(4);
        for (int index = 0; index < arrivals.Count; index++)
        {
            arrivals[index] = arrivals[index] with
            {
                Before = choice.OneIn(8) ? choice.Of<Disturbance>(s_disturbances) : Disturbance.None,
                ScoresOnly = hasScoresOnly && arrivals[index].Event == script.Request.Name && choice.OneIn(4),
            };
        }

        Delay(arrivals, choice);
        return new WindowCase(seed, lines, arrivals)
        {
            CutMs = choice.OneIn(4) ? arrivals[choice.Below(arrivals.Count)].Moment : null,
            BatchMost = choice.Of(1, 1, 4, 8),
            IsShuffled = choice.OneIn(2),
            MarginMs = choice.Of(0, 2000, 2000),
        };
    }

    // Requests that only score may come behind what they must not see, but not behind the end of what they read: a
    // store keeps a blob one hour longer than a request in time could read it.
    private static void Delay(List<Arrival> arrivals, Choice choice)
    {
        for (int index = arrivals.Count - 2; index >= 0; index--)
        {
            if (arrivals[index].ScoresOnly && choice.OneIn(2))
            {
                Arrival late = arrivals[index];
                int to = Math.Min(arrivals.Count - 1, index + 1 + choice.Below(6));
                if (arrivals[to].Moment - late.Moment < LatestMs)
                {
                    arrivals.RemoveAt(index);
                    arrivals.Insert(to, late);
                }
            }
        }
    }
}
