using System.Reflection;
using System.Runtime.InteropServices;
using ILGPU;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// Finds the drivers under the names that Linux distributions give them: a runtime package has <c>libOpenCL.so.1</c>, and
/// only the development package the name without a number that ILGPU asks for.
/// </summary>
static class DriverLibraries
{
    /// <summary>What our own calls name the CUDA driver.</summary>
    public const string Cuda = "cuda";

    static readonly Lock Registering = new();
    static bool isRegistered;

    public static void Register()
    {
        lock (Registering)
        {
            if (isRegistered)
                return;
            isRegistered = true;
            NativeLibrary.SetDllImportResolver(typeof(DriverLibraries).Assembly, Resolve);
            try
            {
                if (OperatingSystem.IsLinux())
                    NativeLibrary.SetDllImportResolver(typeof(Context).Assembly, Resolve);
            }
            catch (InvalidOperationException)
            {
                // The program has a resolver of its own, which stays.
            }
        }
    }

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        string? file = name.Contains("OpenCL", StringComparison.OrdinalIgnoreCase) ? "libOpenCL.so.1"
            : name is not (Cuda or "libcuda" or "nvcuda") ? null
            : OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
        if (NativeLibrary.TryLoad(name, assembly, path, out nint library))
            return library;
        return file is not null && NativeLibrary.TryLoad(file, out library) ? library : 0;
    }
}
