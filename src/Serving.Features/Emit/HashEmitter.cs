using System.Reflection.Emit;
using Serving.Features.Binding.Tree;
using Serving.Features.Types;

namespace Serving.Features.Emit;

/// <summary>Emits digests of values, crosses, and the hash encoder (section 3.6, R69 - R74).</summary>
internal sealed class HashEmitter(EmitContext context, ExpressionEmitter expressions)
{
    private IlWriter Writer => context.Writer;

    /// <summary>
    /// A cross: the members' unseeded digests go to a buffer, which is hashed under the feature's seed.
    /// </summary>
    public LocalBuilder EmitCross(BoundCross node, Label missing)
    {
        int listPlace = -1;
        LocalBuilder? list = null;
        for (int place = 0; place < node.Members.Length; place++)
        {
            BoundExpression member = node.Members[place];
            LocalBuilder value = expressions.Emit(member, missing);
            if (member.Type.IsList)
            {
                (listPlace, list) = (place, value);
                continue;
            }

            EmitDigest(value, member.Type, 0);
            Writer.LoadInt(place);
            Writer.LoadFrame();
            context.Call("PutMember");
            Writer.Return(value);
        }

        if (list is not null)
        {
            Writer.Load(list);
            Writer.LoadInt((int)node.Members[listPlace].Type.Element);
            Writer.LoadInt(listPlace);
            Writer.Return(list);
        }

        Writer.LoadInt(node.Members.Length);
        Writer.LoadLong((long)node.Seed);
        Writer.LoadFrame();
        context.Call(list is null ? "CrossMembers" : "CrossList");
        LocalBuilder result = context.Rent(node.Type);
        Writer.Store(result);
        return result;
    }

    /// <summary>The id of a value, or the ids of a list's elements, under the encoder's seed.</summary>
    public LocalBuilder EmitHash(BoundEncoder encoder, LocalBuilder value)
    {
        ScriptType input = encoder.Input;
        long buckets = encoder.Sizes[0];
        if (input.IsList)
        {
            Writer.Load(value);
            Writer.LoadInt((int)input.Element);
            Writer.LoadInt(input.Scale);
            Writer.LoadLong((long)encoder.Seed);
            Writer.LoadLong(buckets);
            Writer.LoadFrame();
            context.Call("HashList");
        }
        else
        {
            EmitDigest(value, input, encoder.Seed);
            Writer.LoadLong(buckets);
            context.Call("BucketOf");
        }

        LocalBuilder result = context.Rent(encoder.Output);
        Writer.Store(result);
        return result;
    }

    // Leaves the digest of a value on the stack.
    private void EmitDigest(LocalBuilder value, ScriptType type, ulong seed)
    {
        context.LoadAsSlot(value, type);
        if (type.Kind == TypeKind.Digest)
        {
            return;
        }

        if (type.Kind == TypeKind.Decimal)
        {
            Writer.LoadInt(type.Scale);
        }

        Writer.LoadLong((long)seed);
        if (type.Kind == TypeKind.String)
        {
            Writer.LoadFrame();
        }

        context.Call("Digest" + (type.Kind == TypeKind.String ? "Text" : type.Kind.ToString()));
    }
}
