using System.Diagnostics;
using System.Globalization;

namespace Serving.EndToEnd.Tests.Fixtures;

/// <summary>Reads one number of a server's metrics page.</summary>
internal static class Metric
{
    public const string Scored = """serving_requests_total{code="OK",model="pay",version="1"}""";
    public const string InFlight = "serving_requests_in_flight";

    public static async Task<double> ReadAsync(TestServer server, string name)
    {
        string page = await server.Http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        string? line = page.Split('\n').SingleOrDefault(
            text => text.StartsWith($"{name} ", StringComparison.Ordinal));
        return line is null ? 0 : double.Parse(line.AsSpan(name.Length + 1), CultureInfo.InvariantCulture);
    }

    /// <summary>Asks again until the number is the expected one; the last answer where it never is.</summary>
    public static async Task<double> WaitForAsync(TestServer server, string name, double expected)
    {
        long start = Stopwatch.GetTimestamp();
        double value;
        do
        {
            value = await ReadAsync(server, name);
        }
        while (value != expected && Stopwatch.GetElapsedTime(start) < Patience.Longest);

        return value;
    }
}
