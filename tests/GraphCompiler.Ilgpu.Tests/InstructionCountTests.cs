using System.Reflection;
using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Ptx;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>
/// How many instructions the loops of kernels have in PTX, so that none creeps in unseen. ILGPU computes in a loop what it could
/// compute before, and unrolls none; assemblers mend the former, and are not relied upon.
/// </summary>
public class InstructionCountTests
{
    /// <summary>A step of 32 products' depth: 64 multiplications a warp, which are at least 128 of 300 instructions, whichever way the operands lie.</summary>
    [Theory]
    [InlineData(typeof(PtxTests.Yes), typeof(PtxTests.No), 124)]
    [InlineData(typeof(PtxTests.Yes), typeof(PtxTests.Yes), 136)]
    [InlineData(typeof(PtxTests.No), typeof(PtxTests.No), 136)]
    [InlineData(typeof(PtxTests.No), typeof(PtxTests.Yes), 148)]
    public void Much_of_the_main_loop_on_tensor_cores_are_multiplications(Type left, Type right, int most)
    {
        var kernel = typeof(PtxTests).GetMethod("TensorProduct16", BindingFlags.NonPublic | BindingFlags.Static)!;
        var loop = new PtxLoops(PtxRuntime.TextAlone(kernel.MakeGenericMethod(typeof(BFloat16Format), left, right))).Innermost("mma.sync");
        int multiplications = loop.Count(text => text.StartsWith("mma.sync", StringComparison.Ordinal));
        AssertAtMost(most, loop);
        Assert.Equal(64, multiplications);
        Assert.True(300 * multiplications >= 128 * loop.Count, $"{multiplications} of {loop.Count} instructions are multiplications.");
    }

    /// <summary>A quarter of the sums, with as many steps.</summary>
    [Theory]
    [InlineData("MatMul_Add_Gelu_Cast_1024x3072x768", 58)]
    [InlineData("MatMul_3072x768x1024", 66)]
    public void The_main_loop_of_small_tiles_computes_no_addresses_either(string kernel, int most)
    {
        var loop = new PtxLoops(PtxOf(typeof(FeedForwardOfBFloat16), kernel, typeof(SmallTensorProductTemplate<BFloat16Format>))).Innermost("mma.sync");
        AssertAtMost(most, loop);
        Assert.Equal(16, loop.Count(text => text.StartsWith("mma.sync", StringComparison.Ordinal)));
    }

    /// <summary>What a thread does for four neighbouring sums, and for the address of the next ones.</summary>
    [Theory]
    [InlineData(typeof(FeedForwardOfBFloat16), "MatMul_3072x768x1024", typeof(TensorProductTemplate<BFloat16Format>), 20)]
    [InlineData(typeof(FeedForwardOfBFloat16), "MatMul_3072x768x1024", typeof(SmallTensorProductTemplate<BFloat16Format>), 20)]
    [InlineData(typeof(FeedForwardOfBFloat16), "MatMul_Add_Multiply_1024x768x3072", typeof(TensorProductTemplate<BFloat16Format>), 22)]
    [InlineData(typeof(FeedForwardOfBFloat16), "MatMul_Add_Gelu_Cast_1024x3072x768", typeof(TensorProductTemplate<BFloat16Format>), 384)]
    [InlineData(typeof(FeedForwardOfBFloat16), "Add_MatMul_GeluSlope_Multiply_1024x3072x768", typeof(TensorProductTemplate<BFloat16Format>), 404)]
    public void An_epilogue_on_tensor_cores_takes_four_columns_at_a_time(Type model, string kernel, Type template, int most)
    {
        string ptx = PtxOf(model, kernel, template);
        var loop = new PtxLoops(ptx).Innermost("st.global.v4");
        AssertAtMost(most, loop);
        Assert.DoesNotContain(loop, IsDivision);
        Assert.DoesNotContain("st.global.f32", ptx, StringComparison.Ordinal);
    }

    /// <summary>A loop over a thread's rows, each of two fours.</summary>
    [Theory]
    [InlineData("MatMul_3072x768x1024", 92)]
    [InlineData("Add_MatMul_GeluSlope_Multiply_1024x3072x768", 728)]
    public void An_epilogue_of_a_product_of_floats_is_a_loop_over_rows(string kernel, int most)
    {
        foreach (var template in new[] { typeof(LargeProductTemplate), typeof(MediumProductTemplate) })
        {
            string ptx = PtxOf(typeof(FeedForwardOfFloats), kernel, template);
            var loop = new PtxLoops(ptx).Innermost("st.global.v4");
            AssertAtMost(most, loop);
            Assert.DoesNotContain(loop, IsDivision);
            Assert.Equal(ptx.Split("st.global").Length - 1, loop.Count(text => text.Contains("st.global.v4", StringComparison.Ordinal)));
        }
    }

