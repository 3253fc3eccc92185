using Serving.Data;

namespace Serving.Cli.CommandLine;

/// <summary>
/// Puts the file's name before what is wrong in it: parts that read bytes say where in them, a person with several
/// files needs to know which.
/// </summary>
internal static class Placed
{
    /// <summary>Runs a part that reads a file; a place that is <paramref name="own"/> is the file itself.</summary>
    /// <exception cref="InputException">What the part found, placed in the file.</exception>
    public static T In<T>(string path, string own, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (InputException refused)
        {
            throw new InputException(
                [.. refused.Problems.Select(problem => problem with { Place = Place(path, own, problem.Place) })],
                refused.ProblemCount);
        }
    }

    private static string Place(string path, string own, string place) => place switch
    {
        _ when place == own => path,
        _ when place.StartsWith(path, StringComparison.Ordinal) => place,
        _ when place.StartsWith(own + ":", StringComparison.Ordinal) => path + place[own.Length..],
        _ => $"{path}, {place}",
    };
}
