using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Scalar.AspNetCore;
using Serving.Engine;
using Serving.Server.Rest.Documents;

namespace Serving.Server.Rest;

/// <summary>The OpenAPI document and a page that shows it, which asks nothing outside the server.</summary>
internal static class ApiPage
{
    private const string NonceKey = "nonce";

    /// <summary>Maps <c>/openapi/v1.json</c> and <c>/scalar</c>.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var document = new ApiDocument(routes.ServiceProvider.GetRequiredService<InferenceEngine>());
        routes.MapGet("/openapi/v1.json", (HttpContext context) => SendAsync(context, document.Write()));
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

    private static Task SendAsync(HttpContext context, byte[] document)
    {
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = document.Length;
        return context.Response.Body.WriteAsync(document, 0, document.Length, context.RequestAborted);
    }
}
