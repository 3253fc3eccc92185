using CsCheck;
using Google.Protobuf;
using Serving.Data;
using Serving.Protocol.V1;
using Serving.Server.Grpc.Wire;
using Serving.Server.Rows;
using Field = Serving.Data.Field;

namespace Serving.Server.Tests.Grpc.Wire;

public sealed class RowDecoderTests
{
    private readonly RequestProblems _problems = new();
    private readonly RowBatch _batch = new(TestSchemas.Rows);
    private readonly RowDecoder _decoder;

    public RowDecoderTests() => _decoder = new RowDecoder(_problems);

    public static TheoryData<string, string, string> GoodValues => new()
    {
        { "id", """{"stringValue":"a"}""", "a" },
        { "id", """{"stringValue":""}""", "" },
        { "at", """{"intValue":"1700000000000"}""", "1700000000000" },
        { "at", """{"stringValue":"2023-11-14T22:13:20Z"}""", "1700000000000" },
        { "at", """{"stringValue":"2023-11-14T23:13:20.000+01:00"}""", "1700000000000" },
        { "amount", """{"intValue":"5"}""", "500" },
        { "amount", """{"stringValue":"5.25"}""", "525" },
        { "amount", """{"stringValue":"-0.5"}""", "-50" },
        { "amount", """{"stringValue":"92233720368547758.07"}""", "9223372036854775807" },
        { "age", """{"floatValue":1.5}""", "1.5" },
        { "age", """{"intValue":"3"}""", "3" },
        { "age", """{"floatValue":"NaN"}""", "missing" },
        { "age", """{"floatValue":"Infinity"}""", "missing" },
        { "age", "{}", "missing" },
        { "count", """{"intValue":"-9223372036854775808"}""", "-9223372036854775808" },
        { "foreign", """{"boolValue":true}""", "1" },
        { "tags", """{"listValue":{"items":[{"stringValue":"x"},{"stringValue":"y"}]}}""", "x,y" },
        { "tags", """{"listValue":{}}""", "" },
        { "sizes", """{"listValue":{"items":[{"intValue":"1"},{"floatValue":2.5}]}}""", "1,2.5" },
        { "fraud", """{"stringValue":"ignored whatever it is"}""", "missing" },
        { "country", """{"stringValue":"of another version"}""", "" },
    };

    public static TheoryData<string, string, string> BadValues => new()
    {
        { "id", """{"intValue":"1"}""", "field 'id': found the integer 1, expected string" },
        { "at", """{"floatValue":1.0}""", "field 'at'" },
        { "at", """{"stringValue":"1700000000000"}""", "field 'at'" },
        { "at", """{"stringValue":"2023-11-14 22:13:20"}""", "with an offset or Z" },
        { "at", """{"stringValue":"2023-11-14"}""", "with a time of day" },
        { "at", """{"intValue":"9223372036854775807"}""", "of the years 0001 to 9999" },
        { "amount", """{"floatValue":5.25}""", "found the float 5.25, expected decimal(2)" },
        { "amount", """{"stringValue":"1.234"}""", "at most 2 fractional digits" },
        { "amount", """{"stringValue":"1e2"}""", "expected decimal(2)" },
        { "amount", """{"stringValue":"92233720368547758.08"}""", "within 64 bits" },
        { "amount", """{"intValue":"92233720368547759"}""", "within 64 bits" },
        { "count", """{"floatValue":1.0}""", "expected int" },
        { "foreign", """{"intValue":"1"}""", "expected bool" },
        { "ratio", """{"floatValue":"NaN"}""", "a finite number" },
        { "ratio", """{"stringValue":"1"}""", "expected float" },
        { "tags", """{"listValue":{"items":[{"stringValue":"x"},{"intValue":"1"}]}}""", "expected list(string, 3)" },
        { "tags", """{"listValue":{"items":[{}]}}""", "without missing elements" },
        { "tags", """{"listValue":{"items":[{"stringValue":"1"},{},{}]}}""", "without missing elements" },
        {
            "sizes",
            """{"listValue":{"items":[{"intValue":1},{"intValue":2},{"intValue":3},{"intValue":4},{}]}}""",
            "at most 4"
        },
        { "tags", """{"stringValue":"x"}""", "expected list(string, 3)" },
        { "nobody", """{"intValue":"1"}""", "field 'nobody': unknown field" },
    };

