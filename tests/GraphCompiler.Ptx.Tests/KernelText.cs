using System.Runtime.InteropServices;

namespace GraphCompiler.Ptx.Tests;

/// <summary>Runs small kernels that are written as PTX. They get the addresses of their buffers in %rd0, %rd1 and so on.</summary>
static unsafe class KernelText
{
    /// <summary>A kernel of so many buffers around a body; the thread's number in its group is in %r0, its number in all in %r1.</summary>
    public static string Of(string body, int buffers = 1, string declarations = "")
    {
        var parameters = Enumerable.Range(0, buffers).Select(i => $".param .u64 p{i}");
        var loads = Enumerable.Range(0, buffers).Select(i => $"ld.param.u64 %rd{i}, [p{i}]; cvta.to.global.u64 %rd{i}, %rd{i};");
        return $$"""
            .version 7.0
            .target sm_80
            .address_size 64
            .visible .entry Test({{string.Join(", ", parameters)}})
            {
                {{declarations}}
                .reg .pred %p<20>; .reg .b16 %h<20>; .reg .b32 %r<40>; .reg .f32 %f<40>; .reg .b64 %rd<40>; .reg .f64 %d<20>;
                {{string.Join("\n", loads)}}
                mov.u32 %r0, %tid.x; mov.u32 %r1, %ctaid.x; mov.u32 %r2, %ntid.x; mad.lo.s32 %r1, %r1, %r2, %r0;
            {{body}}
                ret;
            }
            """;
    }

    /// <summary>Runs a kernel over buffers, which it changes.</summary>
    public static void Run(string text, int groups, int threads, PtxMachineOptions? options, params byte[][] buffers)
    {
        var kernel = PtxProgram.Parse(text)["Test"];
        var machine = new PtxMachine(options ?? new PtxMachineOptions { MaxInstructions = 1 << 20 });
        var pinned = buffers.Select(b => (nint)NativeMemory.AlignedAlloc((nuint)b.Length, 64)).ToArray();
        try
        {
            for (int i = 0; i < buffers.Length; i++)
            {
                Marshal.Copy(buffers[i], 0, pinned[i], buffers[i].Length);
                machine.Register(pinned[i], buffers[i].Length, $"buffer {i}");
            }
            machine.Launch(kernel, groups, threads, 0, MemoryMarshal.AsBytes<nint>(pinned));
            for (int i = 0; i < buffers.Length; i++)
                Marshal.Copy(pinned[i], buffers[i], 0, buffers[i].Length);
        }
        finally
        {
            Array.ForEach(pinned, p => NativeMemory.AlignedFree((void*)p));
        }
    }

    /// <summary>What a kernel leaves in a buffer of 32-bit numbers.</summary>
    public static uint[] Run(string text, uint[] values, int groups = 1, int threads = 32, PtxMachineOptions? options = null)
    {
        byte[] bytes = MemoryMarshal.AsBytes<uint>(values).ToArray();
        Run(text, groups, threads, options, bytes);
        return MemoryMarshal.Cast<byte, uint>(bytes).ToArray();
    }

    /// <summary>What it throws.</summary>
    public static PtxFault Fault(string text, int groups = 1, int threads = 32, int words = 64, PtxMachineOptions? options = null) =>
        Assert.Throws<PtxFault>(() => Run(text, new uint[words], groups, threads, options));
}
