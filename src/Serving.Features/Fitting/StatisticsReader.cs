using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Serving.Data;

namespace Serving.Features.Fitting;

/// <summary>
/// Reads a statistics file and checks all that it says about itself. Total: hostile bytes give problems, in memory
/// linear in their length.
/// </summary>
internal static class StatisticsReader
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>The document in the bytes.</summary>
    /// <exception cref="InputException">The bytes are no statistics; names every problem, at most 50.</exception>
    public static StatisticsDocument Read(ReadOnlyMemory<byte> json, string path)
    {
        var problems = new StatisticsProblems(path);
        problems.Check(Utf8.IsValid(json.Span), "", "bytes that are not UTF-8", "JSON in UTF-8");
        problems.ThrowIfAny();
        try
        {
            using var parsed = JsonDocument.Parse(json, Options);
            StatisticsDocument document = Read(new StatisticsNode(parsed.RootElement, "", problems), problems);
            problems.ThrowIfAny();
            return document;
        }
        catch (JsonException damage)
        {
            problems.Add("", damage.Message, "JSON");
        }
        catch (InvalidOperationException damage)
        {
            // The name of a member holds half of a surrogate pair.
            problems.Add("", damage.Message, "names of whole characters");
        }

        problems.ThrowIfAny();
        throw new InvalidOperationException("a problem was noted above");
    }

    private static StatisticsDocument Read(StatisticsNode root, StatisticsProblems problems)
    {
        string format = root.Text("format");
        root.Check(format == StatisticsDocument.FormatName, "format", format, StatisticsDocument.FormatName);
        long language = root.Integer("language");
        root.Check(
            language == StatisticsDocument.LanguageVersion,
            "language",
            $"{language}",
            $"{StatisticsDocument.LanguageVersion}");
        StatisticsNode script = root.Object("script");
        var document = new StatisticsDocument
        {
            Language = language,
            TzdbVersion = root.Text("tzdb"),
            UnicodeVersion = root.Text("unicode"),
            ScriptName = script.Text("name"),
            ScriptVersion = script.Integer("version"),
            ScriptText = script.Text("text"),
            ScriptSha256 = script.Text("sha256"),
        };
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(document.ScriptText)));
        string expected = $"{hash}, the hash of the text beside it";
        script.Check(document.ScriptSha256 == hash, "sha256", document.ScriptSha256, expected);
        script.Close();
        document = ReadFitting(document, root.Object("fitting"));
        ImmutableArray<StatisticsEntry> entries = [.. root.Objects("encoders").Select(StatisticsEntryReader.Read)];
        root.Close();
        CheckNames(entries, problems);
        return document with { Entries = StatisticsDocument.Sorted(entries) };
    }

    private static StatisticsDocument ReadFitting(StatisticsDocument document, StatisticsNode fitting)
    {
        document = document with
        {
            From = fitting.OptionalInteger("from"),
            Until = fitting.OptionalInteger("until"),
            Where = fitting.OptionalText("where"),
            Facts = new FittingFacts
            {
                Rows = fitting.Count("rows"),
                Repeated = fitting.Count("repeated"),
                Outside = fitting.Count("outside"),
                Excluded = fitting.Count("excluded"),
                Saturations = fitting.Count("saturations"),
                FirstTime = fitting.OptionalInteger("first_time"),
                LastTime = fitting.OptionalInteger("last_time"),
            },
        };
        FittingFacts facts = document.Facts;
        bool hasTimes = facts.FirstTime is not null && facts.LastTime is not null;
        bool hasTime = facts.FirstTime is not null || facts.LastTime is not null;
        fitting.Check(
            facts.Rows == 0 ? !hasTime : hasTimes && facts.FirstTime <= facts.LastTime,
            "first_time",
            $"{facts.FirstTime} and last_time {facts.LastTime}",
            "two ascending times, or two times null where no row was fitted");
        fitting.Close();
        return document;
    }

    private static void CheckNames(ImmutableArray<StatisticsEntry> entries, StatisticsProblems problems)
    {
        var names = new HashSet<(string Member, int Position)>();
        for (int index = 0; index < entries.Length; index++)
        {
            problems.Check(
                names.Add((entries[index].Member, entries[index].Position)),
                $"encoders[{index}]",
                $"'{entries[index].Member}', position {entries[index].Position} again",
                "each encoder once");
        }
    }
}
