using System.Buffers;
using System.Buffers.Text;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Serving.Data;
using Serving.Data.Durability;
using Serving.Engine.Routing.Durable;

namespace Serving.Server.Admin;

/// <summary>
/// <c>tokens.json</c> of a control folder: <c>{"tokens": [{"name", "role", "sha256", "created"}]}</c>, readable by its
/// owner alone.
/// </summary>
public static class TokenFile
{
    /// <summary>Begins every token, so that one that was lost in a file can be found by it.</summary>
    public const string Prefix = "serving_";

    private const int TokenBytes = 32;
    private const int NameLengthMax = 64;
    private const long FileBytesMax = 1 << 20;

    /// <summary>What a name looks like.</summary>
    public const string NameExpected = "1 to 64 letters, digits, '_', '.', '-', '@'";

    /// <summary>Whether a text is a name of a caller; those of the server's own acts are none.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= NameLengthMax
        && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-' or '@')
        && name is not ("gate" or "plan" or "server" or "anonymous");

    /// <summary>
    /// Makes a token of 256 random bits and adds its hash to the file of a folder, which is made where it is missing.
    /// Returns the token, which is kept nowhere.
    /// </summary>
    /// <param name="folder">The control folder.</param>
    /// <param name="name">Whose it is.</param>
    /// <param name="role">What it allows.</param>
    /// <param name="now">The time.</param>
    /// <exception cref="InputException">The name is none or taken, or the file is none of ours.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static string Create(string folder, string name, AdminRole role, DateTimeOffset now)
    {
        if (!IsName(name))
        {
            throw new InputException(new InputProblem("name", $"'{name}'", NameExpected));
        }

        WholeFile.CreateFolder(folder);

        // Two that make tokens at once take turns.
        using FileStream turn = new(
            Path.Combine(folder, ControlFiles.Tokens + ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite,
            FileShare.None);
        string path = Path.Combine(folder, ControlFiles.Tokens);
        ImmutableArray<AdminToken> tokens = File.Exists(path) ? Read(path) : [];
        if (tokens.Any(token => token.Name == name))
        {
            throw new InputException(new InputProblem("name", $"'{name}', which has a token", "another name"));
        }

        string made = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        WholeFile.Write(path, Compose(tokens.Add(new AdminToken(name, role, HashOf(made), now))), isPrivate: true);
        return made;
    }

    /// <summary>Whether a folder holds a token of anybody; a file that cannot be read holds none.</summary>
    public static bool HasAny(string folder)
    {
        string path = Path.Combine(folder, ControlFiles.Tokens);
        try
        {
            return File.Exists(path) && Read(path).Length > 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InputException)
        {
            return false;
        }
    }

    /// <summary>What is kept of a token.</summary>
    internal static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">It is none of ours.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal static ImmutableArray<AdminToken> Read(string path)
    {
        var problem = new InputProblem(
            ControlFiles.Tokens, "another text", "tokens as `token create` writes them");
        if (new FileInfo(path).Length > FileBytesMax)
        {
            throw new InputException(problem);
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return [.. document.RootElement.GetProperty("tokens").EnumerateArray().Select(ReadToken)];
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException
            or KeyNotFoundException or FormatException)
        {
            throw new InputException(problem);
        }
    }

    private static AdminToken ReadToken(JsonElement token)
    {
        byte[] hash = Convert.FromHexString(token.GetProperty("sha256").GetString()!);
        AdminRole role = token.GetProperty("role").GetString() switch
        {
            "operate" => AdminRole.Operate,
            "admin" => AdminRole.Admin,
            _ => throw new FormatException("no role"),
        };
        string name = token.GetProperty("name").GetString()!;
        return hash.Length == SHA256.HashSizeInBytes && IsName(name)
            ? new AdminToken(name, role, hash, token.GetProperty("created").GetDateTimeOffset())
            : throw new FormatException("no token");
    }

    private static byte[] Compose(ImmutableArray<AdminToken> tokens)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("tokens");
            foreach (AdminToken token in tokens)
            {
                writer.WriteStartObject();
                writer.WriteString("name", token.Name);
                writer.WriteString("role", token.Role == AdminRole.Admin ? "admin" : "operate");
                writer.WriteString("sha256", Convert.ToHexStringLower(token.Sha256.Span));
                writer.WriteString(
                    "created",
                    token.Created.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