    [Theory]
    [MemberData(nameof(GoodValues))]
    public void TryRead_ValueByName_FillsItsSlot(string field, string value, string expected)
    {
        var row = new Row();
        row.Fields.Add(field, Value.Parser.ParseJson(value));

        Assert.True(_decoder.TryRead(row.ToByteArray(), TestSchemas.Request, [], _batch, RequestProblems.NoRow));

        Assert.Equal("", _problems.ToString());
        if (field != "country")
        {
            Assert.Equal(expected, Show(_batch, 0, TestSchemas.PlaceOf(field)));
        }
    }

    [Theory]
    [MemberData(nameof(BadValues))]
    public void TryRead_ValueThatDoesNotFit_IsNamed(string field, string value, string problem)
    {
        var row = new Row();
        row.Fields.Add(field, Value.Parser.ParseJson(value));

        Assert.True(_decoder.TryRead(row.ToByteArray(), TestSchemas.Request, [], _batch, RequestProblems.NoRow));

        Assert.Equal(1, _problems.Count);
        Assert.Contains(problem, _problems.ToString());
    }

    [Fact]
    public void TryRead_SeveralBadFields_AreAllNamedByRow()
    {
        var row = new Row();
        row.Fields.Add("amount", new Value { FloatValue = 1 });
        row.Fields.Add("x", new Value());
        row.Fields.Add("count", new Value { StringValue = "7" });

        Assert.True(_decoder.TryRead(row.ToByteArray(), TestSchemas.Request, [], _batch, 3));

        Assert.Equal(3, _problems.Count);
        Assert.All(_problems.Shown, problem => Assert.StartsWith("rows[3], field '", problem.Place));
    }

    [Fact]
    public void TryRead_FieldTwice_IsRefused()
    {
        var row = new Row();
        row.Fields.Add("count", new Value { IntValue = 1 });
        byte[] twice = [.. row.ToByteArray(), .. row.ToByteArray()];

        Assert.True(_decoder.TryRead(twice, TestSchemas.Request, [], _batch, RequestProblems.NoRow));

        Assert.Contains("given twice", _problems.ToString());
    }

    [Fact]
    public void TryRead_ValuesByIndex_GoToTheirPlaces()
    {
        Row row = FullRowByIndex();

        Assert.True(TestSchemas.Request.TryPlacesOf(TestSchemas.Request.Published.Hash, out ReadOnlySpan<int> places));
        Assert.True(_decoder.TryRead(row.ToByteArray(), TestSchemas.Request, places, _batch, RequestProblems.NoRow));

        Assert.Equal("", _problems.ToString());
        Assert.Equal("a", Show(_batch, 0, 0));
        Assert.Equal("525", Show(_batch, 0, TestSchemas.PlaceOf("amount")));
        Assert.Equal("missing", Show(_batch, 0, TestSchemas.Label));
        Assert.Equal("1,2", Show(_batch, 0, TestSchemas.PlaceOf("sizes")));
    }

    [Fact]
    public void TryRead_ValuesByIndexOfAnotherVersion_AreMappedByName()
    {
        var row = new Row();
        row.Values.Add(new Value { FloatValue = 0.5 });
        row.Values.Add(new Value { StringValue = "CZ" });
        row.Values.Add(new Value { StringValue = "a" });

        Assert.True(TestSchemas.Request.TryPlacesOf(TestSchemas.OtherVersion.Hash, out ReadOnlySpan<int> places));
        Assert.True(_decoder.TryRead(row.ToByteArray(), TestSchemas.Request, places, _batch, RequestProblems.NoRow));

        Assert.Equal("", _problems.ToString());
        Assert.Equal("0.5", Show(_batch, 0, TestSchemas.PlaceOf("ratio")));
        Assert.Equal("a", Show(_batch, 0, 0));
    }

