namespace Serving.State.Tests.Redis;

/// <summary>Waits for what comes by itself.</summary>
internal static class Waiting
{
    /// <summary>Asks until it holds, for at most so long; whether it came to hold.</summary>
    public static async Task<bool> Becomes(Func<Task<bool>> holds, TimeSpan atMost)
    {
        using CancellationTokenSource limit = new(atMost);
        while (!await holds())
        {
            if (limit.IsCancellationRequested)
            {
                return false;
            }

            await Task.Delay(10);
        }

        return true;
    }
}
