namespace Serving.State.Windows;

/// <summary>Whether an event may enter the windows.</summary>
public enum EventVerdict : byte
{
    /// <summary>It enters.</summary>
    Accepted = 0,

    /// <summary>
    /// It became known more than the declared <c>late</c> behind its time (R54): dropped and counted.
    /// </summary>
    Late = 1,

    /// <summary>Its time lies more than 5 s ahead of its known time (R55): rejected and counted.</summary>
    Future = 2,
}
