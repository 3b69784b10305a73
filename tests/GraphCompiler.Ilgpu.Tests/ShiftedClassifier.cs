using static GraphCompiler.Ops;

namespace GraphCompiler.Ilgpu.Tests;

/// <summary>Words by two digits, classes from 1, running averages, and a log that is written at a computed position.</summary>
[Graph, Dim("batch", Max = 6)]
public sealed partial class ShiftedClassifier
{
    public const int Digits = 7, Classes = 4, Width = 8, Places = 10;

    readonly Embedding words = new(Digits * Digits, Width);
    readonly BatchNorm norm = new(Width);
    readonly Linear output = new(Width, Classes);
    readonly SessionState log = new([Places, Width]);

    public Tensor Logits([Shape("batch", 2)] Tensor<int> ids) => output.Forward(norm.Forward(words.Forward(ids[.., 0] * Digits + ids[.., 1])));

    [Objective]
    public Tensor Loss([Shape("batch", 2)] Tensor<int> ids, [Shape("batch")] Tensor<int> labels) => CrossEntropy(Logits(ids), labels - 1);

    public Tensor Log([Shape("batch", Width)] Tensor rows, [Shape] Tensor<int> position)
    {
        log.Write(rows, at: position + 1);
        return log;
    }
}
