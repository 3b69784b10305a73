using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>A kernel of attention, forward or backward: its form, its sizes, its operands, and which results are wanted.</summary>
internal sealed class AttentionParts
{
    readonly Kernel kernel;

    public AttentionParts(Kernel kernel)
    {
        this.kernel = kernel;
        var node = kernel.Members.First();
        Form = node.Get<AttentionAttributes>().Form;
        Operands = Form.Operands(kernel.OperandsOf(node));
        Sizes = new AttentionSizes(node.Inputs[0].Shape, node.Inputs[1].Shape);
    }

    public AttentionForm Form { get; }

    public AttentionOperands<Access> Operands { get; }

    public AttentionSizes Sizes { get; }

    /// <summary>Where the result goes; null where nothing wants it.</summary>
    public Access? Result => PlaceOf(kernel.Members.FirstOrDefault(m => m.Op == Op.Attention));

    /// <summary>The logarithms of the sums, where something wants them.</summary>
    public Node? LogSumExp => kernel.Stores.FirstOrDefault(s => s.Op == Op.AttentionLogSumExp);

    /// <summary>Where the gradient of an operand goes; null where nothing wants it.</summary>
    public Access? GradientOf(AttentionOperand which) =>
        PlaceOf(kernel.Members.FirstOrDefault(m => m.Attributes is AttentionGradientAttributes gradient && gradient.Operand == which));

    Access? PlaceOf(Node? result) => result is null ? null : ResultPlacement.PlaceOf(result, kernel);
}
