using System.Runtime.InteropServices;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GraphCompiler.Ptx.Tests;

/// <summary>Kernels written in C#, compiled by ILGPU and run as PTX.</summary>
public static class CompiledKernels
{
    public struct Scale
    {
        public ArrayView<ushort> Small;
        public float Factor;
    }

    public struct Nothing;

    /// <summary>Fields of all sizes, which do not lie where C# has them.</summary>
    public struct Arguments
    {
        public byte First;
        public ArrayView<float> Values;
        public short Second;
        public Scale Scale;
        public Nothing Nothing;
        public double Third;
        public ArrayView<float> Result;
        public long Fourth;
    }

    public static void Describe(Arguments a)
    {
        if (Group.IdxX != 0)
            return;
        a.Result[0] = a.First;
        a.Result[1] = a.Values[1];
        a.Result[2] = a.Second;
        a.Result[3] = a.Scale.Small[2];
        a.Result[4] = a.Scale.Factor;
        a.Result[5] = (float)a.Third;
        a.Result[6] = a.Fourth;
        a.Result[7] = a.Values.Length + 100 * a.Scale.Small.Length;
    }

    public struct Numbers
    {
        public ArrayView<float> Values, Result;
    }

    /// <summary>The sum of a group's numbers by exchanges within warps.</summary>
    public static void SumByWarps(Numbers a)
    {
        var sums = SharedMemory.Allocate<float>(32);
        float sum = a.Values[Grid.IdxX * Group.DimX + Group.IdxX];
        for (int i = 1; i < 32; i *= 2)
            sum += Warp.ShuffleXor(sum, i);
        if (Warp.LaneIdx == 0)
            sums[Group.IdxX / 32] = sum;
        Group.Barrier();
        if (Group.IdxX == 0)
        {
            for (int i = 1; i < Group.DimX / 32; i++)
                sum += sums[i];
            a.Result[Grid.IdxX] = sum;
        }
    }

    /// <summary>The same through shared memory, of which a launch says the size; barriers are left out from a number of threads on.</summary>
    public static void SumByShared(Numbers a)
    {
        var sums = SharedMemory.GetDynamic<float>();
        int thread = Group.IdxX;
        sums[thread] = a.Values[Grid.IdxX * Group.DimX + thread];
        for (int distance = Group.DimX / 2; distance > 0; distance /= 2)
        {
            if (2 * distance > (int)a.Values.Length / 4096)
                Group.Barrier();
            if (thread < distance)
                sums[thread] += sums[thread + distance];
        }
        if (thread == 0)
            a.Result[Grid.IdxX] = sums[0];
    }

    /// <summary>Adds all numbers to one, atomically.</summary>
    public static void SumAtomically(Numbers a) => Atomic.Add(ref a.Result[0], a.Values[Grid.IdxX * Group.DimX + Group.IdxX]);
}

/// <summary>What becomes of C# on the way through ILGPU and the interpreter.</summary>
public sealed unsafe class RuntimeTests : IDisposable
{
    readonly Context context = Context.Create(builder => builder.CPU(new CPUDevice(2, 1, 1)));
    readonly Accelerator accelerator;

    public RuntimeTests() => accelerator = context.CreateCPUAccelerator(0);

    public void Dispose()
    {
        accelerator.Dispose();
        context.Dispose();
    }

    float[] Run<T>(Action<T> kernel, Func<ArrayView<float>, T> arguments, KernelConfig config, float[] values, PtxMachineOptions? options = null)
        where T : struct
    {
        using var buffer = accelerator.Allocate1D(values);
        var machine = new PtxMachine(options ?? new PtxMachineOptions());
        machine.Register(buffer.NativePtr, buffer.LengthInBytes, "values");
        using var runtime = new PtxRuntime(machine);
        runtime.Load(kernel)(config, arguments(buffer.AsContiguous()));
        machine.Unregister(buffer.NativePtr);
        return buffer.GetAsArray1D();
    }