    /// <summary>
    /// Two reads of four numbers of the weight a turn, times one row; or times four rows. Of a weight whose columns lie in memory each row adds two reads
    /// of four numbers that it multiplies them with, of one whose rows do two single numbers.
    /// </summary>
    [Theory]
    [InlineData(typeof(FeedForwardOfFloats), "MatMul_Add_1x768x3072", null, 53, 4, 0)]
    [InlineData(typeof(FeedForwardOfBFloat16), "MatMul_Add_1x768x3072", null, 173, 4, 0)]
    [InlineData(typeof(LayersOfFloats), "MatMul_Add_Gelu_rowsx136x68", typeof(FewRowsProductTemplate), 183, 10, 0)]
    [InlineData(typeof(LayersOfFloats), "MatMul_Add_rowsx68x136", typeof(FewRowsProductTemplate), 176, 2, 8)]
    public void A_product_of_few_rows_is_little_but_reads_and_multiplications(Type model, string kernel, Type? template, int most, int readsOfFour, int readsOfOne)
    {
        string ptx = PtxOf(model, kernel, template);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
        var loop = new PtxLoops(ptx).Innermost("ld.global.v4");
        AssertAtMost(most, loop);
        Assert.DoesNotContain(loop, IsDivision);
        Assert.Equal(
            (readsOfFour, readsOfFour + readsOfOne),
            (loop.Count(text => text.StartsWith("ld.global.v4", StringComparison.Ordinal)), loop.Count(text => text.StartsWith("ld.global", StringComparison.Ordinal))));
    }

    public static TheoryData<string> Functions => [.. typeof(FunctionKernels).GetMethods(BindingFlags.Public | BindingFlags.Static).Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Functions_have_no_branches_at_which_threads_would_part(string function) =>
        Assert.DoesNotContain(new PtxLoops(PtxRuntime.TextAlone(typeof(FunctionKernels).GetMethod(function)!)).Instructions,
            text => text.Contains("bra", StringComparison.Ordinal));

    /// <summary>With those that find and read the argument, and store the result: some twenty.</summary>
    [Theory]
    [InlineData("Exp", 58)]
    [InlineData("Tanh", 50)]
    [InlineData("Sigmoid", 64)]
    [InlineData("Gelu", 94)]
    [InlineData("GeluSlope", 95)]
    public void Functions_have_few_instructions(string function, int most) =>
        AssertAtMost(most, [.. new PtxLoops(PtxRuntime.TextAlone(typeof(FunctionKernels).GetMethod(function)!)).Instructions]);

    [Fact]
    public void Loops_are_found_with_those_within_them()
    {
        var loops = new PtxLoops("""
            .visible .entry Kernel(.param .align 8 .b8 _arguments[8]) {
            .reg .b32 %r<9>; // a comment; with a statement
            mov.b32 %r1, 0;
            OUTER:
            setp.ge.s32 %p1, %r1, 4;
            @%p1 bra END;
            mov.b32 %r2, 0;
            INNER:
            { .reg .b32 at; add.u32 at, %r1, %r2; st.shared.v2.b32 [at], {%r1, %r2}; }
            @%p2 bra RARE;
            COMMON:
            add.s32 %r2, %r2, 1;
            @!%p3 bra.uni INNER;
            add.s32 %r1, %r1, 1;
            bra.uni OUTER;
            RARE:
            mov.b32 %r2, 7;
            bra COMMON;
            END:
            ret;
            }
            """);
        Assert.Equal([12, 7], loops.Loops.Select(loop => loop.Count));
        Assert.Equal(7, loops.Innermost("st.shared").Count);
        Assert.Equal(12, loops.Innermost("setp").Count);
    }

    static bool IsDivision(string instruction) => instruction.StartsWith("div.s", StringComparison.Ordinal) || instruction.StartsWith("rem.s", StringComparison.Ordinal);

    static void AssertAtMost(int most, IReadOnlyList<string> loop) =>
        Assert.True(loop.Count <= most, $"There are {loop.Count} instructions, more than {most}:\n{string.Join("\n", loop)}");

    static string PtxOf(Type model, string kernel, Type? template)
    {
        var method = typeof(FeedForward).Assembly.GetTypes().Single(t => t.Name == "DeviceKernels" && t.Namespace!.Contains("_" + model.Name + ".", StringComparison.Ordinal))
            .GetMethod(kernel, BindingFlags.Public | BindingFlags.Static)!;
        return PtxRuntime.TextAlone(template is null ? method : method.MakeGenericMethod(template));
    }
}
