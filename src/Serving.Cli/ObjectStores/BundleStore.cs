using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Serving.Engine.Bundles;

namespace Serving.Cli.ObjectStores;

/// <summary>
/// Bundles in an object store that speaks S3. Credentials come by the SDK's own chain: environment, profile, role. Not
/// safe for use by several threads.
/// </summary>
internal sealed class BundleStore : IDisposable
{
    private const string DefaultRegion = "us-east-1";

    private readonly AmazonS3Client _client;
    private readonly StoreAddress _address;

    /// <summary>Names the store; nothing is asked yet.</summary>
    /// <param name="address">Bucket and prefix.</param>
    /// <param name="endpoint">Another server than AWS's own, addressed by path; null for AWS.</param>
    /// <exception cref="IOException">There are no credentials.</exception>
    public BundleStore(StoreAddress address, Uri? endpoint)
    {
        _address = address;
        var config = new AmazonS3Config();
        if (endpoint is not null)
        {
            config.ServiceURL = endpoint.ToString();
            config.ForcePathStyle = true;
            config.AuthenticationRegion = Environment.GetEnvironmentVariable("AWS_REGION") ?? DefaultRegion;
        }

        _client = Told(() => new AmazonS3Client(config));
    }

    /// <summary>The bundles under the prefix, by model and version; other keys are passed over.</summary>
    /// <exception cref="IOException">The store cannot be asked.</exception>
    public async Task<IReadOnlyList<StoredBundle>> ListAsync(CancellationToken cancellation)
    {
        var found = new SortedDictionary<(string Model, long Version), Dictionary<string, string>>();
        var request = new ListObjectsV2Request { BucketName = _address.Bucket, Prefix = _address.Prefix };
        ListObjectsV2Response page;
        do
        {
            page = await ToldAsync(() => _client.ListObjectsV2Async(request, cancellation));
            foreach (S3Object stored in page.S3Objects ?? [])
            {
                Add(found, stored.Key);
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);

        return [.. found.Select(pair => new StoredBundle(pair.Key.Model, pair.Key.Version, pair.Value))];
    }

    /// <summary>Brings the files of a bundle into a folder, the manifest last.</summary>
    /// <exception cref="IOException">The store or the disk fails.</exception>
    public async Task DownloadAsync(StoredBundle bundle, string folder, CancellationToken cancellation)
    {
        foreach ((string name, string key) in bundle.Files.OrderBy(file => file.Key == StoredBundle.Manifest))
        {
            string path = Path.Combine(folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using GetObjectResponse response = await ToldAsync(
                () => _client.GetObjectAsync(_address.Bucket, key, cancellation));
            await using FileStream file = new(path, FileMode.CreateNew, FileAccess.Write);
            await ToldAsync(async () =>
            {
                await response.ResponseStream.CopyToAsync(file, cancellation);
                return true;
            });
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private void Add(SortedDictionary<(string, long), Dictionary<string, string>> found, string key)
    {
        string[] parts = key[_address.Prefix.Length..].Split('/', 3);
        long version = parts.Length == 3 ? BundleNames.VersionOf(parts[1]) : 0;
        if (version == 0 || !BundleNames.IsModelName(parts[0]) || !BundleNames.IsFileName(parts[2]))
        {
            return;
        }

        if (!found.TryGetValue((parts[0], version), out Dictionary<string, string>? files))
        {
            found.Add((parts[0], version), files = new Dictionary<string, string>(StringComparer.Ordinal));
        }

        files[parts[2]] = key;
    }

    // The SDK's own exceptions are of no kind that a command's end knows.
    private T Told<T>(Func<T> ask)
    {
        try
        {
            return ask();
        }
        catch (Exception exception) when (exception is AmazonClientException or AmazonServiceException)
        {
            throw Failure(exception);
        }
    }

    private async Task<T> ToldAsync<T>(Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception exception) when (exception is AmazonClientException or AmazonServiceException)
        {
            throw Failure(exception);
        }
    }

    private IOException Failure(Exception exception) =>
        new($"the object store cannot give s3://{_address.Bucket}/{_address.Prefix}: {exception.Message}", exception);
}
