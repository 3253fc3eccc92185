using System.Numerics;
using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Evaluation;

/// <summary>
/// An event that the oracle holds: a row with its times, its id and its place among the rows of its kind.
/// </summary>
internal sealed class OracleEvent
{
    // What expressions over the event's fields alone gave, by the expression: evaluating them for every request again
    // would take nearly all of the time.
    private readonly Dictionary<BoundExpression, Value?> _values = new(ReferenceEqualityComparer.Instance);

    public OracleEvent(EventDeclaration declaration, RowBatch rows, int row, long position)
    {
        Rows = rows;
        Row = row;
        Position = position;
        Time = rows.Get(row, declaration.TimeField);
        Id = ValueOf(declaration.IdField)!;

        // R53: without known or lag an event is known at its time.
        Known = declaration.KnownField >= 0
            ? rows.Get(row, declaration.KnownField)
            : Time + BigInteger.Max(0, declaration.LagMs);
    }

    public RowBatch Rows { get; }

    public int Row { get; }

    /// <summary>Place among all rows of its kind, in the order of the files.</summary>
    public long Position { get; }

    public BigInteger Time { get; }

    public BigInteger Known { get; }

    public Value Id { get; }

    /// <summary>The order of acceptance (R44, R51): by known time, then place.</summary>
    public static int ByKnown(OracleEvent left, OracleEvent right)
    {
        int order = left.Known.CompareTo(right.Known);
        return order != 0 ? order : left.Position.CompareTo(right.Position);
    }

    /// <summary>
    /// The order of first, last and keep (R33, R42): by time, then id; an id that was accepted twice by acceptance.
    /// </summary>
    public static int ByTime(OracleEvent left, OracleEvent right)
    {
        int order = left.Time.CompareTo(right.Time);
        order = order != 0 ? order : InterpretedComparison.Order(left.Id, right.Id);
        return order != 0 ? order : ByKnown(left, right);
    }

    /// <summary>Value of a field; null when missing.</summary>
    public Value? ValueOf(int field) => Rows.IsPresent(Row, field)
        ? ValueSlot.Read(ScriptType.Of(Rows.Schema.Fields[field].Type), Rows.Get(Row, field), Rows)
        : null;

    /// <summary>Value of an expression over the event's fields alone.</summary>
    public Value? Evaluate(BoundExpression expression)
    {
        if (!_values.TryGetValue(expression, out Value? value))
        {
            value = InterpretedRow.OfEvent(expression, Rows, Row, null, 0);
            _values.Add(expression, value);
        }

        return value;
    }

    /// <summary>Value of an expression over the event's fields and, as <c>now.x</c>, a request's.</summary>
    public Value? Evaluate(BoundExpression expression, RowBatch requests, int request) =>
        InterpretedRow.OfEvent(expression, Rows, Row, requests, request);
}
