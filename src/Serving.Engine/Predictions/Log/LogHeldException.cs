namespace Serving.Engine.Predictions.Log;

/// <summary>Another process holds a log's folder (hardening.md 114).</summary>
/// <param name="folder">The folder.</param>
/// <param name="holder">Number of the process that holds it, as it said itself; 0 when it did not say.</param>
public sealed class LogHeldException(string folder, int holder)
    : IOException(
        $"the log folder '{folder}' is held by {(holder == 0 ? "another process" : $"process {holder}")}: stop it "
        + "first, or use another folder; showing, verifying and exporting work beside it")
{
    /// <summary>Number of the process that holds the folder; 0 when it is not known.</summary>
    public int Holder { get; } = holder;
}
