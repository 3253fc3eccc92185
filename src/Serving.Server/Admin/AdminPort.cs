using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Serving.Server.Admin;

/// <summary>
/// Which paths answer on which port: what is marked <see cref="Only"/> on the admin port alone, what is marked
/// <see cref="Also"/> there too, all else elsewhere.
/// </summary>
internal sealed class AdminPort
{
    private AdminPort()
    {
    }

    /// <summary>The mark of a connection to the admin port.</summary>
    public static AdminPort Connection { get; } = new();

    /// <summary>The mark of a path that answers on the admin port alone.</summary>
    public static object Only { get; } = new OnlyThere();

    /// <summary>The mark of a path that answers on the admin port too.</summary>
    public static object Also { get; } = new AlsoThere();

    /// <summary>Whether a request came in by the admin port.</summary>
    public static bool IsOf(HttpContext context) => context.Features.Get<AdminPort>() is not null;

    /// <summary>Whether a request's path answers on its port; a path that nobody knows answers everywhere, by 404.
    /// </summary>
    public static bool Offers(HttpContext context)
    {
        // What stands for a method that is not offered is no route.
        if (context.GetEndpoint() is not RouteEndpoint endpoint)
        {
            return true;
        }

        bool isOnly = endpoint.Metadata.GetMetadata<OnlyThere>() is not null;
        return IsOf(context) ? isOnly || endpoint.Metadata.GetMetadata<AlsoThere>() is not null : !isOnly;
    }

    private sealed class OnlyThere;

    private sealed class AlsoThere;
}
