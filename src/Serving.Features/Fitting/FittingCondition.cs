using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// Binds the condition of a fit in the scope of a script, as a last let behind its text: so it reads exactly what a let
/// may read, by the same rules.
/// </summary>
internal static class FittingCondition
{
    private const string Place = "--where";

    /// <summary>The bound condition.</summary>
    /// <exception cref="InputException">
    /// It does not compile, or it may be missing, or it is more than an expression.
    /// </exception>
    public static BoundExpression Bind(FeatureScript script, string condition)
    {
        string text = Encoding.UTF8.GetString(script.Utf8.Span);
        string name = FreeName(text);
        string head = $"{text}\nlet {name} = (";
        FeatureScript? extended = FeatureScript.Compile(
            Encoding.UTF8.GetBytes($"{head}{condition}\n);\n"), Place, out ImmutableArray<Diagnostic> diagnostics);
        if (extended is null)
        {
            throw new InputException(
                [.. diagnostics.Where(found => found.IsError).Select(found => ToProblem(found, head, condition))]);
        }

        // Text such as "true); feature x = (1" would add statements of its own.
        ImmutableArray<BoundStatement> statements = extended.Bound.Statements;
        if (statements.Length != script.Bound.Statements.Length + 1
            || statements[^1] is not BoundLet { Members.Length: 1 } let)
        {
            throw Refuse(condition, "one expression that is no family");
        }

        // Rows come with the window values of the script itself.
        if (extended.Bound.WindowCalls.Length != script.Bound.WindowCalls.Length)
        {
            throw Refuse(condition, "only window values that the script itself reads; name them in a let");
        }

        BoundExpression bound = let.Members[0].Value;
        if (bound.Type.Kind != Types.TypeKind.Bool)
        {
            throw Refuse($"'{condition}', which is {bound.Type}", "a bool");
        }

        return bound.Type.Optional
            ? throw Refuse($"'{condition}', which may be missing", "a bool that is never missing; write (...) ?? false")
            : bound;
    }

    private static InputException Refuse(string found, string expected) =>
        new(new InputProblem(Place, found, expected));

    private static string FreeName(string text)
    {
        string name = "fitting_condition";
        while (text.Contains(name, StringComparison.Ordinal))
        {
            name += "_";
        }

        return name;
    }

    private static InputProblem ToProblem(Diagnostic found, string head, string condition)
    {
        int line = found.Line - head.Count(character => character == '\n');
        int column = line == 1 ? found.Column - (head.Length - head.LastIndexOf('\n') - 1) : found.Column;
        string place = line >= 1 && column >= 1 ? $"{Place}:{line}:{column}" : Place;
        return new InputProblem(place, $"'{condition}': {found.Code} {found.Message}", "a condition", found.Help);
    }
}
