#if !ILGPU
using GraphCompiler.Ilgpu.Reference;
using ILGPU;
using ILGPU.Runtime;
using ILGPU.Runtime.CPU;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>The reference executor keeps the rules that hardware has, and reports what hardware would not.</summary>
public class ReferenceExecutorTests
{
    public struct Buffers
    {
        public ArrayView<float> Values;
    }

    static float[] Run(Action<Buffers> kernel, int groups, int threads, int size = 64)
    {
        using var context = Context.Create(builder => builder.CPU(new CPUDevice(4, 16, 1)));
        foreach (var device in context)
        {
            using var accelerator = device.CreateAccelerator(context);
            using var buffer = accelerator.Allocate1D<float>(size);
            accelerator.LoadKernel(kernel)(accelerator.DefaultStream, new KernelConfig(groups, threads), new Buffers { Values = buffer.AsContiguous() });
            float[] values = new float[size];
            buffer.AsContiguous().CopyToCPU(accelerator.DefaultStream, ref values[0], size);
            return values;
        }
        throw new InvalidOperationException();
    }

    static void Turned(Buffers buffers)
    {
        var shared = SharedMemory.Allocate<float>(8);
        shared[Group.IdxX] = Grid.IdxX * 10 + Group.IdxX;
        Group.Barrier();
        buffers.Values[Grid.IdxX * Group.DimX + Group.IdxX] = shared[Group.DimX - 1 - Group.IdxX];
    }

    [Fact]
    public void A_barrier_lets_every_thread_see_what_the_others_wrote() =>
        Assert.Equal([7, 6, 5, 4, 3, 2, 1, 0, 17, 16, 15, 14, 13, 12, 11, 10], Run(Turned, 2, 8)[..16]);

    [Fact]
    public void Warps_exchange_values() =>
        Assert.Equal([1, 0, 3, 2, 5, 4, 7, 6], Run(b => b.Values[Group.IdxX] = Warp.ShuffleXor((float)Group.IdxX, 1), 1, 8)[..8]);

    [Fact]
    public void A_barrier_that_not_all_threads_reach_is_reported() => Assert.Contains(
        "3 of 4 threads", Assert.Throws<KernelFault>(() => Run(_ =>
        {
            if (Group.IdxX > 0)
                Group.Barrier();
        }, 1, 4)).Message, StringComparison.Ordinal);

    [Fact]
    public void An_index_outside_a_view_is_reported() => Assert.Contains(
        "Index 4 is outside a view of 4 elements, at thread 4 of group 0",
        Assert.Throws<KernelFault>(() => Run(b => b.Values.SubView(0, 4)[Group.IdxX] = 1, 1, 8)).Message, StringComparison.Ordinal);

    [Fact]
    public void Too_large_a_group_is_reported() => Assert.Throws<KernelFault>(() => Run(_ => { }, 1, 65));

    [Fact]
    public void Memory_that_nothing_wrote_is_not_a_number() => Assert.All(Run(_ => { }, 1, 1), value => Assert.True(float.IsNaN(value)));
}
#endif