    [Fact]
    public void TryRead_ValuesByIndexOfWrongCountOrWithoutHash_IsRefused()
    {
        var row = new Row();
        row.Values.Add(new Value { FloatValue = 0.5 });
        Assert.True(TestSchemas.Request.TryPlacesOf(TestSchemas.OtherVersion.Hash, out ReadOnlySpan<int> places));

        _decoder.TryRead(row.ToByteArray(), TestSchemas.Request, places, _batch, RequestProblems.NoRow);
        _decoder.TryRead(row.ToByteArray(), TestSchemas.Request, [], _batch, RequestProblems.NoRow);

        Assert.Contains("found 1 values, expected 3", _problems.ToString());
        Assert.Contains("without schema_hash", _problems.ToString());
    }

    // 38 of the bad inputs: what is no protobuf at all.
    [Theory]
    [InlineData("0a03")]
    [InlineData("0a00ffffffffffffffffffff01")]
    [InlineData("00")]
    [InlineData("0e00")]
    [InlineData("0f00")]
    [InlineData("0c")]
    [InlineData("0b")]
    [InlineData("0a050a02c328120210")]
    [InlineData("0a040a02c328")]
    [InlineData("0affffffff0f")]
    [InlineData("0a0b0a026964120522031e80ff")]
    public void TryRead_MalformedBytes_AreRefused(string hex) =>
        Assert.False(
            _decoder.TryRead(Convert.FromHexString(hex), TestSchemas.Request, [], _batch, RequestProblems.NoRow));

    [Theory]
    [InlineData(40, true)]
    [InlineData(60, false)]
    public void TryRead_NestedLists_AreReadToProtobufsDepth(int lists, bool isRead)
    {
        byte[] value = [0x10, 0x01];
        for (int depth = 0; depth < lists; depth++)
        {
            value = Nest(0x2a, Nest(0x0a, value));
        }

        byte[] row = Nest(0x0a, [.. Nest(0x0a, "tags"u8.ToArray()), .. Nest(0x12, value)]);
        Assert.Equal(isRead, _decoder.TryRead(row, TestSchemas.Request, [], _batch, RequestProblems.NoRow));
    }

    // 39 of the bad inputs.
    [Fact]
    public void TryRead_AMillionUnknownFieldsOrEntries_EndsAtTheBudget()
    {
        byte[] unknown = new byte[2_000_000];
        for (int index = 0; index < unknown.Length; index += 2)
        {
            unknown[index] = 0x78;
        }

        byte[] entry = Nest(0x0a, [.. Nest(0x0a, "fraud"u8.ToArray())]);
        byte[] entries = [.. Enumerable.Repeat(entry, 100_000).SelectMany(bytes => bytes)];

        Assert.True(_decoder.TryRead(unknown, TestSchemas.Request, [], _batch, RequestProblems.NoRow));
        Assert.Contains("unknown protobuf fields", _problems.ToString());
        _problems.Clear();
        _decoder.Begin();
        Assert.True(_decoder.TryRead(entries, TestSchemas.Request, [], _batch, RequestProblems.NoRow));
        Assert.Contains($"more than {RowDecoder.EntriesMax} fields", _problems.ToString());
    }

    // The generated classes are the oracle: what they write is read alike, in any order, with unknown fields between.
    [Fact]
    public void TryRead_WhateverGeneratedClassesWrite_IsReadAlike() =>
        Gen.Select(Gen.Dictionary(Gen.Int[0, TestSchemas.Rows.Fields.Length - 1].Select(
            place => TestSchemas.Rows.Fields[place].Name), RowOracle.Values)[0, 10], Gen.Int[0, 3])
            .Sample((fields, unknown) =>
            {
                var row = new Row();
                row.Fields.Add(fields);
                byte[] bytes = [
                    .. Enumerable.Repeat((byte[])[0x7a, 0x01, 0x00], unknown).SelectMany(b => b), .. row.ToByteArray()];
                _problems.Clear();
                _batch.Clear();
                _decoder.Begin();
                Assert.True(_decoder.TryRead(bytes, TestSchemas.Request, [], _batch, RequestProblems.NoRow));
                Assert.Equal(fields.Count(pair => RowOracle.Expected(pair.Key, pair.Value) is null), _problems.Count);
                foreach ((string name, Value value) in fields)
                {
                    string expected = name == "fraud" ? "missing" : RowOracle.Expected(name, value) ?? "missing";
                    Assert.Equal(expected, Show(_batch, 0, TestSchemas.PlaceOf(name)));
                }
            }, iter: 2000, threads: 1);

