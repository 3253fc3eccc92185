using Serving.Cli.CommandLine;

namespace Serving.Cli.ObjectStores;

/// <summary>A bucket and what the keys in it begin with: <c>s3://BUCKET/PREFIX</c>. Immutable.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">Empty, or ending with a slash.</param>
internal sealed record StoreAddress(string Bucket, string Prefix)
{
    private const string Scheme = "s3://";

    /// <summary>Reads an address.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static StoreAddress Parse(string text)
    {
        string rest = text.StartsWith(Scheme, StringComparison.Ordinal) ? text[Scheme.Length..] : "";
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string bucket = slash < 0 ? rest : rest[..slash];
        string prefix = slash < 0 ? "" : rest[(slash + 1)..].Trim('/');
        return bucket.Length > 0
            ? new StoreAddress(bucket, prefix.Length == 0 ? "" : prefix + "/")
            : throw new UsageException($"--from {text}: expected s3://BUCKET/PREFIX");
    }
}
