using ILGPU.Runtime;

namespace ILGPU
{
    /// <summary>How hard kernels are optimised.</summary>
    public enum OptimizationLevel
    {
        /// <summary>Not at all.</summary>
        O0,

        /// <summary>As is usual.</summary>
        O1,

        /// <summary>As far as possible.</summary>
        O2,
    }

    /// <summary>The devices that can be opened.</summary>
    public sealed class Context : IDisposable
    {
        Context(Builder builder) => Devices = builder.Devices;

        internal IReadOnlyList<Device> Devices { get; }

        /// <summary>Finds the devices that the builder asks for.</summary>
        public static Context Create(Action<Builder> buildingCallback)
        {
            var builder = new Builder();
            buildingCallback(builder);
            return new Context(builder);
        }

        /// <summary>The devices.</summary>
        public List<Device>.Enumerator GetEnumerator() => Devices.ToList().GetEnumerator();

        /// <summary>Forgets the devices.</summary>
        public void Dispose()
        {
        }

        /// <summary>What a context has.</summary>
        public sealed class Builder
        {
            internal List<Device> Devices { get; } = [];

            /// <summary>Sets how hard kernels are optimised.</summary>
            public Builder Optimize(OptimizationLevel level) => this;
        }
    }
}

namespace ILGPU.Runtime.CPU
{
    /// <summary>A device of threads of this process.</summary>
    public sealed class CPUDevice(int numThreadsPerWarp, int numWarpsPerMultiprocessor, int numMultiprocessors)
        : Device($"reference executor, {numMultiprocessors} x {numWarpsPerMultiprocessor} warps of {numThreadsPerWarp}", AcceleratorType.CPU,
            numThreadsPerWarp, numThreadsPerWarp * numWarpsPerMultiprocessor);

    /// <summary>Adds such devices to a context.</summary>
    public static class CPUContextExtensions
    {
        /// <summary>Adds one device.</summary>
        public static Context.Builder CPU(this Context.Builder builder, CPUDevice device)
        {
            builder.Devices.Add(device);
            return builder;
        }
    }
}

namespace ILGPU.Runtime.Cuda
{
    /// <summary>A stream of the CUDA driver, of which the reference has none.</summary>
    public sealed class CudaStream : AcceleratorStream
    {
        CudaStream()
        {
        }

        /// <summary>The driver's handle.</summary>
        public nint StreamPtr { get; }
    }

    /// <summary>Adds the CUDA driver's devices, of which the reference has none.</summary>
    public static class CudaContextExtensions
    {
        /// <summary>Adds all of them.</summary>
        public static Context.Builder Cuda(this Context.Builder builder) => builder;
    }
}

namespace ILGPU.Runtime.OpenCL
{
    /// <summary>Adds OpenCL's devices, of which the reference has none.</summary>
    public static class CLContextExtensions
    {
        /// <summary>Adds all of them.</summary>
        public static Context.Builder OpenCL(this Context.Builder builder) => builder;
    }
}
