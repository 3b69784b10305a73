using GraphCompiler.Ilgpu.Reference;
using GraphCompiler.Ilgpu.Reference.Ptx;

namespace ILGPU.Runtime.Cuda;

/// <summary>Inline PTX: <c>%n</c> is an argument.</summary>
public static class CudaAsm
{
    /// <summary>Executes PTX.</summary>
    public static void Emit(string asm) => PtxThread.Execute(asm);

    /// <summary>Executes PTX with an argument.</summary>
    public static void Emit<T0>(string asm, T0 arg0)
        where T0 : struct
        => PtxThread.Execute(asm, Bits(arg0));

    /// <summary>Executes PTX with two arguments.</summary>
    public static void Emit<T0, T1>(string asm, T0 arg0, T1 arg1)
        where T0 : struct
        where T1 : struct
        => PtxThread.Execute(asm, Bits(arg0), Bits(arg1));

    /// <summary>Executes PTX with three arguments.</summary>
    public static void Emit<T0, T1, T2>(string asm, T0 arg0, T1 arg1, T2 arg2)
        where T0 : struct
        where T1 : struct
        where T2 : struct
        => PtxThread.Execute(asm, Bits(arg0), Bits(arg1), Bits(arg2));

    /// <summary>Executes PTX with five arguments.</summary>
    public static void Emit<T0, T1, T2, T3, T4>(string asm, T0 arg0, T1 arg1, T2 arg2, T3 arg3, T4 arg4)
        where T0 : struct
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        => PtxThread.Execute(asm, Bits(arg0), Bits(arg1), Bits(arg2), Bits(arg3), Bits(arg4));

    /// <summary>Executes PTX with nine arguments.</summary>
    public static void Emit<T0, T1, T2, T3, T4, T5, T6, T7, T8>(string asm, T0 arg0, T1 arg1, T2 arg2, T3 arg3, T4 arg4, T5 arg5, T6 arg6, T7 arg7, T8 arg8)
        where T0 : struct
        where T1 : struct
        where T2 : struct
        where T3 : struct
        where T4 : struct
        where T5 : struct
        where T6 : struct
        where T7 : struct
        where T8 : struct
        => PtxThread.Execute(asm, Bits(arg0), Bits(arg1), Bits(arg2), Bits(arg3), Bits(arg4), Bits(arg5), Bits(arg6), Bits(arg7), Bits(arg8));

    static ulong Bits<T>(T value)
        where T : struct
        => value switch
        {
            int number => (uint)number,
            uint number => number,
            long number => (ulong)number,
            ulong number => number,
            nuint number => number,
            float number => BitConverter.SingleToUInt32Bits(number),
            _ => throw new KernelFault($"The reference executor passes no {typeof(T)} to PTX."),
        };
}
