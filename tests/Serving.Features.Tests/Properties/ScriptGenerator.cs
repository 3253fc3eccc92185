using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data;

namespace Serving.Features.Tests.Properties;

/// <summary>
/// Draws well-typed scripts without windows: lets and features over fields of every type, families, crosses, encoders.
/// </summary>
internal sealed class ScriptGenerator
{
    private const int RowsMax = 24;

    private static readonly string[] Fields =
    [
        "id: string", "at: time", "n: int", "m: int?", "f: float", "g: float?", "c: decimal(2)", "d: decimal(2)?",
        "e: decimal(9)?",
        "k: decimal(0)?", "s: string", "t: string?", "b: bool", "p: bool?", "u: time?", "lab: bool?",
        "tags: list(string, 4)",
        "nums: list(int, 3)?", "reals: list(float, 3)?", "sums: list(decimal(2), 2)", "days: list(time, 2)?",
            "flags: list(bool, 2)",
    ];

    private readonly Choice _choice;
    private readonly ExpressionGenerator _expressions;
    private readonly EncoderGenerator _encoders;
    private readonly ScriptScope _scope = new();
    private readonly List<string> _declarations = [];

    private ScriptGenerator(ulong seed)
    {
        _choice = new Choice(seed);
        _expressions = new ExpressionGenerator(_choice, _scope);
        _encoders = new EncoderGenerator(_choice);
    }

    public static ScriptCase Draw(ulong seed)
    {
        var generator = new ScriptGenerator(seed);
        string head = generator.Head();
        int count = 3 + generator._choice.Below(10);
        for (int index = 0; index < count; index++)
        {
            generator.Declare(index);
        }

        RowSchema schema = SchemaOf(head);
        var rows = new Choice(seed ^ 0x9E37_79B9_7F4A_7C15);
        int rowCount = 1 + rows.Below(RowsMax);
        return new ScriptCase(
            seed,
            head,
            generator._declarations,
            [.. Enumerable.Range(0, rowCount).Select(_ => RowGenerator.Draw(schema, rows))]);
    }

    private static RowSchema SchemaOf(string head)
    {
        FeatureScript? script =
            FeatureScript.Compile(Encoding.UTF8.GetBytes(head), "head", out ImmutableArray<Diagnostic> found);
        return script?.Request ?? throw new InvalidOperationException(string.Join('\n', found));
    }

    private string Head()
    {
        string zone = _choice.OneIn(4) ? "" : $" zone \"{_choice.Of<string>(ValuePool.Zones)}\"";
        return $$"""
            features drawn 1{{zone}};
            request r { {{string.Join("; ", Fields)}}; } id id, time at;
            label y = lab ?? false;

            """;
    }

    private void Declare(int index)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"x{index}");
        switch (_choice.Below(12))
        {
            case 0 or 1 or 2:
                DeclareLet(name);
                break;
            case 3:
                DeclareCross(name);
                break;
            case 4:
                DeclareList(name);
                break;
            case 5:
                DeclareCircular(name);
                break;
            default:
                DeclareScalar(name);
                break;
        }
    }

    private void DeclareLet(string name)
    {
        GeneratedExpression value = _expressions.Any(3);
        _declarations.Add($"let {name} = {value.Text};");
        _scope.Add(value with { Text = name, IsLiteral = false });
    }

    private void DeclareScalar(string name)
    {
        GeneratedExpression value = _expressions.Any(4);
        EncoderChain chain = _encoders.Draw(value.Type, value.Optional);
        _declarations.Add($"feature {name} = {value.Text}{chain.Text};");
        _scope.AddFeature(name, value, chain);
    }

    private void DeclareList(string name)
    {
        string field = _choice.Of("tags", "nums", "reals", "sums", "days", "flags");
        string encoder = _choice.OneIn(2) ? _encoders.Hash() : _encoders.Vocabulary();
        _declarations.Add($"feature {name} = {field}{encoder};");
        _scope.ListIds.Add(name);
    }

    private void DeclareCross(string name)
    {
        var members = new List<string>();
        int count = 2 + _choice.Below(2);
        int list = _choice.OneIn(3) ? _choice.Below(count) : -1;
        for (int index = 0; index < count; index++)
        {
            members.Add(index == list ? ListMember() : ScalarMember());
        }

        _declarations.Add($"feature {name} = cross({string.Join(", ", members)}){_encoders.Hash()};");
        if (list < 0)
        {
            _scope.Ids.Add(name);
        }
        else
        {
            _scope.ListIds.Add(name);
        }
    }

    private string ListMember() => _scope.ListIds.Count > 0 && _choice.OneIn(3)
        ? _choice.Of<string>([.. _scope.ListIds])
        : _choice.Of("tags", "nums", "days", "flags");

    private string ScalarMember() => _scope.Ids.Count > 0 && _choice.OneIn(3)
        ? _choice.Of<string>([.. _scope.Ids])
        : _expressions.Of(_choice.Of(ValueType.Int, ValueType.Bool, ValueType.String, ValueType.Time), 2).Text;

    // A family of two members (R63), and now and then a second one that combines it element by element (R29).
    private void DeclareCircular(string name)
    {
        GeneratedExpression x = _expressions.Of(_expressions.NumberType(), 2);
        string period = _choice.OneIn(2) ? _choice.Of("24", "7.0", "-0.5", "0")
            : _expressions.Of(ValueType.Float, 2).Text;
        EncoderChain chain = _choice.OneIn(2) ? EncoderChain.None : _encoders.Draw(ValueType.Float, optional: true);
        _declarations.Add($"feature {name} = circular({x.Text}, {period}){chain.Text};");
        var member = new GeneratedExpression("", ValueType.Float, Optional: true);
        _scope.AddFeature(name + "_sin", member, chain);
        _scope.AddFeature(name + "_cos", member, chain);
        if (chain.IsContinuous && _choice.OneIn(2))
        {
            GeneratedExpression factor = _expressions.Of(_expressions.NumberType(), 1);
            _declarations.Add($"feature {name}f = {name} * {factor.Text};");
            _scope.AddFeature(name + "f_sin", member, EncoderChain.None);
            _scope.AddFeature(name + "f_cos", member, EncoderChain.None);
        }
    }
}
