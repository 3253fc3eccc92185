using Serving.Data;
using Xunit;

namespace Serving.Engine.Tests.Tensors.Mapping;

/// <summary>Mappings that do not fit: each is refused naming both sides.</summary>
public sealed class MappingResolverTests : IDisposable
{
    private const string Toy = "signature serving_default\ninput x f32 ?,2\ninput k i8 ? default\n"
        + "output y f32 ?,2 = copy x\noutput n i64 ? = copy k\n"
        + "signature maps\ninput x f32 ?,2\noutput y f32 ? = maps x\n"
        + "signature two\ninput x f32 ?,2\noutput y f32 ?,2 = copy x\noutput z f32 ?,2 = copy x\n"
        + "signature texts\ninput x string ?\noutput y string ? = copy x\n";

    private readonly MappedWorld _world = new();

    public void Dispose() => _world.Dispose();

    [Theory]
    [InlineData("[]", "the mapping: found Array, expected an object of signature, inputs, score, link, rows_per_call")]
    [InlineData("{", "the mapping: found ")]
    [InlineData("""{"inputs":{"x":"a","x":"b"}}""", "without repeated members")]
    [InlineData("""{"input":{}}""", "found a member 'input', expected signature, inputs, score, link, rows_per_call")]
    [InlineData("""{"inputs":[]}""", "inputs: found Array")]
    [InlineData("""{"signature":"no"}""", "found no signature 'no', expected one of serving_default, maps, two, texts")]
    [InlineData("""{"inputs":{"q":"mcc_b"}}""", "inputs, 'q': found no input of that name, expected x: f32[?,2]")]
    [InlineData("""{"inputs":{"k":"mcc_b"}}""", "inputs, 'x': found nothing, expected columns for f32[?,2]")]
    [InlineData("""{"inputs":{"x":["amount_x","nope"]}}""", "no column 'nope', expected one of amount_x, mcc_b")]
    [InlineData("""{"inputs":{"x":["amount_x"]}}""", "found one number of each row, expected f32[?,2]")]
    [InlineData("""{"inputs":{"x":"amount_x"}}""", "found one number of each row, expected f32[?,2]")]
    [InlineData("""{"inputs":{"x":["amount_x","code_b"]}}""", "column 'code_b' of several ids")]
    [InlineData("""{"inputs":{"x":{"ids":"code_b"}}}""", "found 4 numbers of each row, expected f32[?,2]")]
    [InlineData("""{"inputs":{"x":{"ids":"code_b","length":0}}}""", "length: found 0, expected a whole number from 1")]
    [InlineData("""{"inputs":{"x":{"ids":"amount_x","length":2}}}""", "the continuous column 'amount_x' as ids")]
    [InlineData("""{"inputs":{"x":{"ids":"code_b","len":2}}}""", "found a member 'len', expected ids, length, pad")]
    [InlineData("""{"inputs":{"x":["mcc_b?","mcc_b"]}}""", "the missing bit of 'mcc_b', a column of ids")]
    [InlineData("""{"inputs":{"x":["amount_x","mcc_b"],"k":"amount_x"}}""", "since i8 would narrow it")]
    [InlineData(
        """{"inputs":{"x":["amount_x","mcc_b"]},"score":{"output":"q"}}""",
        "no such output, expected y: f32[?,2], n")]
    [InlineData(
        """{"inputs":{"x":["amount_x","mcc_b"]},"score":{"index":2}}""",
        "index 2 of f32[?,2], expected 0 to 1")]
    [InlineData("""{"inputs":{"x":["amount_x","mcc_b"]},"score":{"key":"1"}}""", "a key for f32[?,2]")]
    [InlineData("""{"inputs":{"x":["amount_x","mcc_b"]},"score":{"index":-1}}""", "index: found -1")]
    [InlineData("""{"inputs":{"x":["amount_x","mcc_b"]},"link":"tanh"}""", "'tanh', expected logit, identity")]
    [InlineData("""{"signature":"maps","inputs":{"x":["amount_x","mcc_b"]}}""", "expected the key of the value")]
    [InlineData("""{"signature":"maps","inputs":{"x":["amount_x","mcc_b"]},"score":{"key":"a"}}""", "a whole number")]
    [InlineData("""{"signature":"two","inputs":{"x":["amount_x","mcc_b"]}}""", "more than one that may be it")]
    [InlineData("""{"signature":"texts","inputs":{"x":"mcc_b"}}""", "columns, which are numbers")]
    [InlineData(
        "{}", "found x: f32[?,2], k: i8[?], expected names of feature columns: amount_x, mcc_b, is_vip, code_b (4)")]
    public void Resolve_WhatDoesNotFit_IsNamed(string mapping, string told)
    {
        InputException refused = Assert.Throws<InputException>(() => _world.Draft(Toy, mapping));

        Assert.Contains(told, refused.Message, StringComparison.Ordinal);
        Assert.StartsWith("mapping.json", Path.GetFileName(refused.Message.Split(',')[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_IdsBeyondTheType_AreRefused()
    {
        string script = MappedWorld.Script + "\nfeature big_h = mcc -> hash(300);\n";
        InputException refused = Assert.Throws<InputException>(() => _world.Draft(
            Toy, """{"inputs":{"x":["amount_x","mcc_b"],"k":"big_h"}}""", script));

        Assert.Contains(
            "ids up to 301 of column 'big_h', expected at most 127, which i8 holds exactly", refused.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Resolve_Example_FillsItsFeatures()
    {
        const string Parser = "signature serving_default\ninput x string ? example A:f32,B:i64\n"
            + "input z f32 ? default\noutput y f32 ? = copy z\n";
        InputException refused = Assert.Throws<InputException>(() => _world.Draft(
            Parser, """{"inputs":{"x":{"A":"amount_x","B":"amount_x","C":"mcc_b"}}}"""));

        Assert.Contains(
            "feature 'B': found the continuous column 'amount_x'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("feature 'C': found no feature of that name, expected A, B", refused.Message,
            StringComparison.Ordinal);
    }
}
