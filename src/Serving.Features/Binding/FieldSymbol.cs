using Serving.Features.Text;
using Serving.Features.Types;

namespace Serving.Features.Binding;

/// <summary>A field of the request.</summary>
internal sealed record FieldSymbol(int Index, ScriptType Type) : Symbol(DiagnosticBag.RequestField);
