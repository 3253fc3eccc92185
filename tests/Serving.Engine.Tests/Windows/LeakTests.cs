using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Serving.Data.Windows;
using Serving.Features;
using Serving.Features.Tests.Properties;
using Xunit;

namespace Serving.Engine.Tests.Windows;

/// <summary>
/// What becomes known behind a request changes no byte of its features (section 5, 6), and history that cannot show
/// when something became known is refused.
/// </summary>
public sealed class LeakTests
{
    private const ulong Cases = 80;

    [Fact]
    public async Task Features_FutureChanged_AreTheSameOffline() =>
        Assert.Null(await FirstLeakAsync(
            Executions.Offline, future => [.. future.Past, future.Request, .. future.Changed]));

    [Fact]
    public async Task Features_FutureAlreadyInTheStore_AreTheSameOnline() =>
        Assert.Null(await FirstLeakAsync(Executions.Memory(Mistake.None), AskedLast));

    // The test can fail: a reader that ignores when events became known is found by it.
    [Fact]
    public async Task Features_KnownIgnored_DifferOnline() =>
        Assert.NotNull(await FirstLeakAsync(Executions.Memory(SeededMistakes.All["known ignored"]), AskedLast));

    [Theory]
    [InlineData("")]
    [InlineData(", late 1h")]
    public void Compile_EventWithoutKnownOrLag_IsRefused(string late)
    {
        string script = $$"""
            features t 1;
            request r { id: string; at: time; k: string; } id id, time at;
            event e { id: int; at: time; known_at: time; k: string; } id id, time at{{late}};
            window w = e by k last 1d;
            feature n = count() over w;
            """;
        Assert.Null(FeatureScript.Compile(
            Encoding.UTF8.GetBytes(script), "t.feat", out ImmutableArray<Diagnostic> found));
        Diagnostic problem = Assert.Single(found);
        Assert.Equal("E061", problem.Code);
    }

    // The future is delivered before it is known, while the store's clock stands at the request.
    private static Arrival[] AskedLast(Future future) =>
    [
        .. future.Past,
        .. future.Changed.Select(item => item with { Moment = future.Request.Moment }),
        future.Request,
    ];

    private static async Task<string?> FirstLeakAsync(Execution execution, Func<Future, Arrival[]> arrange)
    {
        for (ulong seed = 1; seed <= Cases; seed++)
        {
            WindowCase drawn = CaseGenerator.Draw(seed) with { CutMs = null, BatchMost = 1 };
            Future? future = Future.Of(drawn);
            if (future is null)
            {
                continue;
            }

            WindowCase bare = drawn with { Arrivals = [.. future.Past, future.Request] };
            WindowCase whole = drawn with { Arrivals = arrange(future) };
            Assert.NotEqual(bare.Arrivals.Count, whole.Arrivals.Count);
            RequestAnswer expected = await AnswerAsync(bare, future.Request, execution);
            RequestAnswer found = await AnswerAsync(whole, future.Request, execution);
            if (!expected.Texts.SequenceEqual(found.Texts))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"seed {seed}: {string.Join('|', expected.Texts)} became {string.Join('|', found.Texts)}");
            }
        }

        return null;
    }

    // The label looks ahead by its nature and is left out.
    private static async Task<RequestAnswer> AnswerAsync(WindowCase drawn, Arrival request, Execution execution)
    {
        var compiled = new CompiledCase(drawn);
        int place = drawn.Arrivals.ToList().FindIndex(item => ReferenceEquals(item, request));
        RequestAnswer answer = (await execution(compiled))[place]!;
        return answer with { Texts = answer.Texts[..(compiled.Answers.Names.Length - 1)] };
    }

    /// <summary>A request, what came before it and was known by then, and another future than the drawn one.</summary>
    private sealed record Future(Arrival Request, Arrival[] Past, Arrival[] Changed)
    {
        public static Future? Of(WindowCase drawn)
        {
            var compiled = new CompiledCase(drawn);
            var choice = new Choice(drawn.Seed);
            Arrival[] arrivals =
                [.. compiled.Learned().Select(item => item with { Before = Disturbance.None })];
            Arrival[] requests = [.. arrivals.Where(compiled.IsRequest)];
            if (requests.Length == 0)
            {
                return null;
            }

            Arrival request = requests[(requests.Length / 2) + choice.Below((requests.Length + 1) / 2)];
            Arrival[] past = [.. arrivals.Where(item => item != request && IsPast(compiled, item, request))];
            Arrival[] behind = [.. arrivals.Where(item => item != request && !IsPast(compiled, item, request))];

            // Some of the future is gone, the values of the rest are others' of the same event; and of what happened a
            // part becomes known again, later, under the same keys and times.
            Arrival[] changed =
            [
                .. behind.Where(_ => !choice.OneIn(3)).Select(item => Mixed(compiled, item, behind, choice)),
                .. past.SelectMany(item => Baits(compiled, item, request.Moment, choice)),
            ];
            return new Future(request, past, [.. changed.OrderBy(item => item.Moment)]);
        }

        private static bool IsPast(CompiledCase compiled, Arrival item, Arrival request)
        {
            EventDeclaration declaration = compiled.Script.EventNamed(item.Event)!;
            return item.Moment <= request.Moment
                && (declaration.IsRequest
                    || declaration.KnownOf(compiled.Rows([item], declaration), 0) <= request.Moment);
        }

        private static Arrival Mixed(CompiledCase compiled, Arrival item, Arrival[] others, Choice choice)
        {
            EventDeclaration declaration = compiled.Script.EventNamed(item.Event)!;
            Arrival[] same = [.. others.Where(other => other.Event == item.Event)];
            object?[] values = [.. item.Values.Values];
            for (int field = 0; field < values.Length; field++)
            {
                if (field != declaration.TimeField && field != declaration.KnownField)
                {
                    values[field] = same[choice.Below(same.Length)].Values.Values[field];
                }
            }

            return item with { Values = new RowValues(values) };
        }

        // The same event again, known just behind the request: with its id, and with one that nobody has.
        private static IEnumerable<Arrival> Baits(CompiledCase compiled, Arrival item, long time, Choice choice)
        {
            EventDeclaration declaration = compiled.Script.EventNamed(item.Event)!;
            foreach (bool isNew in new[] { true, choice.OneIn(2) })
            {
                object?[] values = [.. item.Values.Values];
                long known = time + 1 + choice.Below(5000);
                if (declaration.KnownField >= 0)
                {
                    values[declaration.KnownField] = known;
                }
                else
                {
                    values[declaration.TimeField] = known - Math.Max(0, declaration.LagMs);
                }

                if (isNew)
                {
                    values[declaration.IdField] = values[declaration.IdField] is string
                        ? string.Create(CultureInfo.InvariantCulture, $"new {choice.Long()}")
                        : choice.Long();
                }

                yield return new Arrival(item.Event, new RowValues(values), known);
            }
        }
    }
}
