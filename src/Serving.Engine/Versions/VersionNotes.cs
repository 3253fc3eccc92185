namespace Serving.Engine.Versions;

/// <summary>What a status says of a version that serves though its bundle is not what it was.</summary>
internal static class VersionNotes
{
    public const string Orphan = "its bundle was removed; it serves on as the only Ready version";

    public const string Changed =
        "its bundle changed after loading and the change is ignored: publish it under another version";
}
