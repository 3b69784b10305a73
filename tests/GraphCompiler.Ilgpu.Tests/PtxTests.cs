#if ILGPU
using System.Reflection;
using GraphCompiler.Kernels.Ilgpu;
using ILGPU;
using ILGPU.Backends.EntryPoints;
using ILGPU.Backends.PTX;
using ILGPU.Runtime.Cuda;

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
    }

    static void Product(Matrices x) => LargeProduct.Multiply(x.Rows, x.Columns, x.Depth,
        new Operand { Values = x.Left, Stride = x.Depth }, new Operand { Values = x.Right, Stride = x.Columns }, new Epilogue { Values = x.Result, Stride = x.Columns });

    [Fact]
    public void Every_kernel_of_a_model_and_of_the_optimizers_has_ptx_without_local_memory()
    {
        var emitted = typeof(Classifier).Assembly.GetTypes().Where(t => t.Name == "DeviceKernels").Append(typeof(UpdateKernels))
            .SelectMany(t => t.GetMethods(BindingFlags.Public | BindingFlags.Static)).ToList();
        Assert.True(emitted.Count > 20, $"There are {emitted.Count} kernels.");
        foreach (var kernel in emitted.SelectMany(Forms))
            Assert.DoesNotContain(".local", PtxOf(kernel), StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_product_keeps_its_sums_in_registers()
    {
        string ptx = PtxOf(typeof(PtxTests).GetMethod(nameof(Product), BindingFlags.NonPublic | BindingFlags.Static)!);
        Assert.DoesNotContain(".local", ptx, StringComparison.Ordinal);
        Assert.Contains("bar.sync", ptx, StringComparison.Ordinal);
    }

    [Fact]
    public void A_reduction_of_warps_exchanges_values() => Assert.Contains(
        typeof(Classifier).Assembly.GetTypes().Where(t => t.Name == "DeviceKernels").SelectMany(t => t.GetMethods()).Where(m => m.IsGenericMethodDefinition),
        m => PtxOf(m.MakeGenericMethod(typeof(WarpReduction))).Contains("shfl.sync", StringComparison.Ordinal));

    static IEnumerable<MethodInfo> Forms(MethodInfo kernel) => kernel.IsGenericMethodDefinition
        ? [kernel.MakeGenericMethod(typeof(WarpReduction)), kernel.MakeGenericMethod(typeof(SharedReduction))]
        : [kernel];

    static string PtxOf(MethodInfo kernel)
    {
        using var context = Context.Create(builder => builder.Optimize(OptimizationLevel.O2));
        using var backend = new PTXBackend(context, new CudaCapabilityContext(CudaArchitecture.SM_80), CudaArchitecture.SM_80, CudaInstructionSet.ISA_70, null);
        return ((PTXCompiledKernel)backend.Compile(EntryPointDescription.FromExplicitlyGroupedKernel(kernel), default)).PTXAssembly;
    }
}
#endif
