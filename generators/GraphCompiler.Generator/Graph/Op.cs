using System;
using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

/// <summary>Every operation of the graph. A new one also needs its row in <see cref="OpTable"/>.</summary>
internal enum Op
{
    // Leaves.
    Parameter,
    State,
    Input,
    Constant,
    Size,
    Iota,
    Random,

    // Elementwise, one operand.
    Negate,
    Abs,
    Sign,
    Exp,
    Log,
    Sqrt,
    ReciprocalSqrt,
    Sin,
    Cos,
    Tanh,
    Sigmoid,
    Erf,
    Softplus,
    Gelu,
    GeluTanh,
    Silu,
    Relu,
    Floor,

    // Derivatives of the three; nothing differentiates them.
    GeluSlope,
    GeluTanhSlope,
    SiluSlope,

    Not,
    Cast,
    Copy,

    // Elementwise, two operands of one shape.
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Maximum,
    Minimum,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    And,
    Or,

    // Elementwise, three operands.
    Select,

    // Reductions; reduced axes stay, with size 1.
    ReduceSum,
    ReduceMax,
    ReduceMin,
    ReduceMean,

    // Layout.
    Reshape,
    Broadcast,
    Permute,
    Slice,
    Pad,
    Concat,

    // Contraction and indexing.
    MatMul,
    Index,
    Gather,
    ScatterAdd,

    // Whole algorithms with a kernel of their own.
    LinearCrossEntropy,
    LinearCrossEntropyGradient,
    Attention,
    AttentionLogSumExp,
    AttentionGradient,

    // Updates of state: each overwrites the memory of its first operand.
    WriteAt,
    Assign,

    // Composites: each has a hand-made gradient and a lowering to the operations above.
    Centre,
    Variance,
    Softmax,
    LogSoftmax,
    LayerNorm,
    RmsNorm,
    CrossEntropy,
    BinaryCrossEntropy,
    Huber,
    Dropout,
    WhenTraining,
}

/// <summary>What fusion may do with an operation.</summary>
internal enum OpKind
{
    Leaf,
    Elementwise,
    Reduction,
    Layout,
    MatMul,
    Indexing,

    /// <summary>Computed where a program is called, before it runs; kernels read the result like an input.</summary>
    Host,
    Update,
    Composite,

    /// <summary>A whole algorithm, which has a template in kernels/ and nothing fused into it.</summary>
    Template,
}

/// <summary>One row of the op table.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Kind">What fusion may do with it.</param>
/// <param name="Arity">The number of operands; −1 for any number.</param>
/// <param name="Cost">Rough cost of one element in multiply-adds; decides what is recomputed and how work is split.</param>
internal sealed record OpInfo(Op Op, OpKind Kind, int Arity, int Cost);

