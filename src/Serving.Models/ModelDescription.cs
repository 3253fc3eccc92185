using System.Collections.Immutable;

namespace Serving.Models;

/// <summary>What <c>model show</c> prints of a model. Immutable.</summary>
/// <param name="Format">Format of the file, as <c>--format</c> spells it.</param>
/// <param name="Tool">The tool that wrote it.</param>
/// <param name="ToolVersion">Version of the tool or of its format, as the file states it; empty where it does
/// not.</param>
/// <param name="Objective">Objective as the file spells it; <c>none</c> where it names none.</param>
/// <param name="Trees">Number of trees; 0 for a linear model.</param>
/// <param name="Depth">Splits on the longest path of any tree.</param>
/// <param name="Features">Inputs in their order.</param>
/// <param name="Outputs">Raw scores of a row.</param>
/// <param name="Link">Name of the link.</param>
/// <param name="RunsBy"><c>kernel</c>: all models of this assembly run on kernels of our own.</param>
/// <param name="Why">Why, and what a named engine cannot do.</param>
/// <param name="Engines">Engine by batch size.</param>
/// <param name="MemoryBytes">Memory of the canonical model, in bytes; a scorer adds its own.</param>
/// <param name="NotCarriedOver">What the file holds and scoring does not use, one sentence each.</param>
public sealed record ModelDescription(
    string Format,
    string Tool,
    string ToolVersion,
    string Objective,
    int Trees,
    int Depth,
    ImmutableArray<ModelFeature> Features,
    int Outputs,
    string Link,
    string RunsBy,
    string Why,
    ImmutableArray<KeyValuePair<int, string>> Engines,
    long MemoryBytes,
    ImmutableArray<string> NotCarriedOver);
