using System.Reflection;
using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Ptx;
using ILGPU;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>The PTX of kernels of every kind, which ILGPU writes without a GPU.</summary>
public class PtxTests
{
    public struct Matrices
    {
        public ArrayView<float> Left, Right, Result;
        public int Rows, Columns, Depth;
    }

    public struct Operand : IProductOperand
    {
        public ArrayView<float> Values;
        public int Stride;

        public readonly bool IsRowMajor => true;

        public readonly float Load(int item, int row, int column) => Values[row * Stride + column];

        public readonly bool IsVector => true;

        public readonly Four LoadFour(int item, int row, int column) => Four.Load(Values, row * Stride + column);
    }

    public struct Epilogue : IProductEpilogue
    {
        public ArrayView<float> Values;
        public int Stride;

        public readonly void Store(int item, int row, int column, float sum) => Values[row * Stride + column] = sum;

        public readonly bool IsVector => true;

        public readonly void StoreFour(int item, int row, int column, Four sums) => Four.Store(Values, row * Stride + column, sums);
    }

    static void Product(Matrices x) => LargeProduct.Multiply(x.Rows, x.Columns, x.Depth,
        new Operand { Values = x.Left, Stride = x.Depth }, new Operand { Values = x.Right, Stride = x.Columns }, new Epilogue { Values = x.Result, Stride = x.Columns });

