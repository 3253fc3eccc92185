using System.Collections.Immutable;

namespace Serving.Models;

/// <summary>Where a model comes from. Immutable.</summary>
/// <param name="Format">Format of its file.</param>
/// <param name="Tool">The tool that wrote it.</param>
/// <param name="ToolVersion">Version as the file states it.</param>
/// <param name="Objective">Objective as the file spells it.</param>
/// <param name="NotCarriedOver">What the file holds and scoring does not use.</param>
internal sealed record ModelIdentity(
    ModelFormat Format, string Tool, string ToolVersion, string Objective, ImmutableArray<string> NotCarriedOver);
