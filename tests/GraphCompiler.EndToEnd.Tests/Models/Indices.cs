using static GraphCompiler.Ops;

namespace GraphCompiler.EndToEnd.Tests.Models;

/// <summary>Lookups by the same integers in several tables, and by parts of one tensor of integers.</summary>
[Graph]
[Dim("n", Max = 100)]
[Dim("m", Max = 100)]
public sealed partial class SeveralTables
{
    readonly Embedding small = new(3, 2), big = new(100, 2);

    public Tensor Sum([Shape("n", 4)] Tensor a, [Shape("m", 4)] Tensor b, [Shape(3)] Tensor<int> ids) => Gather(a, ids) + Gather(b, ids);

    public Tensor Columns([Shape(2, 2)] Tensor<int> ids) => small.Forward(ids[.., 0]) + big.Forward(ids[.., 1]);

    public Tensor Counted([Shape("n", 4)] Tensor a, [Shape("m", 4)] Tensor b) => Gather(b, Arange(a.Shape[0])) + a;
}

/// <summary>Integers as numbers, beyond what floats hold.</summary>
[Graph]
[Dim("n", Max = 100)]
public sealed partial class LargeIntegers
{
    public Tensor Same([Shape("n")] Tensor<int> a, [Shape("n")] Tensor<int> b) => Equal(a, b).To<float>();

    public Tensor<int> Sum([Shape("n")] Tensor<int> a, [Shape("n")] Tensor<int> b) => a + b * 3;

    public (Tensor<int> Shifted, Tensor Half) Both([Shape(2, 2)] Tensor<int> a, [Shape(2, 2)] Tensor x) => (a.Transpose() - 16777217, x * 0.5f);

    public Tensor<int> First([Shape(3)] Tensor<int> a) => a[0] + 16777216;

    public Tensor SameAsComputed([Shape("n")] Tensor<int> a, [Shape("n")] Tensor<int> b) => NotEqual(a * 5000 + 1, b - 1).To<float>();
}

/// <summary>A classifier whose classes are numbered from 1, with running averages.</summary>
[Graph]
[Dim("batch", Max = 8)]
public sealed partial class ClassesFromOne
{
    public const int Inputs = 6, Classes = 5;

    readonly Linear first = new(Inputs, 10);
    readonly BatchNorm norm = new(10);
    readonly Linear second = new(10, Classes);

    public Tensor Logits([Shape("batch", Inputs)] Tensor x) => second.Forward(Relu(norm.Forward(first.Forward(x))));

    [Objective]
    public Tensor Loss([Shape("batch", Inputs)] Tensor x, [Shape("batch")] Tensor<int> labels) => CrossEntropy(Logits(x), labels - 1);
}

/// <summary>The same classifier for classes from 0: what the other one must do.</summary>
[Graph]
[Dim("batch", Max = 8)]
public sealed partial class ClassesFromZero
{
    readonly Linear first = new(ClassesFromOne.Inputs, 10);
    readonly BatchNorm norm = new(10);
    readonly Linear second = new(10, ClassesFromOne.Classes);

    [Objective]
    public Tensor Loss([Shape("batch", ClassesFromOne.Inputs)] Tensor x, [Shape("batch")] Tensor<int> labels)
        => CrossEntropy(second.Forward(Relu(norm.Forward(first.Forward(x)))), labels);
}

/// <summary>A vocabulary so large that its logits are never held whole; words and next words are numbered in two digits.</summary>
[Graph]
public sealed partial class TwoDigitVocabulary
{
    public const int Rows = 64, Base = 150, Words = Base * Base;

    readonly Embedding words = new(Words, 4);
    readonly Linear output = new(4, Words);

    [Objective]
    public Tensor Loss([Shape(Rows, 2)] Tensor<int> text, [Shape(Rows, 2)] Tensor<int> next)
        => CrossEntropy(output.Forward(words.Forward(text[.., 0] * Base + text[.., 1])), next[.., 0] * Base + next[.., 1]);
}

/// <summary>The same network for words that are single numbers.</summary>
[Graph]
public sealed partial class PlainVocabulary
{
    readonly Embedding words = new(TwoDigitVocabulary.Words, 4);
    readonly Linear output = new(4, TwoDigitVocabulary.Words);

    [Objective]
    public Tensor Loss([Shape(TwoDigitVocabulary.Rows)] Tensor<int> text, [Shape(TwoDigitVocabulary.Rows)] Tensor<int> next)
        => CrossEntropy(output.Forward(words.Forward(text)), next);
}

/// <summary>Rows written at positions that are computed.</summary>
[Graph]
[Dim("count", Max = 3)]
public sealed partial class ShiftedLog
{
    public const int Places = 10, Width = 3;

    readonly SessionState log = new([Places, Width]);

    public Tensor After([Shape("count", Width)] Tensor rows, [Shape] Tensor<int> position)
    {
        log.Write(rows, at: position + 1);
        return log;
    }

    public Tensor Nth([Shape(1, Width)] Tensor row, [Shape(4)] Tensor<int> places)
    {
        log.Write(row, at: places[2] * places[3]);
        return log;
    }

    public Tensor AtCount([Shape("count", Width)] Tensor rows)
    {
        log.Write(rows, at: rows.Shape[0]);
        return log;
    }

    /// <summary>Attends to as many of the rows as a call says.</summary>
    public Tensor Attend([Shape(1, 1, Width)] Tensor query, [Shape] Tensor<int> count)
        => Attention(query, log.Unsqueeze(0), log.Unsqueeze(0), keyCount: count - 1);
}
