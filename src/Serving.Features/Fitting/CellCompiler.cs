using System.Collections.Immutable;
using Serving.Features.Binding.Tree;

namespace Serving.Features.Fitting;

/// <summary>
/// Makes the program of chosen expressions. Encoders whose statistics are not known yet are never needed for them:
/// <see cref="CellUse"/> says which cells are.
/// </summary>
/// <param name="script">The script.</param>
/// <param name="known">Statistics fitted so far.</param>
/// <param name="wanted">What to evaluate for every row.</param>
internal delegate CellProgram CellCompiler(
    FeatureScript script, FittedStatistics known, ImmutableArray<BoundExpression> wanted);