    // Whatever happens to a message's bytes, reading ends; what the generated classes read, ours reads too.
    [Fact]
    public void TryRead_RandomChanges_NeverCrashAndAgreeWithTheOracle() =>
        Gen.Select(Gen.Byte.Array[1, 12], Gen.Int.Positive.Array[12]).Sample(
            (changes, places) =>
            {
                byte[] bytes = FullRowByIndex().ToByteArray();
                for (int index = 0; index < changes.Length; index++)
                {
                    bytes[places[index] % bytes.Length] = changes[index];
                }

                _problems.Clear();
                _batch.Clear();
                _decoder.Begin();
                bool isRead = _decoder.TryRead(bytes, TestSchemas.Request, [.. TestSchemas.PublishedPlaces], _batch, 0);
                Assert.True(isRead || !IsMessage(bytes));
            },
            iter: 5000, threads: 1);

    [Fact]
    public void TryRead_ByNameAndByIndex_AllocatesNothing()
    {
        byte[] byIndex = FullRowByIndex().ToByteArray();
        var named = new Row();
        for (int index = 0; index < TestSchemas.Request.Published.Fields.Length; index++)
        {
            named.Fields.Add(TestSchemas.Request.Published.Fields[index].Name, FullRowByIndex().Values[index]);
        }

        byte[] byName = named.ToByteArray();
        int[] places = [.. TestSchemas.PublishedPlaces];
        long allocated = 0;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int call = 0; call < 100; call++)
            {
                _batch.Clear();
                _decoder.Begin();
                _decoder.TryRead(byIndex, TestSchemas.Request, places, _batch, 0);
                _decoder.TryRead(byName, TestSchemas.Request, [], _batch, 0);
            }

            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);
        Assert.Equal("", _problems.ToString());
    }

    private static Row FullRowByIndex()
    {
        var row = new Row();
        foreach (Field field in TestSchemas.Request.Published.Fields)
        {
            row.Values.Add(field.Name switch
            {
                "id" => new Value { StringValue = "a" },
                "at" => new Value { StringValue = "2023-11-14T22:13:20Z" },
                "amount" => new Value { StringValue = "5.25" },
                "count" => new Value { IntValue = 7 },
                "foreign" => new Value { BoolValue = true },
                "tags" => RowOracle.ListOf(["x", "y"]),
                "sizes" => Value.Parser.ParseJson("""{"listValue":{"items":[{"intValue":"1"},{"floatValue":2}]}}"""),
                _ => new Value { FloatValue = 0.25 },
            });
        }

        return row;
    }

    private static bool IsMessage(byte[] bytes)
    {
        try
        {
            Row.Parser.ParseFrom(bytes);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static byte[] Nest(byte tag, byte[] inner)
    {
        var output = new MemoryStream();
        var writer = new CodedOutputStream(output);
        writer.WriteRawTag(tag);
        writer.WriteBytes(ByteString.CopyFrom(inner));
        writer.Flush();
        return output.ToArray();
    }

    private static string Show(RowBatch batch, int row, int place)
    {
        FieldType type = batch.Schema.Fields[place].Type;
        if (!batch.IsPresent(row, place))
        {
            return "missing";
        }

        return type.Kind switch
        {
            ValueKind.Float => $"{batch.GetFloat(row, place):R}",
            ValueKind.String => System.Text.Encoding.UTF8.GetString(batch.GetText(row, place)),
            ValueKind.List when type.ElementKind == ValueKind.String => string.Join(
                ',', batch.GetList(
                    row, place).ToArray().Select(item => System.Text.Encoding.UTF8.GetString(batch.TextOf(item)))),
            ValueKind.List =>
                string.Join(',', batch.GetList(row, place).ToArray().Select(BitConverter.Int64BitsToDouble)),
            _ => $"{batch.Get(row, place)}",
        };
    }
}
