using System.Runtime.InteropServices;
using GraphCompiler.Kernels.Ilgpu;
using ILGPU;

namespace GraphCompiler.Ilgpu.Tests.Kernels;

/// <summary>Kernels of one product on tensor cores each.</summary>
public static class TensorProductKernels
{
    public struct Arguments
    {
        public ArrayView<float> Bias, Result;
        public Operand Left, Right;
        public int Rows, Columns, Depth;
    }

    /// <summary>A matrix as the format stores it, or |x| * 2 of one of floats; it may lie transposed.</summary>
    public struct Operand : ITensorOperand
    {
        public ArrayView<float> Values;
        public int RowMajor, Stored, Halves, ByFours, Line, Item;

        public readonly bool IsRowMajor => RowMajor != 0;

        public readonly bool IsStored => Stored != 0;

        public readonly int Stride => Line;

        public readonly nuint Address(int item) => Halves != 0
            ? TensorMemory.Address(ref Values.Cast<ushort>()[item * Item])
            : TensorMemory.Address(ref Values[item * Item]);

        public readonly float Load(int item, int row, int column) => MathF.Abs(Values[Place(item, row, column)]) * 2f;

        public readonly bool IsVector => ByFours != 0;

        public readonly Four LoadFour(int item, int row, int column)
        {
            var four = Four.Load(Values, Place(item, row, column));
            return new() { X = MathF.Abs(four.X) * 2f, Y = MathF.Abs(four.Y) * 2f, Z = MathF.Abs(four.Z) * 2f, W = MathF.Abs(four.W) * 2f };
        }

        readonly int Place(int item, int row, int column) => item * Item + (RowMajor != 0 ? row * Line + column : column * Line + row);
    }

    static ProductKernels.Epilogue Stores(Arguments a) => new() { Bias = a.Bias, Result = a.Result, Height = a.Rows, Width = a.Columns };

    public static void Large<TFormat>(Arguments a)
        where TFormat : struct, ITensorFormat
        => TensorProduct.Multiply(default(TFormat), a.Rows, a.Columns, a.Depth, a.Left, a.Right, Stores(a));

    public static void Small<TFormat>(Arguments a)
        where TFormat : struct, ITensorFormat
        => SmallTensorProduct.Multiply(default(TFormat), a.Rows, a.Columns, a.Depth, a.Left, a.Right, Stores(a));
}

/// <summary>
/// Products on tensor cores against a plain product of rounded operands: every format and every way the operands lie, stored or computed,
/// edges that cut tiles, several items. Lines of stored operands end
/// in numbers that must not matter.
/// </summary>
public class TensorProductTests
{
    /// <summary>Where an operand comes from: memory as it is, or numbers that are computed while they are read, one by one or by fours.</summary>
    public enum Source
    {
        Stored,
        Computed,
        ComputedByFours,
    }

    sealed record Matrix(float[] Memory, double[] Values, TensorProductKernels.Operand Operand);

