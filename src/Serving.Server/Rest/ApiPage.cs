using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Scalar.AspNetCore;

namespace Serving.Server.Rest;

/// <summary>The OpenAPI document and a page that shows it, which asks nothing outside the server.</summary>
internal static class ApiPage
{
    private const string NonceKey = "nonce";

    /// <summary>Maps <c>/openapi/v1.json</c> and <c>/scalar</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOpenApi();
        routes.MapScalarApiReference((page, context) =>
        {
            string nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
            context.Items[NonceKey] = nonce;
            context.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
                + "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; "
                + "frame-ancestors 'none'";
            page.DisableDefaultFonts().DisableAgent().DisableMcp().DisableTelemetry();
            page.Nonce = nonce;
        });
    }
}
