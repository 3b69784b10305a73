namespace GraphCompiler.Ilgpu.Reference.Ptx;

// Fragments of m16n8k16 and m16n8k8, with g = lane / 4 and t = lane % 4, in units of 4 bytes of depth (two numbers of 16 bits or one
// of 32): A has (row g, unit t), (g + 8, t), (g, t + 4), (g + 8, t + 4); B has (unit t, column g), (t + 4, g); the sums are
// (row g, columns 2t and 2t + 1), (row g + 8, the same).

/// <summary>Products of small matrices by the threads of a warp, and the formats they take.</summary>
internal static class TensorCore
{
    const int Rows = 16, Columns = 8, Units = 8;

    public static void Multiply(PtxThread[] threads, PtxInstruction instruction)
    {
        int halves = instruction.Name == "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32" ? 1 : 2;
        Func<uint, int, double> read = instruction.Name switch
        {
            "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32" => (unit, half) => BitConverter.UInt32BitsToSingle((half == 0 ? unit & 0xFFFF : unit >> 16) << 16),
            "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32" => (unit, half) => (double)BitConverter.UInt16BitsToHalf((ushort)(half == 0 ? unit : unit >> 16)),
            "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32" => (unit, _) => BitConverter.UInt32BitsToSingle(unit & ~0x1FFFu),
            _ => throw new KernelFault($"The reference executor knows no instruction '{instruction.Text}'."),
        };
        int depths = Units * halves;
        double[] left = new double[Rows * depths], right = new double[Columns * depths];
        for (int lane = 0; lane < threads.Length; lane++)
        {
            int g = lane / 4, t = lane % 4;
            for (int i = 0; i < 4; i++)
                Spread(left, g + i % 2 * 8, t + i / 2 * 4, (uint)threads[lane].Get(instruction, 4 + i));
            for (int i = 0; i < 2; i++)
                Spread(right, g, t + i * 4, (uint)threads[lane].Get(instruction, 8 + i));
        }
        void Spread(double[] matrix, int place, int unit, uint bits)
        {
            for (int half = 0; half < halves; half++)
                matrix[place * depths + unit * halves + half] = read(bits, half);
        }
        for (int lane = 0; lane < threads.Length; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                int row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2;
                double sum = BitConverter.UInt32BitsToSingle((uint)threads[lane].Get(instruction, 10 + i));
                for (int depth = 0; depth < depths; depth++)
                    sum += left[row * depths + depth] * right[column * depths + depth];
                threads[lane].Set(instruction, i, BitConverter.SingleToUInt32Bits((float)sum));
            }
        }
    }

    /// <summary>To nearest, ties away from zero.</summary>
    public static uint ToTensorFloat32(uint bits) => float.IsNaN(BitConverter.UInt32BitsToSingle(bits)) ? 0x7FFFFFFF : bits + 0x1000 & ~0x1FFFu;

    /// <summary>To nearest, ties to even.</summary>
    public static ushort ToBFloat16(uint bits) => float.IsNaN(BitConverter.UInt32BitsToSingle(bits)) ? (ushort)0x7FFF : (ushort)(bits + 0x7FFF + (bits >> 16 & 1) >> 16);

    /// <inheritdoc cref="ToBFloat16"/>
    public static ushort ToFloat16(uint bits)
    {
        float value = BitConverter.UInt32BitsToSingle(bits);
        return float.IsNaN(value) ? (ushort)0x7FFF : BitConverter.HalfToUInt16Bits((Half)value);
    }
}
