using GraphCompiler.Ptx;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu.Tests.Kernels;

/// <summary>Kernels with a fault each, which hardware would not report, and the same kernels without it.</summary>
public static class FaultyKernels
{
    const int Tile = 16;

    public struct Arguments
    {
        public ArrayView<float> Values, Result;
        public int Size;
    }

    /// <summary>Every thread writes a place of shared memory, and reads another's.</summary>
    public static void Turned(Arguments a)
    {
        var shared = SharedMemory.Allocate<float>(64);
        shared[Group.IdxX] = a.Values[Group.IdxX];
        Group.Barrier();
        a.Result[Group.IdxX] = shared[Group.DimX - 1 - Group.IdxX];
    }

    public static void TurnedWithoutBarrier(Arguments a)
    {
        var shared = SharedMemory.Allocate<float>(64);
        shared[Group.IdxX] = a.Values[Group.IdxX];
        a.Result[Group.IdxX] = shared[Group.DimX - 1 - Group.IdxX];
    }

    /// <summary>Half of the threads wait for the others.</summary>
    public static void BarrierOfSome(Arguments a)
    {
        if (Group.IdxX < 32)
            Group.Barrier();
        a.Result[Group.IdxX] = a.Values[Group.IdxX];
    }

    /// <summary>Groups write one place.</summary>
    public static void GroupsThatMeet(Arguments a) => a.Result[Group.IdxX] = a.Values[Group.IdxX] + Grid.IdxX;

    /// <summary>The last thread reads what lies behind the buffer.</summary>
    public static void OneTooFar(Arguments a) => a.Result[Group.IdxX] = a.Values[a.Size + Group.IdxX];

    /// <summary>Shared memory is read that nobody wrote.</summary>
    public static void Unwritten(Arguments a)
    {
        var shared = SharedMemory.Allocate<float>(64);
        if (Group.IdxX < 63)
            shared[Group.IdxX] = a.Values[Group.IdxX];
        Group.Barrier();
        a.Result[Group.IdxX] = shared[Group.IdxX];
    }

    /// <summary>A square of a matrix in tiles, as the kernels' products are; both barriers of a tile are needed.</summary>
    public static void Square(Arguments a)
    {
        var left = SharedMemory.Allocate<float>(Tile * Tile);
        var right = SharedMemory.Allocate<float>(Tile * Tile);
        int row = Group.IdxX / Tile, column = Group.IdxX % Tile;
        float sum = 0;
        for (int depth = 0; depth < a.Size; depth += Tile)
        {
            left[Group.IdxX] = a.Values[row * a.Size + depth + column];
            right[Group.IdxX] = a.Values[(depth + row) * a.Size + column];
            Group.Barrier();
            for (int i = 0; i < Tile; i++)
                sum += left[row * Tile + i] * right[i * Tile + column];
            Group.Barrier();
        }
        a.Result[Group.IdxX] = sum;
    }

    /// <summary>The next tile is written while others still read this one.</summary>
    public static void SquareWithoutLastBarrier(Arguments a)
    {
        var left = SharedMemory.Allocate<float>(Tile * Tile);
        var right = SharedMemory.Allocate<float>(Tile * Tile);
        int row = Group.IdxX / Tile, column = Group.IdxX % Tile;
        float sum = 0;
        for (int depth = 0; depth < a.Size; depth += Tile)
        {
            left[Group.IdxX] = a.Values[row * a.Size + depth + column];
            right[Group.IdxX] = a.Values[(depth + row) * a.Size + column];
            Group.Barrier();
            for (int i = 0; i < Tile; i++)
                sum += left[row * Tile + i] * right[i * Tile + column];
        }
        a.Result[Group.IdxX] = sum;
    }
}

/// <summary>The interpreter of PTX finds the faults that are seeded here, in C#, and nothing in the same kernels without them.</summary>
public class SeededFaultTests
{
    const int Threads = 64, Size = 32;

    static float[] Run(Action<FaultyKernels.Arguments> kernel, int groups = 1, int threads = Threads)
    {
        float[] values = [.. Enumerable.Range(0, Size * Size).Select(i => i % 5 - 2f), .. new float[1024]];
        return KernelRun.Run(kernel, buffer => new FaultyKernels.Arguments { Values = buffer.SubView(0, Size * Size), Result = buffer.SubView(Size * Size, 1024), Size = Size },
            groups, threads, values)[(Size * Size)..];
    }

    static void Faults(Action<FaultyKernels.Arguments> kernel, int groups = 1, int threads = Threads)
    {
        var thrown = Assert.Throws<DeviceException>(() => Run(kernel, groups, threads));
        Assert.IsType<PtxFault>(thrown.InnerException);
    }

    [DeviceFact(DeviceNeeds.Interpreter)]
    public void A_missing_barrier_is_found()
    {
        Assert.Equal(Enumerable.Range(0, Threads).Select(i => (Threads - 1 - i) % 5 - 2f), Run(FaultyKernels.Turned)[..Threads]);
        Faults(FaultyKernels.TurnedWithoutBarrier);
    }

    [DeviceFact(DeviceNeeds.Interpreter)]
    public void A_missing_barrier_between_the_tiles_of_a_product_is_found()
    {
        float[] computed = Run(FaultyKernels.Square, threads: 256);
        for (int i = 0; i < 256; i++)
            Assert.Equal(Enumerable.Range(0, Size).Sum(k => (i / 16 * Size + k) % 5 - 2f is var left ? left * ((k * Size + i % 16) % 5 - 2f) : 0), computed[i]);
        Faults(FaultyKernels.SquareWithoutLastBarrier, threads: 256);
    }

    [DeviceFact(DeviceNeeds.Interpreter)]
    public void A_barrier_that_not_all_threads_meet_is_found() => Faults(FaultyKernels.BarrierOfSome);

    [DeviceFact(DeviceNeeds.Interpreter)]
    public void Groups_that_write_one_place_are_found() => Faults(FaultyKernels.GroupsThatMeet, groups: 2);

    [DeviceFact(DeviceNeeds.Interpreter)]
    public void Memory_outside_a_buffer_is_found()
    {
        var device = DeviceUnderTest.Open();
        using var block = device.Allocate(Threads * sizeof(float), "A test");
        device.Load<FaultyKernels.Arguments>(FaultyKernels.OneTooFar)(device.Stream, new KernelConfig(1, Threads), new() { Values = block.All, Result = block.All, Size = 1 });
        Assert.IsType<PtxFault>(Assert.Throws<DeviceException>(device.Synchronize).InnerException);
    }

    [DeviceFact(DeviceNeeds.Interpreter)]
    public void Shared_memory_that_nobody_wrote_is_found() => Faults(FaultyKernels.Unwritten);
}
