using System;
using System.Collections.Generic;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>Which file writes which kind of kernel, and what their texts have in common. A new kind needs one row here.</summary>
internal static class DeviceKernels
{
    /// <summary>The launches that do the work of one kernel, in order.</summary>
    public static IReadOnlyList<DeviceKernel> Emit(Kernel kernel) => kernel.Kind switch
    {
        KernelKind.Map => [DeviceMap.Emit(kernel)],
        KernelKind.Row => [DeviceRow.Emit(kernel)],
        KernelKind.Column => [DeviceColumn.Emit(kernel)],
        KernelKind.MatMul => DeviceProduct.Emit(kernel),
        KernelKind.Scatter => DeviceScatter.Emit(kernel),
        KernelKind.Assemble => DeviceAssembly.Emit(kernel),
        KernelKind.LinearCrossEntropy => DeviceLinearCrossEntropy.Emit(kernel),
        KernelKind.Attention => [DeviceAttention.Forward(kernel)],
        KernelKind.AttentionGradient => DeviceAttention.Backward(kernel),
        _ => throw new InvalidOperationException($"The ILGPU target has no emitter for {kernel.Kind} kernels."),
    };

    /// <summary>The number of the thread's first element; threads beyond the last one end.</summary>
    public static void WriteElementNumber(SourceWriter writer, string size, string name, int lanes = 1)
    {
        writer.Line($"int {name} = {ElementLanes.First(lanes, Groups.Group * Groups.Size + Groups.Thread)};");
        writer.Line($"if ({name} >= {size})");
        writer.Line("    return;");
    }

    /// <summary>The row and the column of element i.</summary>
    public static void WriteRowAndColumn(SourceWriter writer, KernelScope scope, Dim rows, Dim columns)
    {
        string divisor = scope.Factor(columns);
        // Nothing may read the number of the only row or column, and a constant that nothing reads is a warning.
        writer.Line(columns.IsOne ? "int r = i;" : $"int r = i / {divisor};");
        writer.Line(columns.IsOne ? "int c = i - r;" : rows.IsOne ? "int c = i;" : $"int c = i % {divisor};");
    }

    /// <summary>A kernel that sets every element of a stored value to zero, or to another's.</summary>
    public static DeviceKernel Begin(Node node, Node? source = null)
    {
        var scope = new KernelScope([node], DeviceNames.OfKernels);
        string result = scope.Pointer(node);
        var writer = new SourceWriter();
        Dim size = node.Shape.Size;
        int lanes = ElementLanes.IsWhole(size) && !node.Type.IsWide() ? ElementLanes.Most : 1;
        var reader = new ElementReader(scope, new Shape([size]), 0, "") { Lanes = lanes };
        var all = View.Contiguous(new Shape([size]));
        WriteElementNumber(writer, scope.Size(size), "i", lanes);
        writer.Line(reader.Store(node, all, "i", source is null ? Expression.Primary(ElementLanes.Zero(node.Type)) : reader.Read(new Access(source, all), "i")));
        string name = (source is null ? "Clear_" : "Copy_") + Literals.Identifier(size.ToString().Replace("·", "")).TrimStart('_', '@');
        return new DeviceKernel(name, scope.Parameters, writer.ToString(), text => $"Elements({text(ElementLanes.Threads(size, lanes))})") { IsCopy = source is not null };
    }
}
