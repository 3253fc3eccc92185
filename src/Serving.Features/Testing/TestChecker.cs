using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Syntax;
using Serving.Features.Text;

namespace Serving.Features.Testing;

/// <summary>
/// Checks the <c>test</c> blocks of a bound script without running them (R99): one <c>when</c>, events, fields and
/// features that exist, literals of their types. What is wrong here is an error of the script.
/// </summary>
internal sealed class TestChecker(BoundScript script, DiagnosticBag diagnostics)
{
    private readonly TestRecordBinder _records = new(diagnostics);

    public void Check()
    {
        foreach (TestSyntax test in script.Syntax.Declarations.OfType<TestSyntax>())
        {
            Check(test);
        }
    }

    private void Check(TestSyntax test)
    {
        int whens = test.Events.Count(item => item.IsWhen);
        if (whens != 1)
        {
            diagnostics.WrongArguments(test.Keyword, $"a test has exactly one when (R99), this one has {whens}");
        }

        foreach (TestEventSyntax item in test.Events)
        {
            CheckEvent(item);
        }

        foreach (ExpectationSyntax expectation in test.Expectations)
        {
            CheckExpectation(expectation);
        }
    }

    private void CheckEvent(TestEventSyntax item)
    {
        EventDeclaration? source = script.Events.FirstOrDefault(known => known.Schema.Name == item.Event.Text);
        if (source is null || (item.IsWhen && !source.IsRequest))
        {
            diagnostics.UnknownName(
                item.Event.Span,
                item.Event.Text,
                item.IsWhen ? "request" : "event",
                script.Events.Where(known => known.IsRequest || !item.IsWhen).Select(known => known.Schema.Name));
            return;
        }

        _ = _records.TryBind(item, new RowBatch(source.Schema));
    }

    private void CheckExpectation(ExpectationSyntax expectation)
    {
        BoundFeatureMember[] members = [.. script.Features.SelectMany(feature => feature.Members)];
        string name = expectation.Name.Text;
        if (Array.Find(members, known => known.Name == name) is not { } member)
        {
            diagnostics.UnknownName(expectation.Name.Span, name, "feature", members.Select(known => known.Name));
            return;
        }

        if (expectation.Value is { } value && !member.Raw.Type.IsList)
        {
            FieldType type = TestRecordBinder.ComparedAs(member.Raw.Type.ToFieldType(), value);
            var rows = new RowBatch(new RowSchema("expected", [new Field(name, type)]));
            rows.AddRow();
            _ = _records.TrySet(value, type, rows, 0, 0);
        }
    }
}
