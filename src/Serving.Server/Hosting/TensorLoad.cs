using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Google.Protobuf;
using Serving.Data.Tensors;
using Serving.Data.Tensors.Json;
using Serving.Engine.Tensors;
using Serving.Models.Tensors;
using Serving.Protocol.V1;

namespace Serving.Server.Hosting;

/// <summary>The sample calls of one version that is served raw, as requests of each wire. Immutable.</summary>
internal sealed class TensorLoad : IWireLoad
{
    // More samples make the code no warmer.
    private const int SamplesMax = 16;

    private readonly (TensorRequest Predict, Uri Path, byte[] Json)[] _calls;

    /// <summary>Makes the requests of sample calls.</summary>
    /// <exception cref="Data.InputException">A sample is no call of the model.</exception>
    public TensorLoad(string model, long version, TensorModel tensors, IEnumerable<TensorRequestSample> samples) =>
        _calls = [.. samples.Take(SamplesMax).Select(sample => CallOf(model, version, tensors, sample))];

    /// <inheritdoc/>
    public async Task<long> RoundAsync(
        ScoringService.ScoringServiceClient client, HttpClient http, int stream, long end)
    {
        long calls = 0;
        for (int index = stream; Stopwatch.GetTimestamp() < end; index++)
        {
            (TensorRequest predict, Uri path, byte[] json) = _calls[index % _calls.Length];
            if (index % 4 == 0)
            {
                using HttpContent body = new ByteArrayContent(json);
                body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                (await http.PostAsync(path, body)).EnsureSuccessStatusCode().Dispose();
            }
            else
            {
                await client.PredictAsync(predict);
            }

            calls++;
        }

        return calls;
    }

    private static (TensorRequest, Uri, byte[]) CallOf(
        string model, long version, TensorModel tensors, TensorRequestSample sample)
    {
        TensorSignature signature = tensors.Signatures[tensors.SignatureIndex(sample.Signature)];
        var exchange = new SampleExchange(signature);
        TensorJsonReader.Read(sample.Request.Span, exchange);
        var predict = new TensorRequest { Model = model, Version = version, Signature = sample.Signature };
        for (int input = 0; input < signature.Inputs.Length; input++)
        {
            if (exchange.IsGiven(input))
            {
                predict.Inputs.Add(TensorOf(signature.Inputs[input].Name, exchange.Input(input)));
            }
        }

        string query = string.Create(
            CultureInfo.InvariantCulture,
            $"/v1/tensors/{model}?version={version}&signature={Uri.EscapeDataString(sample.Signature)}");
        return (predict, new Uri(query, UriKind.Relative), sample.Request.ToArray());
    }

    private static Tensor TensorOf(string name, TensorBuffer buffer)
    {
        var tensor = new Tensor { Name = name, Type = TensorTypes.NameOf(buffer.Type) };
        tensor.Shape.AddRange(buffer.Shape.ToArray());
        if (buffer.Type != TensorType.Text)
        {
            tensor.Data = ByteString.CopyFrom(buffer.Bytes);
        }

        for (int text = 0; text < buffer.TextCount; text++)
        {
            tensor.Strings.Add(ByteString.CopyFrom(buffer.TextAt(text)));
        }

        return tensor;
    }

    // What a sample says, without a model behind it.
    private sealed class SampleExchange(TensorSignature signature) : ITensorExchange
    {
        private readonly TensorBuffer?[] _inputs = new TensorBuffer?[signature.Inputs.Length];

        public TensorSignature Signature => signature;

        public TensorBuffer Input(int index) => _inputs[index] ??= new TensorBuffer();

        public bool IsGiven(int index) => _inputs[index] is not null;

        public void Want(int index, bool isWanted)
        {
            // All outputs are asked for.
        }

        public bool IsWanted(int index) => true;

        public TensorValue Output(int index) => throw new NotSupportedException("a sample has no outputs");
    }
}
