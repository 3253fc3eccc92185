using System.Collections.Immutable;
using Serving.Data;
using Serving.Data.Numerics;
using Serving.Data.Windows;
using Serving.Features.Emit;
using Serving.Features.Fitting;
using Serving.Features.Syntax;
using Serving.Features.Text;

namespace Serving.Features.Testing;

/// <summary>
/// Runs the <c>test</c> blocks of a script (R99): the row of <c>when</c> is evaluated and the values before encoders
/// are compared with what is expected. Nothing is fitted here, so a feature that another one names is encoded by
/// neutral statistics. One thread.
/// </summary>
public sealed class ScriptTestRunner
{
    private readonly FeatureScript _script;
    private readonly DiagnosticBag _diagnostics;
    private readonly TestRecordBinder _records;
    private readonly CompiledProgram _program;

    private ScriptTestRunner(FeatureScript script, DiagnosticBag diagnostics)
    {
        _script = script;
        _diagnostics = diagnostics;
        _records = new TestRecordBinder(diagnostics);
        _program = CompiledProgram.Compile(script, NeutralStatistics.Of(script));
    }

    /// <summary>Runs all tests, in the script's order.</summary>
    /// <param name="script">The script.</param>
    /// <param name="path">Name used in diagnostics.</param>
    public static ImmutableArray<ScriptTestResult> Run(FeatureScript script, string path)
    {
        SourceText source = SourceText.Decode(script.Utf8.Span, path, out _);
        var results = ImmutableArray.CreateBuilder<ScriptTestResult>();
        foreach (TestSyntax test in script.Bound.Syntax.Declarations.OfType<TestSyntax>())
        {
            var diagnostics = new DiagnosticBag(source);
            new ScriptTestRunner(script, diagnostics).Run(test);
            results.Add(new ScriptTestResult(test.Title.Text, diagnostics.ToImmutable()));
        }

        return results.ToImmutable();
    }

    private void Run(TestSyntax test)
    {
        TestEventSyntax[] whens = [.. test.Events.Where(item => item.IsWhen)];
        if (whens.Length != 1)
        {
            _diagnostics.WrongArguments(
                test.Keyword, $"a test has exactly one when (R99), this one has {whens.Length}");
            return;
        }

        foreach (TestEventSyntax item in test.Events)
        {
            EventDeclaration? source = _script.EventNamed(item.Event.Text);
            if (source is null || (item.IsWhen && !source.IsRequest))
            {
                string what = item.IsWhen ? "request" : "event";
                _diagnostics.UnknownName(
                    item.Event.Span, item.Event.Text, what, _script.Bound.Events.Select(known => known.Schema.Name));
                return;
            }

            var rows = new RowBatch(source.Schema);
            if (_records.TryBind(item, rows) && item.IsWhen)
            {
                Expect(test, rows);
            }
        }
    }

    private void Expect(TestSyntax test, RowBatch rows)
    {
        var raw = new RowBatch(_program.RawSchema);
        var layout = FeatureLayout.Split(_program.Columns);
        _program.Evaluate(rows, layout, new FeatureBatch(), _program.CreateFrame(), raw);
        foreach (ExpectationSyntax expectation in test.Expectations)
        {
            Expect(expectation, raw);
        }
    }

    private void Expect(ExpectationSyntax expectation, RowBatch raw)
    {
        string name = expectation.Name.Text;
        int column = raw.Schema.IndexOf(name);
        if (column < 0)
        {
            _diagnostics.UnknownName(
                expectation.Name.Span, name, "feature", raw.Schema.Fields.Select(field => field.Name));
            return;
        }

        FieldType type = raw.Schema.Fields[column].Type;
        string found = raw.IsPresent(0, column) ? TestValueText.Of(raw, column) : "missing";
        if (expectation.Value is null)
        {
            Compare(expectation, found == "missing", found, "missing");
            return;
        }

        FieldType comparedAs = TestRecordBinder.ComparedAs(type, expectation.Value);
        var expected = new RowBatch(new RowSchema("expected", [new Field(name, comparedAs)]));
        expected.AddRow();
        if (_records.TrySet(expectation.Value, comparedAs, expected, 0, 0))
        {
            string text = TestValueText.Of(expected, 0);
            bool holds = comparedAs == type
                ? found == text
                : raw.IsPresent(0, column)
                    && AsFloat(raw.Get(0, column), type) == AsFloat(expected.Get(0, 0), comparedAs);
            Compare(expectation, holds, found, text);
        }
    }

    private static double AsFloat(long slot, FieldType type) => type.Kind switch
    {
        ValueKind.Int => slot,
        ValueKind.Decimal => DecimalConversion.ToDouble(slot, type.Scale),
        _ => BitConverter.Int64BitsToDouble(slot),
    };

    private void Compare(ExpectationSyntax expectation, bool holds, string found, string expected)
    {
        if (!holds)
        {
            _diagnostics.ExpectationFailed(expectation.Span, expectation.Name.Text, found, expected);
        }
    }
}
