using Serving.Models.Import.Onnx.Wire;
using AttributeType = Serving.Models.Import.Onnx.Wire.AttributeProto.Types.AttributeType;

namespace Serving.Models.Import.Onnx;

/// <summary>
/// Checks a node by itself: its operator is known in the version asked for, its attributes are sound.
/// </summary>
internal sealed class OnnxNodeReader(OnnxContext context)
{
    /// <summary>Checks a node.</summary>
    /// <param name="place">Where it stands.</param>
    /// <param name="node">The node.</param>
    /// <param name="versions">Versions of the domains that graph or function import.</param>
    /// <param name="isFunction">Whether it stands in a function, whose attributes may be references.</param>
    public void Check(string place, NodeProto node, Dictionary<string, long> versions, bool isFunction)
    {
        if (context.FunctionOf(node) is null)
        {
            CheckOperator(place, node, versions);
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (AttributeProto attribute in node.Attribute)
        {
            if (attribute.Name.Length == 0 || !names.Add(attribute.Name))
            {
                context.Problems.Add(place, $"attribute '{attribute.Name}' again", "each attribute once, by its name");
            }

            if (attribute.RefAttrName.Length > 0 && !isFunction)
            {
                context.Problems.Add(
                    place, $"attribute '{attribute.Name}' by reference",
                        "its value; references stand in functions only");
            }
            else if (attribute.RefAttrName.Length == 0)
            {
                CheckAttribute(place, attribute);
            }
        }

        OnnxTrees.Check(place, node, context.Problems);
    }

    private void CheckOperator(string place, NodeProto node, Dictionary<string, long> versions)
    {
        string domain = OnnxOperators.DomainOf(node.Domain);
        string name = OnnxOperators.NameOf(domain, node.OpType);
        long version = versions.GetValueOrDefault(domain, OnnxOperators.VersionMax(domain));
        (int first, int last) = OnnxOperators.VersionsOf(name);
        if (version == 0)
        {
            context.Problems.Add(
                place, $"an operator of domain '{domain}'", $"one of {string.Join(", ", OnnxOperators.Domains)}");
        }
        else if (first == 0 || version < first || version > last)
        {
            context.Problems.Add(
                place,
                $"operator {name} in version {version} of {domain}",
                first == 0 ? "an operator that the public registries list"
                    : last < OnnxOperators.VersionMax(domain) ? $"version {first} to {last}"
                        : $"version {first} or later");
        }
        else if (OnnxOperators.IsUnsafe(name) && !context.Options.AllowedOperators.Contains(name))
        {
            context.Problems.Add(
                place,
                $"operator {name}, which reads files by a path of its own",
                "an operator that reaches nothing outside the model",
                "it runs only where the bundle's manifest and the server's configuration both allow it");
        }
        else
        {
            context.Operators[name] = context.Operators.GetValueOrDefault(name) + 1;
            context.IsRandom |= OnnxOperators.IsRandom(name);
            context.IsReduced |= OnnxOperators.IsQuantised(name);
        }
    }

    private void CheckAttribute(string place, AttributeProto attribute)
    {
        bool isThere = attribute.Type switch
        {
            AttributeType.Tensor => attribute.T is not null,
            AttributeType.Graph => attribute.G is not null,
            AttributeType.SparseTensor => attribute.SparseTensor is not null,
            AttributeType.TypeProto => attribute.Tp is not null,
            _ => true,
        };
        if (!isThere || (int)attribute.Type is < 0 or > (int)AttributeType.TypeProtos)
        {
            context.Problems.Add(
                place, $"attribute '{attribute.Name}' of type {(int)attribute.Type} without a value", "a value");
        }

        string inside = attribute.T is null && attribute.Tensors.Count == 0 && attribute.SparseTensor is null
            && attribute.SparseTensors.Count == 0
            ? ""
            : $"{place}, attribute '{attribute.Name}'";
        if (attribute.T is not null)
        {
            context.Tensors.Check(inside, attribute.T);
        }

        foreach (TensorProto tensor in attribute.Tensors)
        {
            context.Tensors.Check(inside, tensor);
        }

        if (attribute.SparseTensor is not null)
        {
            context.Tensors.Check(inside, attribute.SparseTensor, context.Options.CallMemoryBytes);
        }

        foreach (SparseTensorProto sparse in attribute.SparseTensors)
        {
            context.Tensors.Check(inside, sparse, context.Options.CallMemoryBytes);
        }
    }
}
