namespace Serving.Engine.Tests.Windows;

/// <summary>What a run answered to one request.</summary>
/// <param name="Texts">Its values, by <see cref="AnswerTexts.Names"/>.</param>
/// <param name="IsStateMissing">Whether it was flagged as answered without the state.</param>
internal sealed record RequestAnswer(string?[] Texts, bool IsStateMissing);
