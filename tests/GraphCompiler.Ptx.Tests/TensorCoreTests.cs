using System.Runtime.InteropServices;

namespace GraphCompiler.Ptx.Tests;

/// <summary>Products of small matrices, and the loads that bring their fragments.</summary>
public class TensorCoreTests
{
    static float Rounded(float value, string format) => format switch
    {
        "bf16" => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(value) + 0x7FFF) & 0xFFFF_0000),
        "f16" => (float)(Half)value,
        _ => BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(value) & 0xFFFF_E000),
    };

    static uint Bits(float value, string format) => format switch
    {
        "bf16" => BitConverter.SingleToUInt32Bits(value) >> 16,
        "f16" => BitConverter.HalfToUInt16Bits((Half)value),
        _ => BitConverter.SingleToUInt32Bits(value),
    };

    /// <summary>What PTX's description says of each lane's elements, element by element.</summary>
    [Theory]
    [InlineData("m16n8k16", "bf16", 16)]
    [InlineData("m16n8k16", "f16", 16)]
    [InlineData("m16n8k8", "tf32", 8)]
    [InlineData("m16n8k8", "bf16", 8)]
    [InlineData("m16n8k8", "f16", 8)]
    [InlineData("m16n8k4", "tf32", 4)]
    public void Fragments_are_multiplied(string shape, string format, int depth)
    {
        var random = new Random(depth);
        float[,] left = new float[16, depth], right = new float[depth, 8], sums = new float[16, 8];
        foreach (var matrix in (float[][,])[left, right, sums])
        {
            for (int i = 0; i < matrix.Length; i++)
                matrix[i / matrix.GetLength(1), i % matrix.GetLength(1)] = Rounded(random.NextSingle() * 2 - 1, matrix == sums ? "f32" : format);
        }
        int perRegister = format == "tf32" ? 1 : 2, lefts = 16 * depth / 32 / perRegister, rights = lefts / 2;
        uint[] memory = new uint[32 * (lefts + rights + 4 + 4)];
        for (int lane = 0; lane < 32; lane++)
        {
            int group = lane / 4, thread = lane % 4, at = lane * (lefts + rights + 8);
            for (int i = 0; i < lefts * perRegister; i++)
            {
                // For 16 bits: row = group for i of 0, 1, 4, 5, else group + 8; column = 2 thread + (i & 1), + 8 for i >= 4. For tf32 likewise by one.
                int row = i / perRegister % 2 == 0 ? group : group + 8, column = thread * perRegister + i % perRegister + (i >= 2 * perRegister ? 4 * perRegister : 0);
                memory[at + i / perRegister] |= Bits(left[row, column], format) << 16 * (i % perRegister);
            }
            for (int i = 0; i < rights * perRegister; i++)
            {
                int row = thread * perRegister + i % perRegister + (i >= perRegister ? 4 * perRegister : 0);
                memory[at + lefts + i / perRegister] |= Bits(right[row, group], format) << 16 * (i % perRegister);
            }
            for (int i = 0; i < 4; i++)
                memory[at + lefts + rights + i] = BitConverter.SingleToUInt32Bits(sums[i < 2 ? group : group + 8, 2 * thread + (i & 1)]);
        }
        string Names(string letter, int count) => "{" + string.Join(", ", Enumerable.Range(0, count).Select(i => $"%{letter}{i}")) + "}";
        int bytes = 4 * (lefts + rights + 8);
        string loads = string.Concat(Enumerable.Range(0, lefts).Select(i => $"ld.global.b32 %a{i}, [%rd1+{4 * i}];\n"))
            + string.Concat(Enumerable.Range(0, rights).Select(i => $"ld.global.b32 %b{i}, [%rd1+{4 * (lefts + i)}];\n"))
            + string.Concat(Enumerable.Range(0, 4).Select(i => $"ld.global.f32 %c{i}, [%rd1+{4 * (lefts + rights + i)}];\n"));
        string stores = string.Concat(Enumerable.Range(0, 4).Select(i => $"st.global.f32 [%rd1+{4 * (lefts + rights + 4 + i)}], %c{i};\n"));
        uint[] result = KernelText.Run(KernelText.Of($"""
                .reg .b32 %a<4>, %b<2>; .reg .f32 %c<4>;
                mul.wide.u32 %rd1, %r0, {bytes}; add.s64 %rd1, %rd0, %rd1;
                {loads}
                mma.sync.aligned.{shape}.row.col.f32.{format}.{format}.f32 {Names("c", 4)}, {Names("a", lefts)}, {Names("b", rights)}, {Names("c", 4)};
                {stores}
            """), memory);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                int row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + (i & 1);
                double exact = sums[row, column];
                for (int k = 0; k < depth; k++)
                    exact += (double)left[row, k] * right[k, column];
                Assert.Equal(exact, BitConverter.UInt32BitsToSingle(result[lane * (lefts + rights + 8) + lefts + rights + 4 + i]), 1e-6);
            }
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(4, false)]
    [InlineData(4, true)]
    public void Matrices_are_loaded(int count, bool transposed)
    {
        // Number r of row and c of column in matrix m is 256 m + 16 r + c; rows lie in shared memory from last to first.
        string names = string.Join(", ", Enumerable.Range(0, count).Select(i => $"%r{10 + i}"));
        string stores = string.Concat(Enumerable.Range(0, count).Select(i => $"st.global.u32 [%rd3+{4 * i}], %r{10 + i};\n"));
        ushort[] rows = [.. Enumerable.Range(0, 256).Select(i => (ushort)(256 * (i / 64) + 16 * (i / 8 % 8) + i % 8))];
        uint[] memory = new uint[128 + 128];
        MemoryMarshal.Cast<ushort, uint>(rows).CopyTo(memory);
        uint[] result = KernelText.Run(KernelText.Of($$"""
                mov.u32 %r3, block; sub.u32 %r4, 31, %r0; mul.lo.u32 %r4, %r4, 16; add.u32 %r4, %r3, %r4;
                mul.wide.u32 %rd2, %r0, 16; add.s64 %rd2, %rd0, %rd2; ld.global.v4.u32 {%r5, %r6, %r7, %r8}, [%rd2]; st.shared.v4.u32 [%r4], {%r5, %r6, %r7, %r8};
                bar.sync 0;
                ldmatrix.sync.aligned.m8n8.x{{count}}{{(transposed ? ".trans" : "")}}.shared.b16 {{{names}}}, [%r4];
                add.s64 %rd3, %rd2, 512;
            {{stores}}
            """, declarations: ".shared .align 16 .b8 block[512];"), memory);
        for (int lane = 0; lane < 32; lane++)
        {
            for (int matrix = 0; matrix < count; matrix++)
            {
                for (int i = 0; i < 2; i++)
                {
                    int row = lane / 4, column = lane % 4 * 2 + i;
                    if (transposed)
                        (row, column) = (column, row);
                    Assert.Equal((uint)(256 * matrix + 16 * row + column), result[128 + 4 * lane + matrix] >> 16 * i & 0xFFFF);
                }
            }
        }
    }

    [Fact]
    public void Some_lanes_have_no_tensor_cores() => Assert.Contains("all 32 lanes are to execute it",
        KernelText.Fault(KernelText.Of("mov.u32 %r3, block; ldmatrix.sync.aligned.m8n8.x1.shared.b16 {%r4}, [%r3];", declarations: ".shared .align 16 .b8 block[512];"),
            threads: 16).Message, StringComparison.Ordinal);
}
