using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Oracles;

// Whole algorithms, computed the long way: every intermediate value is built.
internal sealed partial class Oracle
{
    double[] Template(Node node, int[] shape, TensorValue[] inputs) => node.Op switch
    {
        Op.Attention or Op.AttentionLogSumExp or Op.AttentionGradient => Attention(node, shape, inputs),
        Op.LinearCrossEntropy => CrossEntropy(Logits(inputs, inputs.Length > 3), inputs[2]),
        Op.LinearCrossEntropyGradient => LinearCrossEntropyGradient(inputs, (int)node.Get<LinearCrossEntropyGradientAttributes>().Operand),
        _ => throw Unknown(node.Op),
    };

    /// <summary>x·weightᵀ + bias.</summary>
    static TensorValue Logits(TensorValue[] inputs, bool hasBias)
    {
        int[] shape = [inputs[0].Shape[0], inputs[1].Shape[0]];
        double[] logits = MatMul(inputs[0], inputs[1], false, true, shape);
        return new TensorValue(shape, hasBias ? [.. logits.Select((z, i) => z + inputs[3].Elements[i % shape[1]])] : logits);
    }

    /// <summary>With g = (softmax(logits) − one-hot(labels))·d for each row: g·weight, gᵀ·x, and the sum of g's rows.</summary>
    static double[] LinearCrossEntropyGradient(TensorValue[] inputs, int operand)
    {
        var logits = Logits(inputs, inputs.Length > 4);
        var labels = inputs[2].Elements;
        double[] gradients = inputs[inputs.Length - 1].Elements;
        int rows = logits.Shape[0], classes = logits.Shape[1];
        var toLogits = new TensorValue(logits.Shape, LastAxis(logits, row => [.. Subtract(row, LogSumExp(row)).Select(Math.Exp)]));
        for (int row = 0; row < rows; row++)
        {
            toLogits.Elements[(row * classes) + InRange(labels[row], classes)] -= 1;
            for (int c = 0; c < classes; c++)
                toLogits.Elements[(row * classes) + c] *= gradients[row];
        }
        return operand switch
        {
            0 => MatMul(toLogits, inputs[1], false, false, inputs[0].Shape),
            1 => MatMul(toLogits, inputs[0], true, false, inputs[1].Shape),
            _ => [.. Enumerable.Range(0, classes).Select(c => Enumerable.Range(0, rows).Sum(row => toLogits.Elements[(row * classes) + c]))],
        };
    }
}
