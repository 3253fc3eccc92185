namespace Serving.State;

/// <summary>Is told of compactions: records of answers keep them, so that replays rebuild what was read.</summary>
public interface ICompactionListener
{
    /// <summary>A blob was replaced. Called by any thread, behind the replacement.</summary>
    /// <param name="key">Which blob.</param>
    /// <param name="epoch">Its epoch from now on.</param>
    /// <param name="records">Records that were folded or trimmed.</param>
    /// <param name="read">Bytes of the blob that the compactor saw; what was appended meanwhile stands behind.</param>
    void OnCompacted(in StateKey key, uint epoch, int records, int read);
}
