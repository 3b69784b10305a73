using System.Runtime.InteropServices;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>
/// The calls of the CUDA driver that ILGPU does not make as we need them: copies between page-locked memory and the device beside its work,
/// events between streams, graphs, and kernels made of PTX. All return 0 or the number of an error.
/// </summary>
static unsafe partial class CudaDriver
{
    const string Library = DriverLibraries.Cuda;

    /// <summary>Some work of a stream is not done yet.</summary>
    public const int NotReady = 600;

    /// <summary>An event that cannot measure time, which is the cheapest.</summary>
    public const uint EventWithoutTime = 2;

    /// <summary>A stream that does not wait for the stream of calls that name none.</summary>
    public const uint StreamNonBlocking = 1;

    /// <summary>While a thread captures, others may still call what would break a capture of theirs.</summary>
    public const int CaptureThreadLocal = 1;

    /// <summary>Options of loading a module: where the assembler's errors go, and how much room there is.</summary>
    public const int JitErrorLogBuffer = 5, JitErrorLogBufferBytes = 6;

    /// <summary>What comes next in the list of a launch: the bytes of the parameters, or where their number is. 0 ends the list.</summary>
    public const nint LaunchParameters = 1, LaunchParametersBytes = 2;

    /// <summary>The attribute of a function that says how much shared memory launches may give it.</summary>
    public const int MaxLaunchSharedBytes = 8;

    [LibraryImport(Library, EntryPoint = "cuGetErrorName")]
    private static partial int GetErrorName(int error, out nint text);

    [LibraryImport(Library, EntryPoint = "cuGetErrorString")]
    private static partial int GetErrorString(int error, out nint text);

    [LibraryImport(Library, EntryPoint = "cuMemGetInfo_v2")]
    public static partial int MemGetInfo(out nuint free, out nuint total);

    [LibraryImport(Library, EntryPoint = "cuMemHostAlloc")]
    public static partial int MemHostAlloc(out nint pointer, nuint bytes, uint flags);

    [LibraryImport(Library, EntryPoint = "cuMemFreeHost")]
    public static partial int MemFreeHost(nint pointer);

    [LibraryImport(Library, EntryPoint = "cuMemcpyHtoDAsync_v2")]
    public static partial int MemcpyHtoDAsync(nint target, nint source, nuint bytes, nint stream);

    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoHAsync_v2")]
    public static partial int MemcpyDtoHAsync(nint target, nint source, nuint bytes, nint stream);

    [LibraryImport(Library, EntryPoint = "cuMemcpyDtoDAsync_v2")]
    public static partial int MemcpyDtoDAsync(nint target, nint source, nuint bytes, nint stream);

    [LibraryImport(Library, EntryPoint = "cuStreamCreate")]
    public static partial int StreamCreate(out nint stream, uint flags);

    [LibraryImport(Library, EntryPoint = "cuStreamDestroy_v2")]
    public static partial int StreamDestroy(nint stream);

    [LibraryImport(Library, EntryPoint = "cuStreamSynchronize")]
    public static partial int StreamSynchronize(nint stream);

    [LibraryImport(Library, EntryPoint = "cuStreamQuery")]
    public static partial int StreamQuery(nint stream);

    [LibraryImport(Library, EntryPoint = "cuStreamWaitEvent")]
    public static partial int StreamWaitEvent(nint stream, nint marker, uint flags);

    [LibraryImport(Library, EntryPoint = "cuEventCreate")]
    public static partial int EventCreate(out nint marker, uint flags);

    [LibraryImport(Library, EntryPoint = "cuEventRecord")]
    public static partial int EventRecord(nint marker, nint stream);

    [LibraryImport(Library, EntryPoint = "cuEventSynchronize")]
    public static partial int EventSynchronize(nint marker);

    [LibraryImport(Library, EntryPoint = "cuEventDestroy_v2")]
    public static partial int EventDestroy(nint marker);

    [LibraryImport(Library, EntryPoint = "cuStreamBeginCapture_v2")]
    public static partial int StreamBeginCapture(nint stream, int mode);

    [LibraryImport(Library, EntryPoint = "cuStreamEndCapture")]
    public static partial int StreamEndCapture(nint stream, out nint graph);

    [LibraryImport(Library, EntryPoint = "cuGraphInstantiateWithFlags")]
    public static partial int GraphInstantiate(out nint executable, nint graph, ulong flags);

    [LibraryImport(Library, EntryPoint = "cuGraphLaunch")]
    public static partial int GraphLaunch(nint executable, nint stream);

    [LibraryImport(Library, EntryPoint = "cuGraphExecDestroy")]
    public static partial int GraphExecDestroy(nint executable);

    [LibraryImport(Library, EntryPoint = "cuGraphDestroy")]
    public static partial int GraphDestroy(nint graph);

    [LibraryImport(Library, EntryPoint = "cuModuleLoadDataEx")]
    public static partial int ModuleLoadDataEx(out nint module, nint text, uint options, nint optionNames, nint optionValues);

    [LibraryImport(Library, EntryPoint = "cuModuleGetFunction", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ModuleGetFunction(out nint function, nint module, string name);

    [LibraryImport(Library, EntryPoint = "cuFuncSetAttribute")]
    public static partial int FuncSetAttribute(nint function, int attribute, int value);

    [LibraryImport(Library, EntryPoint = "cuLaunchKernel")]
    public static partial int LaunchKernel(
        nint function, uint groupsX, uint groupsY, uint groupsZ, uint threadsX, uint threadsY, uint threadsZ, uint sharedBytes, nint stream,
        nint parameters, nint extra);

    /// <summary>An error's name and what the driver says about it.</summary>
    public static string Describe(int error)
        => $"{Text(GetErrorName(error, out nint name), name) ?? $"error {error}"}: {Text(GetErrorString(error, out nint text), text) ?? "no description"}.";

    static string? Text(int result, nint text) => result == 0 ? Marshal.PtrToStringUTF8(text) : null;
}
