using System.IO.Hashing;
using System.Text;

namespace Serving.Features.Binding;

/// <summary>
/// Seeds of hashes: XXH64 of a feature member's full name, or of its salt, under seed 0 (section 3.6, R68).
/// </summary>
internal static class Seeds
{
    public static ulong Of(string name) => XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(name));
}
