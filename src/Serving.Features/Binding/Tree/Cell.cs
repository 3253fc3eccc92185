using Serving.Features.Types;

namespace Serving.Features.Binding.Tree;

/// <summary>
/// A place for one computed value: a member of a let, a feature's raw value, or a feature's encoded value.
/// </summary>
/// <param name="Index">Its number among the cells of the script, from 0, in the order of evaluation.</param>
/// <param name="Name">Full name of the let or feature member.</param>
/// <param name="Type">The type of its value.</param>
internal sealed record Cell(int Index, string Name, ScriptType Type);