    /// <summary>Those of the models that are declared here.</summary>
    static IEnumerable<MethodInfo> EmittedKernels => typeof(Classifier).Assembly.GetTypes().Where(t => t.Name == "DeviceKernels")
        .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static));

    [Fact]
    public void Every_kernel_of_a_model_and_of_the_optimizers_has_ptx_that_can_be_run_without_local_memory()
    {
        var emitted = EmittedKernels.Concat(FormulaKernels).Concat(typeof(UpdateKernels).GetMethods(BindingFlags.Public | BindingFlags.Static)).ToList();
        Assert.True(emitted.Count > 20, $"There are {emitted.Count} kernels.");
        var forms = emitted.SelectMany(Forms).ToList();
        // All at once, for all threads that compile.
        forms.ForEach(kernel => PtxRuntime.Compile(kernel));
        foreach (var kernel in forms)
        {
            Assert.DoesNotContain(".local", PtxRuntime.Text(kernel), StringComparison.Ordinal);
            Assert.Equal(0, PtxRuntime.Kernel(kernel).LocalBytes);
        }
    }

    [Fact]
    public void A_large_product_keeps_its_sums_in_registers_and_reads_16_bytes_at_a_time()
    {
        string ptx = PtxRuntime.TextAlone(typeof(PtxTests).GetMethod(nameof(Product), BindingFlags.NonPublic | BindingFlags.Static)!);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
        Assert.All(["bar.sync", "ld.global.v4.f32", "ld.shared.v4.f32", "st.shared.v4.f32"], text => Assert.Contains(text, ptx, StringComparison.Ordinal));
        Assert.DoesNotContain("ld.shared.f32", ptx, StringComparison.Ordinal);
    }

    public interface IFlag
    {
        bool Value { get; }
    }

    public readonly struct Yes : IFlag
    {
        public bool Value => true;
    }

    public readonly struct No : IFlag
    {
        public bool Value => false;
    }

    public struct Stored16<TRowMajor> : ITensorOperand
        where TRowMajor : struct, IFlag
    {
        public ArrayView<ushort> Values;
        public int Line;

        public readonly bool IsRowMajor => default(TRowMajor).Value;

        public readonly bool IsStored => true;

        public readonly int Stride => Line;

        public readonly nuint Address(int item) => TensorMemory.Address(ref Values[item]);

        public readonly float Load(int item, int row, int column) => 0f;

        public readonly bool IsVector => false;

        public readonly Four LoadFour(int item, int row, int column) => default;
    }

    public struct Floats<TRowMajor, TStored> : ITensorOperand
        where TRowMajor : struct, IFlag
        where TStored : struct, IFlag
    {
        public ArrayView<float> Values;
        public int Line;

        public readonly bool IsRowMajor => default(TRowMajor).Value;

        public readonly bool IsStored => default(TStored).Value;

        public readonly int Stride => Line;

        public readonly nuint Address(int item) => TensorMemory.Address(ref Values[item]);

        public readonly float Load(int item, int row, int column) => Values[row * Line + column];

        public readonly bool IsVector => true;

        public readonly Four LoadFour(int item, int row, int column) => Four.Load(Values, row * Line + column);
    }

    static void TensorProduct16<TFormat, TLeft, TRight>(Matrices x)
        where TFormat : struct, ITensorFormat
        where TLeft : struct, IFlag
        where TRight : struct, IFlag
        => TensorProduct.Multiply(default(TFormat), x.Rows, x.Columns, x.Depth, new Stored16<TLeft> { Values = x.Left.Cast<ushort>(), Line = x.Depth },
            new Stored16<TRight> { Values = x.Right.Cast<ushort>(), Line = x.Columns }, new Epilogue { Values = x.Result, Stride = x.Columns });

    static void TensorProductOfFloats<TFormat, TStored, TRight>(Matrices x)
        where TFormat : struct, ITensorFormat
        where TStored : struct, IFlag
        where TRight : struct, IFlag
        => SmallTensorProduct.Multiply(default(TFormat), x.Rows, x.Columns, x.Depth, new Floats<Yes, TStored> { Values = x.Left, Line = x.Depth },
            new Floats<TRight, TStored> { Values = x.Right, Line = x.Columns }, new Epilogue { Values = x.Result, Stride = x.Columns });

    /// <summary>The gradient of a weight, as the loss of a large vocabulary computes it, and as a deep product's slices would.</summary>
    static void GradientOfWeight(Matrices x) => TensorProduct.Multiply(default(BFloat16Format), x.Rows, x.Columns, x.Depth,
        new ColumnMajorMatrix<BFloat16View, CopiedLines> { Numbers = new BFloat16View { Bits = x.Left.Cast<ushort>() }, Line = x.Rows },
        new RowMajorMatrix<BFloat16View, CopiedLines> { Numbers = new BFloat16View { Bits = x.Right.Cast<ushort>() }, Line = x.Columns },
        new AddTo<LinesOfFours> { Values = x.Result, Stride = x.Columns, IsFirst = x.Depth == 1 }, DepthSlices.Count(x.Depth, 4));

    /// <summary>The same of float32 without tensor cores.</summary>
    static void GradientOfWeightInFloats(Matrices x) => LargeProduct.Multiply(x.Rows, x.Columns, x.Depth,
        new ColumnMajorMatrix<Float32View, CopiedLines> { Numbers = new Float32View { Values = x.Left }, Line = x.Rows },
        new RowMajorMatrix<Float32View, LinesOfFours> { Numbers = new Float32View { Values = x.Right }, Line = x.Columns },
        new AddTo<LinesOfFours> { Values = x.Result, Stride = x.Columns, IsFirst = x.Depth == 1 }, DepthSlices.Count(x.Depth, 4));

    [Theory]
    [InlineData(nameof(GradientOfWeight), "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", "ldmatrix", "x4.trans", "cp.async.cg")]
    [InlineData(nameof(GradientOfWeightInFloats), "ld.global.v4.f32", "ld.shared.v4.f32", "st.shared.v4.f32")]
    public void Products_of_matrices_in_slices_keep_their_sums_in_registers(string kernel, params string[] instructions)
    {
        string ptx = PtxRuntime.TextAlone(typeof(PtxTests).GetMethod(kernel, BindingFlags.NonPublic | BindingFlags.Static)!);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
        Assert.All(instructions, text => Assert.Contains(text, ptx, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(nameof(TensorProduct16), typeof(BFloat16Format), typeof(Yes), typeof(Yes), "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", "ldmatrix", "x4.trans",
        "cp.async.cg")]
    [InlineData(nameof(TensorProduct16), typeof(BFloat16Format), typeof(No), typeof(No), "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", "ldmatrix", "x4.trans",
        "cp.async.cg")]
    [InlineData(nameof(TensorProduct16), typeof(Float16Format), typeof(Yes), typeof(No), "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32", "ldmatrix", "x4.shared",
        "cp.async.cg")]
    [InlineData(nameof(TensorProductOfFloats), typeof(TensorFloat32Format), typeof(Yes), typeof(No), "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", "ldmatrix",
        "cvt.rna.tf32", "cp.async.cg")]
    [InlineData(nameof(TensorProductOfFloats), typeof(TensorFloat32Format), typeof(Yes), typeof(Yes), "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32", "ldmatrix",
        "ld.shared.b32", "cp.async.cg")]
    [InlineData(nameof(TensorProductOfFloats), typeof(BFloat16Format), typeof(No), typeof(Yes), "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32", "ldmatrix", "cvt.rn.bf16x2",
        "ld.global.v4.f32")]
    public void A_product_on_tensor_cores_keeps_its_sums_in_registers(string kernel, Type format, Type left, Type right, params string[] instructions)
    {
        string ptx = PtxRuntime.TextAlone(typeof(PtxTests).GetMethod(kernel, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(format, left, right));
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
        Assert.All(instructions, text => Assert.Contains(text, ptx, StringComparison.Ordinal));
        Assert.Contains(".shared .align 256 .b8 __shared_alloca0[", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain("__shared_alloca1", ptx, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reduction_of_warps_exchanges_values() => Assert.Contains(
        EmittedKernels.Where(Takes<IGroupReduction>),
        m => PtxRuntime.Text(m.MakeGenericMethod(typeof(WarpReduction))).Contains("shfl.sync", StringComparison.Ordinal));

    /// <summary>Attention's operands are copied as they lie, and those of most products; what one product alone reads is rounded on the way.</summary>
    [Theory]
    [InlineData(typeof(GptOfBFloat16), "mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32")]
    [InlineData(typeof(GptOfFloat16), "mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32")]
    public void Products_and_attention_of_a_model_of_sixteen_bits_go_to_tensor_cores(Type model, string instruction)
    {
        var kernels = EmittedKernels.Where(kernel => IsOf(model, kernel) && (Takes<IProductTemplate>(kernel) || Takes<IAttentionTemplate>(kernel))).ToList();
        Assert.True(kernels.Count(Takes<IProductTemplate>) >= 5 && kernels.Count(Takes<IAttentionTemplate>) >= 3, $"There are {kernels.Count} kernels.");
        int copied = 0;
        foreach (var kernel in kernels)
        {
            string ptx = PtxRuntime.Text(
                kernel.MakeGenericMethod((Takes<IProductTemplate>(kernel) ? typeof(SmallTensorProductTemplate<>) : typeof(TensorAttention<>)).MakeGenericType(FormatOf(kernel))));
            Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
            Assert.All([instruction, "ldmatrix"], text => Assert.Contains(text, ptx, StringComparison.Ordinal));
            bool isCopied = ptx.Contains("cp.async.cg", StringComparison.Ordinal);
            Assert.True(isCopied || Takes<IProductTemplate>(kernel), kernel.Name);
            copied += isCopied ? 1 : 0;
        }
        Assert.True(2 * copied > kernels.Count, $"{copied} of {kernels.Count} copy.");
    }

    /// <summary>A kernel of each kind whose rows are whole fours: maps, rows, columns, scatters, attention and its gradients.</summary>
    [Theory]
    [InlineData("Gather")]
    [InlineData("RowMean")]
    [InlineData("ColumnSum")]
    [InlineData("ScatterAdd")]
    [InlineData("Attention")]
    [InlineData("AttentionGradient")]
    public void Neighbours_are_read_and_written_16_bytes_at_a_time(string kind) => Assert.Contains(
        EmittedKernels.Where(m => m.Name.Split('_')[0] == kind).Select(m => PtxRuntime.Text(Forms(m).First())),
        ptx => ptx.Contains("ld.global.v4.f32", StringComparison.Ordinal) && ptx.Contains("st.global.v4.f32", StringComparison.Ordinal));

    public static TheoryData<string> Updates => [.. FormulaKernels.Select(k => k.DeclaringType!.Namespace + "." + k.Name)];

    /// <summary>The kernels of the optimizers, the built-in ones and those declared here.</summary>
    static IEnumerable<MethodInfo> FormulaKernels => new[] { typeof(IlgpuDevice).Assembly, typeof(Classifier).Assembly }
        .SelectMany(a => a.GetCustomAttributes<DeviceFormulaAttribute>()).Select(f => f.Kernels).Distinct()
            .SelectMany(k => k.GetMethods(BindingFlags.Public | BindingFlags.Static));

    [Theory]
    [MemberData(nameof(Updates))]
    public void Updates_read_and_write_16_bytes_at_a_time(string name)
    {
        string ptx = PtxRuntime.TextAlone(FormulaKernels.Single(k => k.DeclaringType!.Namespace + "." + k.Name == name));
        Assert.Contains("ld.global.v4.f32", ptx, StringComparison.Ordinal);
        // The elements are touched in no other way: what is read one by one are scale, coefficients and sums, and only kernels of sums write so.
        bool sums = name.EndsWith("_Sums", StringComparison.Ordinal);
        Assert.Contains(sums ? "st.global.f32" : "st.global.v4.f32", ptx, StringComparison.Ordinal);
        Assert.DoesNotContain(sums ? "st.global.v4.f32" : "st.global.f32", ptx, StringComparison.Ordinal);
    }

    /// <summary>The forms of a kernel that CUDA devices choose among; those of attention on tensor cores have a test of their own.</summary>
    static IEnumerable<MethodInfo> Forms(MethodInfo kernel) => !kernel.IsGenericMethodDefinition ? [kernel]
        : Takes<IGroupReduction>(kernel) ? [kernel.MakeGenericMethod(typeof(WarpReduction))]
        : Takes<IAttentionTemplate>(kernel) ? [kernel.MakeGenericMethod(typeof(FloatAttention<WarpReduction>))]
        : [kernel.MakeGenericMethod(typeof(LargeProductTemplate)), kernel.MakeGenericMethod(typeof(SmallTensorProductTemplate<>).MakeGenericType(FormatOf(kernel)))];

    /// <summary>The format of a model's products on tensor cores.</summary>
    static Type FormatOf(MethodInfo kernel) =>
        IsOf(typeof(GptOfBFloat16), kernel) ? typeof(BFloat16Format) : IsOf(typeof(GptOfFloat16), kernel) ? typeof(Float16Format) : typeof(TensorFloat32Format);

    static bool IsOf(Type model, MethodInfo kernel) => kernel.DeclaringType!.Namespace!.Contains(model.Name, StringComparison.Ordinal);

    /// <summary>Whether the host passes a struct of this kind to a kernel.</summary>
    static bool Takes<TContract>(MethodInfo kernel) =>
        kernel.IsGenericMethodDefinition && kernel.GetGenericArguments()[0].GetGenericParameterConstraints().Contains(typeof(TContract));
}