    [Fact]
    public void Arguments_arrive_as_ilgpu_lays_them_out()
    {
        float[] values = new float[32];
        values[9] = 3.5f;
        MemoryMarshal.Cast<float, ushort>(values.AsSpan(16))[2] = 4711;
        float[] result = Run(CompiledKernels.Describe, buffer => new CompiledKernels.Arguments
        {
            First = 200,
            Values = buffer.SubView(8, 8),
            Second = -5,
            Scale = new() { Small = buffer.SubView(16, 8).Cast<ushort>(), Factor = 0.25f },
            Third = 1e-3,
            Result = buffer.SubView(24, 8),
            Fourth = -7_000_000_000,
        }, new KernelConfig(1, 32), values);
        Assert.Equal([200f, 3.5f, -5f, 4711f, 0.25f, 1e-3f, -7e9f, 1608f], result[24..]);
    }

    [Theory]
    [InlineData(nameof(CompiledKernels.SumByWarps), false)]
    [InlineData(nameof(CompiledKernels.SumByWarps), true)]
    [InlineData(nameof(CompiledKernels.SumByShared), false)]
    [InlineData(nameof(CompiledKernels.SumByShared), true)]
    public void Sums_of_groups_are_exact_in_any_order(string kernel, bool backwards)
    {
        float[] values = [.. Enumerable.Range(0, 1024).Select(i => (float)(i * 37 % 101)), .. new float[4]];
        var dynamic = new KernelConfig(4, 256, SharedMemoryConfig.RequestDynamic<float>(256));
        float[] result = Run(kernel == nameof(CompiledKernels.SumByWarps) ? CompiledKernels.SumByWarps : (Action<CompiledKernels.Numbers>)CompiledKernels.SumByShared,
            buffer => new CompiledKernels.Numbers
            {
                Values = buffer.SubView(0, 1024),
                Result = buffer.SubView(1024, 4)
            }, dynamic, values, new PtxMachineOptions { Backwards = backwards });
        Assert.Equal(Enumerable.Range(0, 4).Select(g => values.Skip(256 * g).Take(256).Sum()), result[1024..]);
    }

    [Fact]
    public void A_barrier_that_is_left_out_is_found()
    {
        // From 4 threads on, of which all are in one warp.
        var fault = Assert.Throws<PtxFault>(() => Run(CompiledKernels.SumByShared, buffer => new CompiledKernels.Numbers { Values = buffer, Result = buffer },
            new KernelConfig(1, 64, SharedMemoryConfig.RequestDynamic<float>(64)), new float[4 * 4096]));
        Assert.Contains("a race: byte", fault.Message, StringComparison.Ordinal);
        Assert.Contains("shared memory", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Atomic_sums_are_no_race()
    {
        float[] result = Run(CompiledKernels.SumAtomically, buffer => new CompiledKernels.Numbers { Values = buffer.SubView(0, 128), Result = buffer.SubView(128, 1) },
            new KernelConfig(2, 64), [.. Enumerable.Range(0, 128).Select(i => (float)i), 0f]);
        Assert.Equal(128 * 127 / 2, result[128]);
    }

    [Fact]
    public void A_view_that_is_not_registered_is_in_no_buffer()
    {
        using var buffer = accelerator.Allocate1D<float>(256);
        using var runtime = new PtxRuntime(new PtxMachine(new PtxMachineOptions()));
        var fault = Assert.Throws<PtxFault>(() => runtime.Load<CompiledKernels.Numbers>(CompiledKernels.SumByWarps)(
            new KernelConfig(1, 32), new CompiledKernels.Numbers { Values = buffer.AsContiguous(), Result = buffer.AsContiguous() }));
        Assert.Contains("lie in no buffer", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kernel_is_compiled_once()
    {
        var method = ((Action<CompiledKernels.Numbers>)CompiledKernels.SumByWarps).Method;
        Assert.Same(PtxRuntime.Text(method), PtxRuntime.Text(method));
        Assert.Contains("shfl.sync.bfly.b32", PtxRuntime.Text(method), StringComparison.Ordinal);
        Assert.Same(PtxRuntime.Kernel(method), PtxRuntime.Kernel(method));
    }
}
