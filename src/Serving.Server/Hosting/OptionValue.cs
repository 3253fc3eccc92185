namespace Serving.Server.Hosting;

/// <summary>The text of an option and where it stands.</summary>
/// <param name="Name">The option's name, as on the command line without dashes.</param>
/// <param name="Text">Its value.</param>
/// <param name="Place">For people: <c>option --http-port</c>, <c>environment SERVING_HTTP_PORT</c>,
/// <c>config.yaml:3</c>.</param>
internal sealed record OptionValue(string Name, string Text, string Place);