/// <summary>
/// The facts about every operation. Shapes are inferred where nodes are built (<see cref="Graph"/>), gradients in
/// Passes/Differentiation, composite lowerings in Passes/Lowering, code in Targets.
/// </summary>
internal static class OpTable
{
    static readonly OpInfo[] Rows = CreateRows(
    [
        new(Op.Parameter, OpKind.Leaf, 0, 0),
        new(Op.State, OpKind.Leaf, 0, 0),
        new(Op.Input, OpKind.Leaf, 0, 0),
        new(Op.Constant, OpKind.Leaf, 0, 0),
        new(Op.Size, OpKind.Leaf, 0, 0),
        new(Op.Iota, OpKind.Leaf, 0, 1),
        new(Op.Random, OpKind.Leaf, 0, 12),

        new(Op.Negate, OpKind.Elementwise, 1, 1),
        new(Op.Abs, OpKind.Elementwise, 1, 1),
        new(Op.Sign, OpKind.Elementwise, 1, 2),
        new(Op.Exp, OpKind.Elementwise, 1, 10),
        new(Op.Log, OpKind.Elementwise, 1, 14),
        new(Op.Sqrt, OpKind.Elementwise, 1, 6),
        new(Op.ReciprocalSqrt, OpKind.Elementwise, 1, 8),
        new(Op.Sin, OpKind.Elementwise, 1, 16),
        new(Op.Cos, OpKind.Elementwise, 1, 16),
        new(Op.Tanh, OpKind.Elementwise, 1, 14),
        new(Op.Sigmoid, OpKind.Elementwise, 1, 14),
        new(Op.Erf, OpKind.Elementwise, 1, 16),
        new(Op.Softplus, OpKind.Elementwise, 1, 24),
        new(Op.Gelu, OpKind.Elementwise, 1, 22),
        new(Op.GeluTanh, OpKind.Elementwise, 1, 20),
        new(Op.Silu, OpKind.Elementwise, 1, 16),
        new(Op.Relu, OpKind.Elementwise, 1, 1),
        new(Op.Floor, OpKind.Elementwise, 1, 1),
        new(Op.GeluSlope, OpKind.Elementwise, 1, 28),
        new(Op.GeluTanhSlope, OpKind.Elementwise, 1, 26),
        new(Op.SiluSlope, OpKind.Elementwise, 1, 18),
        new(Op.Not, OpKind.Elementwise, 1, 1),
        new(Op.Cast, OpKind.Elementwise, 1, 1),
        new(Op.Copy, OpKind.Elementwise, 1, 0),

        new(Op.Add, OpKind.Elementwise, 2, 1),
        new(Op.Subtract, OpKind.Elementwise, 2, 1),
        new(Op.Multiply, OpKind.Elementwise, 2, 1),
        new(Op.Divide, OpKind.Elementwise, 2, 4),
        new(Op.Power, OpKind.Elementwise, 2, 30),
        new(Op.Maximum, OpKind.Elementwise, 2, 1),
        new(Op.Minimum, OpKind.Elementwise, 2, 1),
        new(Op.Less, OpKind.Elementwise, 2, 1),
        new(Op.LessOrEqual, OpKind.Elementwise, 2, 1),
        new(Op.Greater, OpKind.Elementwise, 2, 1),
        new(Op.GreaterOrEqual, OpKind.Elementwise, 2, 1),
        new(Op.Equal, OpKind.Elementwise, 2, 1),
        new(Op.NotEqual, OpKind.Elementwise, 2, 1),
        new(Op.And, OpKind.Elementwise, 2, 1),
        new(Op.Or, OpKind.Elementwise, 2, 1),
        new(Op.Select, OpKind.Elementwise, 3, 1),

        new(Op.ReduceSum, OpKind.Reduction, 1, 1),
        new(Op.ReduceMax, OpKind.Reduction, 1, 1),
        new(Op.ReduceMin, OpKind.Reduction, 1, 1),
        new(Op.ReduceMean, OpKind.Reduction, 1, 2),

        new(Op.Reshape, OpKind.Layout, 1, 0),
        new(Op.Broadcast, OpKind.Layout, 1, 0),
        new(Op.Permute, OpKind.Layout, 1, 0),
        new(Op.Slice, OpKind.Layout, 1, 0),
        new(Op.Pad, OpKind.Layout, 1, 0),
        new(Op.Concat, OpKind.Layout, -1, 0),

        new(Op.MatMul, OpKind.MatMul, 2, 0),
        new(Op.Index, OpKind.Host, 1, 0),
        new(Op.Gather, OpKind.Indexing, 2, 1),
        new(Op.ScatterAdd, OpKind.Indexing, -1, 1),

        new(Op.LinearCrossEntropy, OpKind.Template, -1, 0),
        new(Op.LinearCrossEntropyGradient, OpKind.Template, -1, 0),
        new(Op.Attention, OpKind.Template, -1, 0),
        new(Op.AttentionLogSumExp, OpKind.Template, -1, 0),
        new(Op.AttentionGradient, OpKind.Template, -1, 0),

        new(Op.WriteAt, OpKind.Update, 3, 0),
        new(Op.Assign, OpKind.Update, 2, 0),

        new(Op.Centre, OpKind.Composite, 1, 0),
        new(Op.Variance, OpKind.Composite, 1, 0),
        new(Op.Softmax, OpKind.Composite, 1, 0),
        new(Op.LogSoftmax, OpKind.Composite, 1, 0),
        new(Op.LayerNorm, OpKind.Composite, 3, 0),
        new(Op.RmsNorm, OpKind.Composite, 2, 0),
        new(Op.CrossEntropy, OpKind.Composite, 2, 0),
        new(Op.BinaryCrossEntropy, OpKind.Composite, 2, 0),
        new(Op.Huber, OpKind.Composite, 2, 0),
        new(Op.Dropout, OpKind.Composite, 1, 0),
        new(Op.WhenTraining, OpKind.Composite, 2, 0),
    ]);

    public static IReadOnlyList<OpInfo> All => Rows;

    public static OpInfo Info(this Op op) => Rows[(int)op];

    public static OpKind Kind(this Op op) => Rows[(int)op].Kind;

    static OpInfo[] CreateRows(OpInfo[] rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            if ((int)rows[i].Op != i)
                throw new InvalidOperationException($"The op table's row {i} is {rows[i].Op}; it must follow the order of the enum.");
        }
        return rows;
    }
}
