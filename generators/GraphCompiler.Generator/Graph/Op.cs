namespace GraphCompiler.Generator.Graphs;

/// <summary>Every operation of the graph. What is known of each stands with its family, in Ops/.</summary>
internal enum Op
{
    // Leaves.
    Parameter,
    State,
    Input,
    Constant,
    ConstantArray,
    Size,
    Iota,
    Random,
    LossScale,

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
    Flip,
    Pad,
    Concat,

    // Contraction and indexing.
    MatMul,
    QuantizedMatMul,
    Index,
    Gather,
    QuantizedGather,
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
    LogSumExp,
    ArgMax,
    ArgMin,
    CumulativeSum,
    LayerNorm,
    RmsNorm,
    CrossEntropy,
    SmoothedCrossEntropy,
    BinaryCrossEntropy,
    Huber,
    Dropout,
    WhenTraining,
    StopGradient,
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
