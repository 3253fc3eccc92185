using System.Collections.Frozen;
using System.Reflection;
using Serving.Features.Emit.Runtime;

namespace Serving.Features.Emit;

/// <summary>
/// The methods that emitted code calls, by name. A test may put another method in a name's place to see that a wrong
/// one is found. Immutable.
/// </summary>
internal sealed class RuntimeMethods
{
    private readonly FrozenDictionary<string, MethodInfo> _methods;

    private RuntimeMethods(FrozenDictionary<string, MethodInfo> methods) => _methods = methods;

    /// <summary>All public static methods of <c>Emit/Runtime</c>.</summary>
    public static RuntimeMethods Default { get; } = new(new[]
    {
        typeof(IntegerArithmetic), typeof(FloatArithmetic), typeof(Calendar), typeof(TextFunctions), typeof(Hashing),
        typeof(EncoderFunctions),
    }.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly))
        .ToFrozenDictionary(method => method.Name));

    public MethodInfo this[string name] => _methods[name];

    /// <summary>The same methods with another one in a name's place; it must have the same signature.</summary>
    public RuntimeMethods With(string name, MethodInfo method) => new(
        _methods.Select(pair => pair.Key == name ? KeyValuePair.Create(name, method) : pair).ToFrozenDictionary());
}
