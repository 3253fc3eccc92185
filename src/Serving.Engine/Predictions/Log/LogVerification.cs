using System.Collections.Immutable;

namespace Serving.Engine.Predictions.Log;

/// <summary>What <c>log verify</c> found. Immutable.</summary>
/// <param name="Segments">Segments.</param>
/// <param name="Records">Whole records.</param>
/// <param name="Closed">Whole records that cannot be read without their key.</param>
/// <param name="Problems">What is wrong, in the order of the log.</param>
public sealed record LogVerification(int Segments, long Records, long Closed, ImmutableArray<LogProblem> Problems)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsOk => Problems.IsEmpty;

    /// <summary>Reads a folder whole. Works beside the server that holds it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="progress">Receives the number of records done; null for nobody.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static LogVerification Run(string folder, IProgress<long>? progress, CancellationToken cancellation)
    {
        var reader = new PredictionLogReader(folder);
        foreach (var record in reader.Read())
        {
            _ = record;
            cancellation.ThrowIfCancellationRequested();
            if (reader.Records % 1000 == 0)
            {
                progress?.Report(reader.Records);
            }
        }

        return new LogVerification(reader.Segments, reader.Records, reader.Closed, [.. reader.Problems]);
    }
}
