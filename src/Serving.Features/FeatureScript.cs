using System.Collections.Immutable;
using System.Security.Cryptography;
using Serving.Data;
using Serving.Data.Time;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Binding;
using Serving.Features.Syntax;
using Serving.Features.Testing;
using Serving.Features.Text;
using Serving.Features.Windows;

namespace Serving.Features;

/// <summary>
/// A feature script that compiles: names and types are bound, nothing is fitted yet. Immutable and safe for use by
/// several threads.
/// </summary>
public sealed class FeatureScript
{
    private readonly ScriptWindows _windows;
    private readonly ImmutableArray<ConditionCompiler> _conditions;

    private FeatureScript(BoundScript bound, ReadOnlyMemory<byte> utf8)
    {
        Bound = bound;
        Utf8 = utf8;
        _windows = ScriptWindows.Of(bound);
        _conditions = [.. _windows.Logs.Select(log => new ConditionCompiler(this, log))];
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(utf8.Span));
        NeedsStatistics = bound.Features.SelectMany(feature => feature.Members)
            .SelectMany(member => member.Encoders).Any(encoder => encoder.NeedsStatistics);
    }

    /// <summary>The name after <c>features</c>.</summary>
    public string Name => Bound.Name;

    /// <summary>The number after the name.</summary>
    public long Version => Bound.Version;

    /// <summary>The script's bytes.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>SHA-256 of the script's bytes (R108), 64 lower-case hex digits.</summary>
    public string Sha256 { get; }

    /// <summary>The zone of the script's head; UTC without one.</summary>
    public ZoneTable Zone => Bound.Zone;

    /// <summary>The fields of the request event, in the script's order.</summary>
    public RowSchema Request => Bound.Request;

    /// <summary>Place of the request's id field (string or int, never optional).</summary>
    public int IdField => Bound.IdField;

    /// <summary>Place of the request's time field.</summary>
    public int TimeField => Bound.TimeField;

    /// <summary>
    /// Places of the request fields that an expression label reads (R57), ascending: masked at serving.
    /// </summary>
    public ImmutableArray<int> LabelFields => Bound.LabelFields;

    /// <summary>Whether an encoder needs fitted statistics, so that a program cannot be made without them.</summary>
    public bool NeedsStatistics { get; }

    /// <summary>
    /// Whether values before encoders depend on statistics: a feature names another one whose encoder is fitted.
    /// </summary>
    public bool RawNeedsStatistics => Fitting.FittedUse.RawNeedsStatistics(Bound);

    /// <summary>The names of the script's events, the request's among them.</summary>
    public ImmutableArray<string> EventNames => [.. Bound.Events.Select(source => source.Schema.Name)];

    /// <summary>The script's events in its order, the request among them.</summary>
    public ImmutableArray<EventDeclaration> Events => Bound.Events;

    /// <summary>What its windows ask of the state; empty where no feature reads a window.</summary>
    public WindowPlan Windows => _windows.Plan;

    /// <summary>The label where it is one over events; null otherwise.</summary>
    public EventLabel? AnyLabel => _windows.Label;

    internal BoundScript Bound { get; }

    /// <summary>The event of a name; null where the script declares none.</summary>
    public EventDeclaration? EventNamed(string name) =>
        Bound.Events.FirstOrDefault(source => source.Schema.Name == name);

    /// <summary>
    /// Whether windows are keyed by a field of one of the script's events and nothing else reads it.
    /// </summary>
    public bool IsKeyAlone(EventDeclaration declaration, int field) =>
        KeyFields.IsKeyAlone(Bound, declaration, field);

    /// <summary>Makes the program that computes what the records of a log hold.</summary>
    /// <param name="log">A log of <see cref="Windows"/> or that of <see cref="AnyLabel"/>.</param>
    public LogProgram CreateLogProgram(KeyedLog log) => new(this, _windows.Logs[PlaceOf(log)]);

    /// <summary>
    /// Makes the conditions of a log, one for each of its <see cref="KeyedLog.ConditionCount"/>, for one thread. They
    /// take records that begin with the log's columns.
    /// </summary>
    /// <param name="log">A log of <see cref="Windows"/> or that of <see cref="AnyLabel"/>.</param>
    public ImmutableArray<IRecordCondition> CreateConditions(KeyedLog log) => _conditions[PlaceOf(log)].Create();

    /// <summary>
    /// Compiles the text of a script. Returns null when it has errors; diagnostics (errors, warnings) are collected in
    /// both cases. Total: hostile text gives diagnostics, never an exception.
    /// </summary>
    /// <param name="utf8">The script's bytes.</param>
    /// <param name="path">Name used in diagnostics.</param>
    /// <param name="diagnostics">What was found, in the order of the text, at most 50.</param>
    public static FeatureScript? Compile(
        ReadOnlyMemory<byte> utf8, string path, out ImmutableArray<Diagnostic> diagnostics)
    {
        SourceText source = ScriptReader.Read(utf8, path, out DiagnosticBag bag);
        ScriptSyntax? syntax = bag.HasErrors ? null : Parser.Parse(source, bag);
        BoundScript? bound = syntax is null ? null : ScriptBinder.Bind(syntax, source, bag);
        if (bound is not null)
        {
            new TestChecker(bound, bag).Check();
        }

        diagnostics = bag.ToImmutable();
        return bound is null || bag.HasErrors ? null : new FeatureScript(bound, utf8);
    }

    private int PlaceOf(KeyedLog log)
    {
        for (int place = 0; place < _windows.Logs.Length; place++)
        {
            if (ReferenceEquals(_windows.Logs[place].Log, log))
            {
                return place;
            }
        }

        throw new ArgumentException("the log is one of another script", nameof(log));
    }
}
