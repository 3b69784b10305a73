#if ILGPU
using System.Reflection;
using GraphCompiler.Kernels.Ilgpu;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>
/// How many instructions the loops of kernels have in PTX, so that none creeps in unseen. ILGPU computes in a loop what it could
/// compute before, and unrolls none; assemblers mend the former, and are not relied upon.
/// </summary>
public class InstructionCountTests
{
    /// <summary>What a thread does for four neighbouring sums, and for the address of the next ones.</summary>
    [Theory]
    [InlineData(typeof(FeedForwardOfBFloat16), "MatMul_3072x768x1024", typeof(TensorProductTemplate<BFloat16Format>), 20)]
    [InlineData(typeof(FeedForwardOfBFloat16), "MatMul_3072x768x1024", typeof(SmallTensorProductTemplate<BFloat16Format>), 20)]
    [InlineData(typeof(FeedForwardOfBFloat16), "MatMul_Add_Multiply_1024x768x3072", typeof(TensorProductTemplate<BFloat16Format>), 22)]
    [InlineData(typeof(FeedForwardOfBFloat16), "MatMul_Add_Gelu_Round_1024x3072x768", typeof(TensorProductTemplate<BFloat16Format>), 416)]
    [InlineData(typeof(FeedForwardOfBFloat16), "Add_MatMul_GeluSlope_Round_1024x3072x768", typeof(TensorProductTemplate<BFloat16Format>), 436)]
    public void An_epilogue_on_tensor_cores_takes_four_columns_at_a_time(Type model, string kernel, Type template, int most)
    {
        string ptx = PtxOf(model, kernel, template);
        AssertAtMost(most, new PtxLoops(ptx).Innermost("st.global.v4"));
        Assert.DoesNotContain("st.global.f32", ptx, StringComparison.Ordinal);
    }

    /// <summary>A loop over a thread's rows, each of two fours.</summary>
    [Theory]
    [InlineData("MatMul_3072x768x1024", 92)]
    [InlineData("Add_MatMul_GeluSlope_Multiply_1024x3072x768", 768)]
    public void An_epilogue_of_a_product_of_floats_is_a_loop_over_rows(string kernel, int most)
    {
        foreach (var template in new[] { typeof(LargeProductTemplate), typeof(MediumProductTemplate) })
        {
            string ptx = PtxOf(typeof(FeedForwardOfFloats), kernel, template);
            var loop = new PtxLoops(ptx).Innermost("st.global.v4");
            AssertAtMost(most, loop);
            Assert.Equal(ptx.Split("st.global").Length - 1, loop.Count(text => text.Contains("st.global.v4", StringComparison.Ordinal)));
        }
    }

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

    static void AssertAtMost(int most, IReadOnlyList<string> loop) =>
        Assert.True(loop.Count <= most, $"The loop has {loop.Count} instructions, more than {most}:\n{string.Join("\n", loop)}");

    static string PtxOf(Type model, string kernel, Type template) => PtxTests.PtxOf(typeof(FeedForward).Assembly.GetTypes()
        .Single(t => t.Name == "DeviceKernels" && t.Namespace!.Contains("_" + model.Name + ".", StringComparison.Ordinal))
        .GetMethod(kernel, BindingFlags.Public | BindingFlags.Static)!.MakeGenericMethod(template));
}
#endif
