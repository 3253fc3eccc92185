using Serving.Data;
using Serving.Data.Windows;

namespace Serving.State.Windows;

/// <summary>
/// The rejections that do not depend on other events, decided here for every path (R54, R55). Pure; safe for use by
/// several threads.
/// </summary>
public static class EventAdmission
{
    /// <summary>Judges a row of an event by its time and its known time.</summary>
    public static EventVerdict Check(EventDeclaration declaration, RowBatch rows, int row)
    {
        long time = rows.Get(row, declaration.TimeField);
        long known = declaration.KnownOf(rows, row);
        if (known > time)
        {
            // The distance of two longs fits 64 bits without a sign.
            ulong late = unchecked((ulong)known - (ulong)time);
            return declaration.LateMs >= 0 && late > (ulong)declaration.LateMs
                ? EventVerdict.Late
                : EventVerdict.Accepted;
        }

        return unchecked((ulong)time - (ulong)known) > EventDeclaration.FutureToleranceMs
            ? EventVerdict.Future
            : EventVerdict.Accepted;
    }
}
