using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>Puts a tensor together: a launch a part copies it to its place. A padded tensor is cleared first.</summary>
internal static class DeviceAssembly
{
    public static IReadOnlyList<DeviceKernel> Emit(Kernel kernel)
    {
        var node = kernel.Members.Single();
        var parts = AssembledPart.Of(kernel).Select(part => Copy(kernel, part, node));
        return [.. AssembledPart.IsPadded(node) ? [DeviceKernels.Begin(node)] : Enumerable.Empty<DeviceKernel>(), .. parts];
    }

    static DeviceKernel Copy(Kernel kernel, AssembledPart part, Node result)
    {
        var (source, place) = part;
        int rowAxes = part.RowAxes;
        var (rows, columns) = RowsOfColumns.Of(place.Shape, rowAxes);
        var scope = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        int lanes = ElementLanes.Of(kernel, columns, rowAxes, [place]);
        var reader = new ElementReader(scope, place.Shape, rowAxes, "r") { Lanes = lanes };
        var writer = new SourceWriter();
        DeviceKernels.WriteElementNumber(writer, scope.Size(place.Shape.Size), "i", lanes);
        DeviceKernels.WriteRowAndColumn(writer, scope, rows, columns);
        writer.Line(reader.Store(result, place, "c", reader.Read(source, "c")));
        Dim size = place.Shape.Size;
        return new DeviceKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(), text => $"Elements({text(ElementLanes.Threads(size, lanes))})");
    }
}
