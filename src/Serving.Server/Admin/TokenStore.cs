using System.Collections.Immutable;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Serving.Data;
using Serving.Engine.Routing.Durable;
using Serving.Server.Telemetry;

namespace Serving.Server.Admin;

/// <summary>
/// The tokens of a control folder as they stand: a file that changed is read again, one that is damaged leaves those
/// that were known and is told. Safe for use by several threads.
/// </summary>
internal sealed class TokenStore
{
    private readonly string _path;
    private readonly ILogger<TokenStore> _logger;
    private readonly Lock _gate = new();
    private (long Ticks, long Length) _seen = (-1, -1);
    private ImmutableArray<AdminToken> _tokens = [];

    /// <summary>Makes the store of a control folder; nothing is read yet.</summary>
    public TokenStore(string folder, ILogger<TokenStore> logger)
    {
        _path = Path.Combine(folder, ControlFiles.Tokens);
        _logger = logger;
    }

    /// <summary>The token that a caller showed, or null. The time does not tell how much of it was right.</summary>
    public AdminToken? Find(string shown)
    {
        byte[] hash = TokenFile.HashOf(shown);
        AdminToken? found = null;
        foreach (AdminToken token in Current())
        {
            found = CryptographicOperations.FixedTimeEquals(token.Sha256.Span, hash) ? token : found;
        }

        return found;
    }

    private ImmutableArray<AdminToken> Current()
    {
        lock (_gate)
        {
            var file = new FileInfo(_path);
            (long, long) now = file.Exists ? (file.LastWriteTimeUtc.Ticks, file.Length) : (0, 0);
            if (now == _seen)
            {
                return _tokens;
            }

            try
            {
                _tokens = file.Exists ? TokenFile.Read(_path) : [];
                _seen = now;
            }
            catch (Exception exception)
                when (exception is IOException or UnauthorizedAccessException or InputException)
            {
                _seen = now;
                _logger.TokensUnreadable(exception.Message);
            }

            return _tokens;
        }
    }
}
