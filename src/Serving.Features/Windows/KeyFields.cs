using Serving.Data.Windows;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Windows;

/// <summary>Which fields a script uses as keys of windows and for nothing else.</summary>
internal static class KeyFields
{
    /// <summary>Whether a field of an event is a key, and no value or condition reads it.</summary>
    public static bool IsKeyAlone(BoundScript script, EventDeclaration declaration, int field)
    {
        bool isKey = script.WindowCalls.Any(call =>
            (call.Window.Event == declaration && call.Window.EventKey.Contains(field))
            || (declaration.IsRequest && call.Window.RequestKey.Contains(field)));
        return isKey && !Reads(script, declaration, field);
    }

    private static bool Reads(BoundScript script, EventDeclaration declaration, int field)
    {
        IEnumerable<BoundExpression> ofEvent = script.WindowCalls.Where(call => call.Window.Event == declaration)
            .SelectMany(call => new[] { call.Argument, call.Where, call.Window.Where }).OfType<BoundExpression>();
        IEnumerable<BoundExpression> ofRequest = declaration.IsRequest ? script.Statements.SelectMany(ValuesOf) : [];
        bool isRead = ofEvent.Concat(ofRequest).SelectMany(BoundChildren.WithDescendants).OfType<BoundField>()
            .Any(read => read.Field == field);
        return isRead || (declaration.IsRequest && script.WindowCalls
            .SelectMany(call => new[] { call.Where, call.Window.Where }).OfType<BoundExpression>()
            .SelectMany(BoundChildren.WithDescendants).OfType<BoundNowField>().Any(read => read.Field == field));
    }

    private static IEnumerable<BoundExpression> ValuesOf(BoundStatement statement) => statement switch
    {
        BoundLet let => let.Members.Select(member => member.Value),
        BoundFeature feature => feature.Members.Select(member => member.Value),
        _ => [],
    };
}
