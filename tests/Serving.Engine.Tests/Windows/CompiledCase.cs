using System.Collections.Immutable;
using System.Text;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features;
using Serving.Features.Evaluation;
using Serving.Features.Tests.Properties;

namespace Serving.Engine.Tests.Windows;

/// <summary>A case with its compiled script and the answers that the reference gives to its requests.</summary>
internal sealed class CompiledCase
{
    public CompiledCase(WindowCase drawn)
    {
        Drawn = drawn;
        Script = Compile(drawn.Script);
        Program = FeatureProgram.Create(Script, null);
        Answers = new AnswerTexts(Program);
    }

    public WindowCase Drawn { get; }

    public FeatureScript Script { get; }

    /// <summary>The compiled program.</summary>
    public FeatureProgram Program { get; }

    /// <summary>How answers are written.</summary>
    public AnswerTexts Answers { get; }

    public static FeatureScript Compile(string text) =>
        FeatureScript.Compile(Encoding.UTF8.GetBytes(text), "drawn.feat", out ImmutableArray<Diagnostic> found)
            ?? throw new InvalidOperationException($"{string.Join('\n', found)}\n{text}");

    public static bool IsScript(string text) =>
        FeatureScript.Compile(Encoding.UTF8.GetBytes(text), "drawn.feat", out ImmutableArray<Diagnostic> _) is not null;

    public bool IsRequest(Arrival arrival) => arrival.Event == Script.Request.Name;

    /// <summary>Rows of arrivals of one event.</summary>
    public RowBatch Rows(IEnumerable<Arrival> arrivals, EventDeclaration declaration)
    {
        var rows = new RowBatch(declaration.Schema);
        foreach (Arrival arrival in arrivals)
        {
            arrival.Values.AddTo(rows);
        }

        return rows;
    }

    /// <summary>For each arrival that is a request the answer of the oracle and the interpreter; null for others.
    /// </summary>
    public string?[]?[] Expected()
    {
        var oracle = new WindowOracle(Script);
        foreach (EventDeclaration declaration in Script.Events)
        {
            // Rows that score only are no events.
            oracle.Add(
                declaration.Schema.Name,
                Rows(Learned().Where(item => item.Event == declaration.Schema.Name), declaration));
        }

        FeatureProgram interpreter = FeatureProgram.CreateInterpreter(Script, null);
        EvaluationMemory memory = EvaluationMemory.Of(interpreter);
        var values = new WindowValues(Script.Windows);
        return
        [
            .. Drawn.Arrivals.Select(arrival =>
            {
                if (!IsRequest(arrival))
                {
                    return null;
                }

                RowBatch request = Rows([arrival], Script.Events.First(item => item.IsRequest));
                values.Clear();
                oracle.Read(request, 0, values);
                memory.Raw.Clear();
                memory.Evaluate(interpreter, request, values, Answers.Layout);
                string? label = oracle.Label(request, 0) is { } known ? (known ? "true" : "false") : null;
                return (string?[])[.. Answers.Of(memory, 0), label];
            }),
        ];
    }

    /// <summary>
    /// The arrivals that enter windows. Delayed ones only score, so that these stand in the order of their moments.
    /// </summary>
    public IEnumerable<Arrival> Learned() => Drawn.Arrivals.Where(item => !item.ScoresOnly);
}
