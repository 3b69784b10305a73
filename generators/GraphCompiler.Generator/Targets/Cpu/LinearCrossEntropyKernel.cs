using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>A linear map with cross-entropy: one call of the template, with a null pointer for what is not wanted.</summary>
internal static class LinearCrossEntropyKernel
{
    public static EmittedKernel Emit(Kernel kernel)
    {
        var scope = new KernelScope(kernel.Stores, CpuNames.OfKernels);
        var operation = kernel.Members.First();
        var gradient = kernel.Members.FirstOrDefault(m => m.Op == Op.LinearCrossEntropyGradient);
        var operands = new LinearCrossEntropyOperands<Access>(operation, kernel.OperandsOf(operation));
        Dim rows = operation.Inputs[0].Shape[0], width = operation.Inputs[0].Shape[1], classes = operation.Inputs[1].Shape[0];

        var (weightNode, weightView) = operands.Weight;
        bool isAlongWidth = weightView.Shape[1].IsOne || weightView.Strides[1].IsOne;
        string weightType = CpuTypes.Matrix(weightNode, !isAlongWidth);
        string weightStart = Expression.Sum([Expression.Primary(scope.Pointer(weightNode)), .. weightView.Offset.Select(scope.SizeExpression)]);
        string weightStride = scope.Size(weightView.Strides[isAlongWidth ? 0 : 1]);

        string Result(LinearCrossEntropyOperand operand)
            => kernel.Stores.FirstOrDefault(s => s.Attributes is LinearCrossEntropyGradientAttributes of && of.Operand == operand) is { } node
            ? scope.Pointer(node) : "null";
        string losses = kernel.Stores.FirstOrDefault(s => s.Op == Op.LinearCrossEntropy) is { } stored ? scope.Pointer(stored) : "null";
        string scale = gradient is null ? "null" : scope.Pointer(new LinearCrossEntropyOperands<Access>(gradient, kernel.OperandsOf(gradient)).Cotangent.Base);

        var x = operands.X.Base;
        bool isSingle = x.Type == ElementType.Float32 && weightNode.Type == ElementType.Float32;
        string xType = CpuTypes.Matrix(x, isRowMajor: true), types = isSingle ? weightType : $"{xType}, {weightType}, {CpuTypes.Matrix(weightNode, isAlongWidth)}";
        string inputs = isSingle ? scope.Pointer(x) : $"new {xType}({scope.Pointer(x)}, {scope.Size(width)})";
        var writer = new SourceWriter();
        writer.Line($"LinearCrossEntropy.Run<V, {types}>(");
        writer.Line("    worker,");
        writer.Line($"    new LinearCrossEntropySizes({scope.Size(rows)}, {scope.Size(width)}, {scope.Size(classes)}, {Literals.Integer(CpuCostModel.LogitRows(kernel))}),");
        writer.Line($"    {inputs}, new {weightType}({weightStart}, {weightStride}), {(operands.HasBias ? scope.Pointer(operands.Bias.Base) : "null")}, {scope.Indices(operands.Labels.Base)}, {scale},");
        writer.Line($"    new LinearCrossEntropyResults({losses}, {Result(LinearCrossEntropyOperand.X)}, {Result(LinearCrossEntropyOperand.Weight)}, {Result(LinearCrossEntropyOperand.Bias)}),");
        writer.Line($"    {scope.Workspace()});");
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString());
    }
}
