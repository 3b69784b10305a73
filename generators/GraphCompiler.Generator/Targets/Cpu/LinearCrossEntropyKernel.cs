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
        var parts = new LinearCrossEntropyParts(kernel);
        var operands = parts.Operands;

        var (weightNode, weightView) = operands.Weight;
        bool isAlongWidth = parts.IsAlongWidth;
        string MatrixType(Node node, LinearCrossEntropyOperand operand, bool isRowMajor) =>
            parts.RoundedTo(operand) is { } type ? CpuTypes.RoundedMatrix(type, isRowMajor) : CpuTypes.Matrix(node, isRowMajor);
        string Start(string start, LinearCrossEntropyOperand operand) => parts.RoundedTo(operand) is { } type ? CpuTypes.Rounded(type, start) : start;

        string weightType = MatrixType(weightNode, LinearCrossEntropyOperand.Weight, !isAlongWidth);
        string weightStart = Expression.Sum([Expression.Primary(scope.Pointer(weightNode)), .. weightView.Offset.Select(scope.SizeExpression)]);
        string weightStride = scope.Size(parts.WeightStride);

        string Pointer(Node? node) => node is null ? "null" : scope.Pointer(node);
        string Result(LinearCrossEntropyOperand operand) => Pointer(parts.GradientOf(operand));
        string losses = Pointer(parts.Losses), scale = Pointer(parts.Cotangent);

        var x = operands.X.Base;
        string xType = MatrixType(x, LinearCrossEntropyOperand.X, isRowMajor: true);
        bool isSingle = xType == "RowMajorMatrix" && weightType is "RowMajorMatrix" or "ColumnMajorMatrix";
        string types = isSingle ? weightType : $"{xType}, {weightType}, {MatrixType(weightNode, LinearCrossEntropyOperand.Weight, isAlongWidth)}";
        string inputs = isSingle ? scope.Pointer(x) : $"new {xType}({Start(scope.Pointer(x), LinearCrossEntropyOperand.X)}, {scope.Size(parts.Width)})";
        var writer = new SourceWriter();
        writer.Line($"LinearCrossEntropy.Run<V, {types}>(");
        writer.Line("    worker,");
        writer.Line($"    new LinearCrossEntropySizes({scope.Size(parts.Rows)}, {scope.Size(parts.Width)}, {scope.Size(parts.Classes)}, {Literals.Integer(CpuCostModel.LogitRows(kernel))}),");
        writer.Line($"    {inputs}, new {weightType}({Start(weightStart, LinearCrossEntropyOperand.Weight)}, {weightStride}), {Pointer(operands.HasBias ? operands.Bias.Base : null)}, {scope.Indices(operands.Labels.Base)}, {scale},");
        writer.Line($"    new LinearCrossEntropyResults({losses}, {Result(LinearCrossEntropyOperand.X)}, {Result(LinearCrossEntropyOperand.Weight)}, {Result(LinearCrossEntropyOperand.Bias)}),");
        string smoothing = parts.Smoothing > 0 ? $", new LabelSmoothing({Literals.Float(parts.Smoothing)}, {Pointer(operands.ClassWeights.Base)})" : "";
        writer.Line($"    {scope.Workspace()}{smoothing});");
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString());
    }
}
