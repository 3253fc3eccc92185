namespace Serving.EndToEnd.Tests.Fixtures;

/// <summary>
/// How long a test waits for what must come. It is never how long something takes: on a busy machine of two cores a
/// step of milliseconds has been seen to need twenty seconds.
/// </summary>
internal static class Patience
{
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);
}
