using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>A kernel of a linear map with cross-entropy: its sizes, its operands, and which results are wanted.</summary>
internal sealed class LinearCrossEntropyParts
{
    readonly Kernel kernel;
    readonly Node? gradient;

    public LinearCrossEntropyParts(Kernel kernel)
    {
        this.kernel = kernel;
        var operation = kernel.Members.First();
        gradient = kernel.Members.FirstOrDefault(m => m.Op == Op.LinearCrossEntropyGradient);
        Operands = new(operation, [.. kernel.OperandsOf(operation).Select((operand, place) => PrologueOf(place)?.Rounded ?? operand)]);
        (Rows, Width, Classes) = (operation.Inputs[0].Shape[0], operation.Inputs[0].Shape[1], operation.Inputs[1].Shape[0]);
    }

    public LinearCrossEntropyOperands<Access> Operands { get; }

    /// <summary>The share of the targets that is spread over all classes; 0 where nothing is.</summary>
    public double Smoothing => Operands.Smoothing;

    /// <summary>The type that an operand is rounded to while it is read; null where it is multiplied as it lies.</summary>
    public ElementType? RoundedTo(LinearCrossEntropyOperand operand) => PrologueOf((int)operand)?.Result.Type;

    Prologue? PrologueOf(int place) => place < kernel.Prologues.Length ? kernel.Prologues[place] : null;

    public Dim Rows { get; }

    /// <summary>Numbers of a row, and of a class of the weight.</summary>
    public Dim Width { get; }

    public Dim Classes { get; }

    /// <summary>Whether the weight lies as classes x width, rather than as its transpose.</summary>
    public bool IsAlongWidth => Operands.Weight.View is var view && (view.Shape[1].IsOne || view.Strides[1].IsOne);

    /// <summary>How far the lines of the weight lie apart.</summary>
    public Dim WeightStride => Operands.Weight.View.Strides[IsAlongWidth ? 0 : 1];

    /// <summary>The losses, if they are wanted.</summary>
    public Node? Losses => kernel.Stores.FirstOrDefault(s => s.Op == Op.LinearCrossEntropy);

    /// <summary>The gradient of the losses; null where no gradient is computed.</summary>
    public Node? Cotangent => gradient is null ? null : new LinearCrossEntropyOperands<Access>(gradient, kernel.OperandsOf(gradient)).Cotangent.Base;

    /// <summary>The gradient of an operand; null where nothing wants it.</summary>
    public Node? GradientOf(LinearCrossEntropyOperand operand) =>
        kernel.Stores.FirstOrDefault(s => s.Attributes is LinearCrossEntropyGradientAttributes of && of.Operand == operand);
}
