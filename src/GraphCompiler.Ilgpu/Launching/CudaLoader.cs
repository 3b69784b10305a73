using System.Text;
using GraphCompiler.Ilgpu.Compiling;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.Cuda;

namespace GraphCompiler.Ilgpu.Launching;

/// <summary>Has CUDA's driver assemble kernels and launch them. What it has loaded is freed with the device.</summary>
sealed unsafe class CudaLoader(CudaAccelerator accelerator) : PtxLoader
{
    const int LogBytes = 8192;

    public override LoadedKernel Load(PtxText text)
    {
        accelerator.Bind();
        nint module = LoadModule(Encoding.ASCII.GetBytes(text.Text + '\0'));
        Check(CudaDriver.ModuleGetFunction(out nint function, module, text.Name), "cuModuleGetFunction");
        if (text.LaunchSharedBytes > 0)
            Check(CudaDriver.FuncSetAttribute(function, CudaDriver.MaxLaunchSharedBytes, text.LaunchSharedBytes), "cuFuncSetAttribute");
        return new CudaKernel(accelerator, function, text.LaunchSharedBytes);
    }

    static nint LoadModule(byte[] assembly)
    {
        byte[] log = new byte[LogBytes];
        fixed (byte* text = assembly, logged = log)
        {
            int* options = stackalloc int[] { CudaDriver.JitErrorLogBuffer, CudaDriver.JitErrorLogBufferBytes };
            nint* values = stackalloc nint[] { (nint)logged, LogBytes };
            int result = CudaDriver.ModuleLoadDataEx(out nint module, (nint)text, 2, (nint)options, (nint)values);
            Check(result, "cuModuleLoadDataEx", log);
            return module;
        }
    }

    static void Check(int result, string call, ReadOnlySpan<byte> log = default)
    {
        if (result != 0)
            throw new InvalidOperationException($"{call} gave {CudaDriver.Describe(result)} {Encoding.ASCII.GetString(log).TrimEnd('\0', '\n', ' ')}".TrimEnd());
    }

    sealed class CudaKernel(CudaAccelerator accelerator, nint function, int sharedBytes) : LoadedKernel
    {
        public override void Launch(AcceleratorStream stream, KernelConfig groups, ReadOnlySpan<byte> parameters)
        {
            accelerator.Bind();
            nuint bytes = (nuint)parameters.Length;
            var shared = groups.SharedMemoryConfig;
            fixed (byte* first = parameters)
            {
                nint* extra = stackalloc nint[] { CudaDriver.LaunchParameters, (nint)first, CudaDriver.LaunchParametersBytes, (nint)(&bytes), 0 };
                Check(
                    CudaDriver.LaunchKernel(
                        function, (uint)groups.GridDim.X, (uint)groups.GridDim.Y, (uint)groups.GridDim.Z, (uint)groups.GroupDim.X, (uint)groups.GroupDim.Y,
                        (uint)groups.GroupDim.Z, (uint)(sharedBytes + shared.NumElements * shared.ElementSize), ((CudaStream)stream).StreamPtr, 0, (nint)extra),
                    "cuLaunchKernel");
            }
        }
    }
}
