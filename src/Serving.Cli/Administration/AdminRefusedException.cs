namespace Serving.Cli.Administration;

/// <summary>The server refused a call: the caller is not known, the table is another by now, the bundle is wrong.
/// </summary>
internal sealed class AdminRefusedException(int status, string message) : Exception(message)
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;
}
