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
}
