using System.Runtime.InteropServices;

namespace Serving.Benchmarks.Quick;

/// <summary>LightGBM's fastest call for one row (PredictForMatSingleRowFast), by its C API, to compare with.</summary>
internal sealed unsafe class LightGbmRow
{
    private const int Float64 = 1;
    private const int RawScore = 1;

    private readonly delegate* unmanaged<void*, void*, long*, double*, int> _predict;
    private readonly void* _fast;

    /// <summary>Loads a library and a model in its text format.</summary>
    public LightGbmRow(string library, string model, int features)
    {
        nint handle = NativeLibrary.Load(library);
        var create = (delegate* unmanaged<byte*, int*, void**, int>)NativeLibrary.GetExport(
            handle, "LGBM_BoosterCreateFromModelfile");
        var prepare = (delegate* unmanaged<void*, int, int, int, int, int, byte*, void**, int>)NativeLibrary.GetExport(
            handle, "LGBM_BoosterPredictForMatSingleRowFastInit");
        _predict = (delegate* unmanaged<void*, void*, long*, double*, int>)NativeLibrary.GetExport(
            handle, "LGBM_BoosterPredictForMatSingleRowFast");
        byte* path = (byte*)Marshal.StringToCoTaskMemUTF8(model);
        byte* parameters = (byte*)Marshal.StringToCoTaskMemUTF8("num_threads=1");
        int iterations;
        void* booster;
        void* fast;
        Check(create(path, &iterations, &booster));
        Check(prepare(booster, RawScore, 0, -1, Float64, features, parameters, &fast));
        _fast = fast;
        Marshal.FreeCoTaskMem((nint)path);
        Marshal.FreeCoTaskMem((nint)parameters);
    }

    /// <summary>The raw score of a row.</summary>
    public double Score(ReadOnlySpan<double> row)
    {
        double result;
        long length;
        fixed (double* start = row)
        {
            Check(_predict(_fast, start, &length, &result));
        }

        return result;
    }

    private static void Check(int status)
    {
        if (status != 0)
        {
            throw new InvalidOperationException($"LightGBM answered {status}");
        }
    }
}