    static float Rounded<TFormat>(float value) => default(TFormat) switch
    {
        BFloat16Format => BitConverter.Int32BitsToSingle((BitConverter.SingleToInt32Bits(value) + 0x7FFF + (BitConverter.SingleToInt32Bits(value) >> 16 & 1)) & ~0xFFFF),
        Float16Format => (float)(System.Half)value,
        _ => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) + 0x1000 & ~0x1FFF),
    };

    static ushort Bits<TFormat>(float rounded) => default(TFormat) is BFloat16Format
        ? (ushort)(BitConverter.SingleToUInt32Bits(rounded) >> 16)
        : BitConverter.HalfToUInt16Bits((System.Half)rounded);

    /// <summary>A random matrix for each item, its lines made long enough for aligned copies.</summary>
    static Matrix Create<TFormat>(Random random, int items, int height, int width, bool transposed, Source source)
        where TFormat : struct, ITensorFormat
    {
        bool halves = source == Source.Stored && default(TFormat).ElementBytes == 2;
        int lines = transposed ? width : height, length = transposed ? height : width, unit = halves ? 8 : 4;
        int line = (length + unit - 1) / unit * unit, item = lines * line, perFloat = halves ? 2 : 1;
        float[] memory = new float[items * item / perFloat];
        Array.Fill(memory, float.NaN);
        var bits = MemoryMarshal.Cast<float, ushort>(memory.AsSpan());
        bits.Fill(0xFFFF);
        double[] values = new double[items * height * width];
        for (int i = 0; i < values.Length; i++)
        {
            int row = i / width % height, column = i % width;
            int place = i / (height * width) * item + (transposed ? column * line + row : row * line + column);
            float value = random.NextSingle() * 2 - 1;
            values[i] = Rounded<TFormat>(source == Source.Stored ? value : MathF.Abs(value) * 2);
            if (halves)
                bits[place] = Bits<TFormat>((float)values[i]);
            else
                memory[place] = value;
        }
        return new(memory, values, new()
        {
            RowMajor = transposed ? 0 : 1,
            Stored = source == Source.Stored ? 1 : 0,
            Halves = halves ? 1 : 0,
            ByFours = source == Source.ComputedByFours ? 1 : 0,
            Line = line,
            Item = item,
        });
    }

    static void Check<TFormat>(
        Action<TensorProductKernels.Arguments> kernel, int tile, int items, int m, int n, int k, bool leftTransposed, bool rightTransposed,
        Source left = Source.Stored, Source right = Source.Stored)
        where TFormat : struct, ITensorFormat
    {
        var random = new Random(m * 10007 + n * 101 + k);
        var lefts = Create<TFormat>(random, items, m, k, leftTransposed, left);
        var rights = Create<TFormat>(random, items, k, n, rightTransposed, right);
        float[] bias = [.. Enumerable.Range(0, n).Select(_ => random.NextSingle() - 0.5f)];
        // Buffers begin at multiples of 16 bytes.
        int Aligned(int floats) => (floats + 3) / 4 * 4;
        int rightAt = Aligned(lefts.Memory.Length), biasAt = rightAt + Aligned(rights.Memory.Length), resultAt = biasAt + Aligned(n);
        float[] memory = new float[resultAt + items * m * n];
        Array.Fill(memory, float.NaN);
        lefts.Memory.CopyTo(memory, 0);
        rights.Memory.CopyTo(memory, rightAt);
        bias.CopyTo(memory, biasAt);
        TensorProductKernels.Arguments Of(ArrayView<float> buffer) => new()
        {
            Left = lefts.Operand with { Values = buffer.SubView(0, lefts.Memory.Length) },
            Right = rights.Operand with { Values = buffer.SubView(rightAt, rights.Memory.Length) },
            Bias = buffer.SubView(biasAt, n),
            Result = buffer.SubView(resultAt, items * m * n),
            Rows = m,
            Columns = n,
            Depth = k,
        };
        int groups = items * ((m + tile - 1) / tile) * ((n + tile - 1) / tile);
        float[] computed = KernelRun.Run(kernel, Of, groups, TensorProduct.Threads, memory)[resultAt..];
        for (int i = 0; i < computed.Length; i++)
        {
            int item = i / (m * n), row = i / n % m, column = i % n;
            double sum = bias[column];
            for (int depth = 0; depth < k; depth++)
                sum += lefts.Values[(item * m + row) * k + depth] * rights.Values[(item * k + depth) * n + column];
            Assert.Equal(Math.Max(sum, 0), computed[i], 3e-6 * (k + 1));
        }
        Assert.Equal(computed, KernelRun.RunBackwards(kernel, Of, groups, TensorProduct.Threads, memory)[resultAt..]);
    }

    static void CheckSmall<TFormat>(bool leftTransposed, bool rightTransposed)
        where TFormat : struct, ITensorFormat
    {
        Check<TFormat>(TensorProductKernels.Small<TFormat>, SmallTensorProduct.Tile, 1, 1, 1, 1, leftTransposed, rightTransposed);
        Check<TFormat>(TensorProductKernels.Small<TFormat>, SmallTensorProduct.Tile, 2, 67, 70, 105, leftTransposed, rightTransposed);
    }

    static void CheckLarge<TFormat>(bool leftTransposed, bool rightTransposed, int m = 137, int n = 130, int k = 50)
        where TFormat : struct, ITensorFormat
        => Check<TFormat>(TensorProductKernels.Large<TFormat>, TensorProduct.Tile, 1, m, n, k, leftTransposed, rightTransposed);

    public static TheoryData<bool, bool> Forms => ProductTests.Forms;

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Forms))]
    public void Small_tiles_of_bfloat16_multiply(bool leftTransposed, bool rightTransposed) => CheckSmall<BFloat16Format>(leftTransposed, rightTransposed);

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Forms))]
    public void Small_tiles_of_float16_multiply(bool leftTransposed, bool rightTransposed) => CheckSmall<Float16Format>(leftTransposed, rightTransposed);

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Forms))]
    public void Small_tiles_of_tf32_multiply(bool leftTransposed, bool rightTransposed) => CheckSmall<TensorFloat32Format>(leftTransposed, rightTransposed);

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Forms))]
    public void Large_tiles_of_bfloat16_multiply(bool leftTransposed, bool rightTransposed) => CheckLarge<BFloat16Format>(leftTransposed, rightTransposed);

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [MemberData(nameof(Forms))]
    public void Large_tiles_of_tf32_multiply(bool leftTransposed, bool rightTransposed) => CheckLarge<TensorFloat32Format>(leftTransposed, rightTransposed);

    [DeviceFact(DeviceNeeds.TensorCores)]
    public void Large_tiles_of_float16_multiply() => CheckLarge<Float16Format>(false, false, 128, 128, 64);

    [DeviceTheory(DeviceNeeds.TensorCores)]
    [InlineData(Source.Computed, Source.Computed, false, false)]
    [InlineData(Source.Computed, Source.Stored, true, true)]
    [InlineData(Source.Stored, Source.ComputedByFours, false, false)]
    [InlineData(Source.ComputedByFours, Source.ComputedByFours, false, true)]
    [InlineData(Source.ComputedByFours, Source.Computed, true, false)]
    public void Operands_may_be_computed_while_they_are_read(Source left, Source right, bool leftTransposed, bool rightTransposed)
    {
        Check<BFloat16Format>(TensorProductKernels.Small<BFloat16Format>, SmallTensorProduct.Tile, 1, 67, 37, 75, leftTransposed, rightTransposed, left, right);
        Check<Float16Format>(TensorProductKernels.Small<Float16Format>, SmallTensorProduct.Tile, 1, 20, 68, 36, leftTransposed, rightTransposed, left, right);
        Check<TensorFloat32Format>(TensorProductKernels.Large<TensorFloat32Format>, TensorProduct.Tile, 1, 130, 35, 38, leftTransposed, rightTransposed, left, right);
        Check<BFloat16Format>(TensorProductKernels.Large<BFloat16Format>, TensorProduct.Tile, 1, 20, 132, 36, leftTransposed, rightTransposed, left, right);
    }
}
