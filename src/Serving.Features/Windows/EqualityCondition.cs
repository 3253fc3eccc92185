using Serving.Data;
using Serving.Data.Windows;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Windows;

/// <summary>
/// A condition that compares a column with a field of the request, as most do (<c>country == now.country</c>): without
/// compiled code, whose frame would be filled for each record. Immutable and safe for use by several threads.
/// </summary>
internal sealed class EqualityCondition : IRecordCondition
{
    private readonly int _column;
    private readonly int _field;
    private readonly bool _isText;
    private readonly bool _isEqual;
    private readonly bool _whenMissing;

    private EqualityCondition(int column, int field, bool isText, bool isEqual, bool whenMissing)
    {
        _column = column;
        _field = field;
        _isText = isText;
        _isEqual = isEqual;
        _whenMissing = whenMissing;
    }

    /// <summary>The condition of an expression; null where it is of another form.</summary>
    public static EqualityCondition? Of(BoundExpression condition)
    {
        bool whenMissing = false;
        if (condition is BoundCoalesce { Right: BoundLiteral { Type.Kind: TypeKind.Bool } literal } coalesce)
        {
            whenMissing = literal.Slot != 0;
            condition = coalesce.Left;
        }

        if (condition is not BoundComparison { Operator: ComparisonOperator.Equal or ComparisonOperator.NotEqual }
            comparison)
        {
            return null;
        }

        (BoundExpression column, BoundExpression now) = comparison.Left is BoundNowField
            ? (comparison.Right, comparison.Left)
            : (comparison.Left, comparison.Right);
        return column is BoundField record && now is BoundNowField request && IsExact(record.Type.Kind)
            && record.Type.Kind == request.Type.Kind && record.Type.Scale == request.Type.Scale
            ? new EqualityCondition(
                record.Field,
                request.Field,
                record.Type.Kind == TypeKind.String,
                comparison.Operator == ComparisonOperator.Equal,
                whenMissing)
            : null;
    }

    public void Evaluate(RowBatch records, RowBatch requests, int request, Span<bool> holds)
    {
        if (!requests.IsPresent(request, _field))
        {
            holds[..records.RowCount].Fill(_whenMissing);
            return;
        }

        long own = requests.Get(request, _field);
        ReadOnlySpan<byte> text = _isText ? requests.TextOf(own) : default;
        for (int record = 0; record < records.RowCount; record++)
        {
            if (!records.IsPresent(record, _column))
            {
                holds[record] = _whenMissing;
                continue;
            }

            long value = records.Get(record, _column);
            bool areEqual = _isText ? records.TextOf(value).SequenceEqual(text) : value == own;
            holds[record] = areEqual == _isEqual;
        }
    }

    // Floats are left to compiled code: zeros of both signs are equal.
    private static bool IsExact(TypeKind kind) =>
        kind is TypeKind.String or TypeKind.Int or TypeKind.Bool or TypeKind.Time or TypeKind.Decimal;
}
