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
        if (node.Op == Op.Pad)
        {
            var whole = View.Contiguous(node.Shape).Slice(node.Part, node.Inputs[0].Shape[node.Part.Axis]);
            return [DeviceKernels.Begin(node), Part(kernel, kernel.OperandsOf(node)[0], node, whole)];
        }
        int axis = node.Axis;
        var parts = new List<DeviceKernel>();
        Dim start = 0;
        for (int part = 0; part < node.Inputs.Count; part++)
        {
            Dim length = node.Inputs[part].Shape[axis];
            parts.Add(Part(kernel, kernel.OperandsOf(node)[part], node, View.Contiguous(node.Shape).Part(axis, start, length)));
            start.TryAdd(length, out start);
        }
        return parts;
    }

    static DeviceKernel Part(Kernel kernel, Access source, Node result, View place)
    {
        int rank = place.Shape.Rank, rowAxes = 0;
        while (source.View.Runs(rowAxes, rank).Count > 1 || place.Runs(rowAxes, rank).Count > 1)
            rowAxes++;
        var scope = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        int lanes = ElementLanes.Of(place.Shape.Product(rowAxes, rank), rowAxes, [place]);
        var reader = new ElementReader(scope, place.Shape, rowAxes, "r") { Lanes = lanes };
        var writer = new SourceWriter();
        DeviceKernels.WriteElementNumber(writer, scope.Size(place.Shape.Size), "i", lanes);
        DeviceKernels.WriteRowAndColumn(writer, scope, place.Shape.Product(0, rowAxes), place.Shape.Product(rowAxes, rank));
        writer.Line(reader.Store(result, place, "c", reader.Read(source, "c")));
        Dim size = place.Shape.Size;
        return new DeviceKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(), text => $"Elements({text(ElementLanes.Threads(size, lanes))})");
    }
}
