using Serving.Models.Tensors;

namespace Serving.Engine.Bundles;

/// <summary>Makes a model of bytes. Safe for use by several threads.</summary>
internal interface IBundleModelReader
{
    /// <summary>Reads a model. Total on hostile bytes; reads nothing but what <paramref name="open"/> gives.</summary>
    /// <param name="file">Plain name of its file.</param>
    /// <param name="open">Bytes of a file beside the model's by its plain name, or null where there is none.</param>
    /// <param name="sum"><c>exact</c> or <c>fast</c>.</param>
    /// <exception cref="Data.InputException">The bytes are no model.</exception>
    BundleModel Read(string file, Func<string, byte[]?> open, string sum);

    /// <summary>How tensor models are opened, as far as bundles allow the same.</summary>
    ITensorHosting Hosting => PlainTensorHosting.Default;

    /// <summary>Checks a tensor model without its runtime; null where the files are of no format of one.</summary>
    /// <exception cref="Data.InputException">The files are no such model.</exception>
    BundleTensors? ReadTensors(ModelFiles files, TensorModelOptions options) => null;
}
