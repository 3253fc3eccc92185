namespace Serving.Engine.Tests.Windows;

/// <summary>Makes a failing case smaller: fewer arrivals, fewer declarations, fewer things that happen.</summary>
internal static class CaseShrinker
{
    // A fault that shows only now and then must not keep the shrinker busy for ever.
    private const int TriesMost = 600;

    public static async Task<WindowCase> ShrinkAsync(
        WindowCase failing, Func<WindowCase, Task<CaseDifference?>> find)
    {
        var shrinking = new Shrinking(failing, find);

        // Everything behind the request that differs is of no use.
        CaseDifference? difference = await find(failing);
        if (difference is not null)
        {
            await shrinking.TryAsync(failing with { Arrivals = [.. failing.Arrivals.Take(difference.Arrival + 1)] });
        }

        await shrinking.TryAsync(shrinking.Smallest with { CutMs = null });
        await shrinking.TryAsync(shrinking.Smallest with { BatchMost = 1, IsShuffled = false });
        await shrinking.LeaveOutLinesAsync();
        await shrinking.LeaveOutArrivalsAsync();
        await shrinking.LeaveOutLinesAsync();
        return shrinking.Smallest;
    }

    private sealed class Shrinking(WindowCase failing, Func<WindowCase, Task<CaseDifference?>> find)
    {
        private int _tries;

        public WindowCase Smallest { get; private set; } = failing;

        public async Task<bool> TryAsync(WindowCase smaller)
        {
            if (_tries++ >= TriesMost || !CompiledCase.IsScript(smaller.Script) || await find(smaller) is null)
            {
                return false;
            }

            Smallest = smaller;
            return true;
        }

        public async Task LeaveOutLinesAsync()
        {
            for (int line = Smallest.Lines.Count - 1; line > 0; line--)
            {
                string left = Smallest.Lines[line];
                await TryAsync(Smallest with
                {
                    Lines = [.. Smallest.Lines.Where((_, place) => place != line)],
                    Arrivals =
                    [
                        .. Smallest.Arrivals.Where(
                            item => !left.StartsWith($"event {item.Event} ", StringComparison.Ordinal)),
                    ],
                });
            }
        }

        // Halves first, then single ones, and what happens before them alone.
        public async Task LeaveOutArrivalsAsync()
        {
            for (int length = Smallest.Arrivals.Count / 2; length > 0; length /= 2)
            {
                for (int start = Smallest.Arrivals.Count - length; start >= 0; start -= length)
                {
                    await TryAsync(Smallest with
                    {
                        Arrivals = [.. Smallest.Arrivals.Take(start), .. Smallest.Arrivals.Skip(start + length)],
                    });
                }
            }

            for (int place = 0; place < Smallest.Arrivals.Count; place++)
            {
                Arrival quiet = Smallest.Arrivals[place] with { Before = Disturbance.None };
                if (quiet != Smallest.Arrivals[place])
                {
                    await TryAsync(Smallest with
                    {
                        Arrivals = [.. Smallest.Arrivals.Select((item, index) => index == place ? quiet : item)],
                    });
                }
            }
        }
    }
}
