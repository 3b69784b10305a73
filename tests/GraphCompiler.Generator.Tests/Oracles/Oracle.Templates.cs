using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Oracles;

// Whole algorithms, computed the long way: every intermediate value is built.
internal sealed partial class Oracle
{
    double[] Template(Node node, int[] shape, TensorValue[] inputs) => node.Op switch
    {
        Op.Attention or Op.AttentionLogSumExp or Op.AttentionGradient => Attention(node, shape, inputs),
        Op.LinearCrossEntropy => LinearCrossEntropyOf(node, inputs),
        Op.LinearCrossEntropyGradient => LinearCrossEntropyGradient(node, inputs),
        _ => throw Unknown(node.Op),
    };

    /// <summary>x·weightᵀ + bias.</summary>
    static TensorValue Logits(TensorValue[] inputs, bool hasBias)
    {
        int[] shape = [inputs[0].Shape[0], inputs[1].Shape[0]];
        double[] logits = MatMul(inputs[0], inputs[1], false, true, shape);
        return new TensorValue(shape, hasBias ? [.. logits.Select((z, i) => z + inputs[3].Elements[i % shape[1]])] : logits);
    }

    static double[] LinearCrossEntropyOf(Node node, TensorValue[] inputs)
    {
        LinearCrossEntropyOperands<TensorValue> operands = new(node, inputs);
        var logits = Logits(inputs, operands.HasBias);
        return operands.Smoothing == 0 ? CrossEntropy(logits, operands.Labels)
            : CrossEntropy(logits, Targets(logits.Shape, operands.Labels, operands.ClassWeights, operands.Smoothing));
    }

    /// <summary>With g = (softmax(logits)·Σ target − target)·d for each row: g·weight, gᵀ·x, and the sum of g's rows.</summary>
    static double[] LinearCrossEntropyGradient(Node node, TensorValue[] inputs)
    {
        LinearCrossEntropyOperands<TensorValue> operands = new(node, inputs);
        int operand = (int)node.Get<LinearCrossEntropyGradientAttributes>().Operand;
        var logits = Logits(inputs, operands.HasBias);
        int rows = logits.Shape[0], classes = logits.Shape[1];
        var alike = new TensorValue([classes], [.. Enumerable.Repeat(1.0, classes)]);
        double[][] targets = Targets(logits.Shape, operands.Labels, operands.Smoothing == 0 ? alike : operands.ClassWeights, operands.Smoothing);
        var toLogits = new TensorValue(logits.Shape, LastAxis(logits, row => [.. Subtract(row, LogSumExp(row)).Select(Math.Exp)]));
        for (int row = 0; row < rows; row++)
        {
            double total = targets[row].Sum();
            for (int c = 0; c < classes; c++)
            {
                ref double element = ref toLogits.Elements[(row * classes) + c];
                element = ((element * total) - targets[row][c]) * operands.Cotangent.Elements[row];
            }
        }
        return operand switch
        {
            0 => MatMul(toLogits, inputs[1], false, false, inputs[0].Shape),
            1 => MatMul(toLogits, inputs[0], true, false, inputs[1].Shape),
            _ => [.. Enumerable.Range(0, classes).Select(c => Enumerable.Range(0, rows).Sum(row => toLogits.Elements[(row * classes) + c]))],
        };
    }
}
