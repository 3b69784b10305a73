using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>A part of a tensor that is put together: what is read, and where it goes.</summary>
internal readonly record struct AssembledPart(Access Source, View Place)
{
    /// <summary>The parts of the only member of a kernel, in their order.</summary>
    public static IReadOnlyList<AssembledPart> Of(Kernel kernel)
    {
        var node = kernel.Members.Single();
        var operands = kernel.OperandsOf(node);
        if (IsPadded(node))
            return [new(operands[0], View.Contiguous(node.Shape).Slice(node.Part, node.Inputs[0].Shape[node.Part.Axis]))];
        var parts = new List<AssembledPart>();
        Dim start = 0;
        for (int part = 0; part < operands.Length; part++)
        {
            Dim length = node.Inputs[part].Shape[node.Axis];
            parts.Add(new(operands[part], View.Contiguous(node.Shape).Part(node.Axis, start, length)));
            start.TryAdd(length, out start);
        }
        return parts;
    }

    /// <summary>Whether there are zeros around the parts.</summary>
    public static bool IsPadded(Node node) => node.Op == Op.Pad;

    /// <summary>The fewest axes that must number rows so that columns are one run, there and here.</summary>
    public int RowAxes
    {
        get
        {
            int axes = 0, rank = Place.Shape.Rank;
            while (Source.View.Runs(axes, rank).Count > 1 || Place.Runs(axes, rank).Count > 1)
                axes++;
            return axes;
        }
    }
}
