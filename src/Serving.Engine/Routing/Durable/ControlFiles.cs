namespace Serving.Engine.Routing.Durable;

/// <summary>Names in the control folder.</summary>
public static class ControlFiles
{
    /// <summary>The folder's own name inside the models folder, unless the configuration says otherwise.</summary>
    public const string DefaultFolder = ".control";

    /// <summary>One line for each act.</summary>
    public const string Audit = "audit.jsonl";

    /// <summary>Every model's table, and which line it is of.</summary>
    public const string Table = "table.json";

    /// <summary>Who may call.</summary>
    public const string Tokens = "tokens.json";

    /// <summary>Folder of what is being uploaded.</summary>
    public const string Uploads = "uploads";

    /// <summary>Held by the server that acts.</summary>
    public const string Lock = "lock";
}
