namespace Serving.Engine.Versions;

/// <summary>
/// Decides what is done next with the versions of one model. Pure. After TensorFlow Serving's
/// AvailabilityPreservingPolicy: a model that has a Ready version never loses its last one.
/// </summary>
internal static class VersionPolicy
{
    /// <summary>The next act and the place of its version in <paramref name="versions"/>, or None.</summary>
    /// <param name="versions">The versions of one model, lowest first.</param>
    /// <param name="isLoading">Whether a load is under way; loads run one at a time.</param>
    public static (VersionAct Act, int Index) Next(ReadOnlySpan<VersionView> versions, bool isLoading)
    {
        // The highest is looked at first, so that what will be served is loaded first.
        for (int index = versions.Length - 1; index >= 0; index--)
        {
            VersionAct act = ActFor(versions, index, isLoading);
            if (act != VersionAct.None)
            {
                return (act, index);
            }
        }

        return (VersionAct.None, -1);
    }

    private static VersionAct ActFor(ReadOnlySpan<VersionView> versions, int index, bool isLoading)
    {
        VersionView version = versions[index];
        return version.State switch
        {
            VersionState.New when !version.IsWanted => VersionAct.Forget,
            VersionState.New when version.IsChanged => VersionAct.Replace,
            VersionState.New when !isLoading => VersionAct.Load,
            VersionState.Warming when version.IsWaiting && !version.IsWanted => VersionAct.Drain,
            VersionState.Failed when !version.IsWanted => VersionAct.Forget,
            VersionState.Failed when version.IsChanged => VersionAct.Replace,
            VersionState.Ready when !version.IsWanted && IsReplaced(versions, index) => VersionAct.Drain,
            VersionState.Draining when version.IsDrained => VersionAct.Retire,
            VersionState.Retired when version.IsWanted => VersionAct.Replace,
            _ => VersionAct.None,
        };
    }

    // Another Ready version serves: one that is wanted, or a higher one that nobody wants either.
    private static bool IsReplaced(ReadOnlySpan<VersionView> versions, int index)
    {
        for (int other = 0; other < versions.Length; other++)
        {
            if (other != index && versions[other].State == VersionState.Ready
                && (versions[other].IsWanted || versions[other].Version > versions[index].Version))
            {
                return true;
            }
        }

        return false;
    }
}
