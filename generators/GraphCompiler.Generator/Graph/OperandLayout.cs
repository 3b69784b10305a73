namespace GraphCompiler.Generator.Graphs;

/// <summary>How an operand must lie where a kernel reads it; what lies otherwise is copied before.</summary>
internal enum OperandLayout
{
    /// <summary>Anyhow: also where it has no memory.</summary>
    Any,

    /// <summary>In memory.</summary>
    Stored,

    /// <summary>In memory, without gaps.</summary>
    Whole,

    /// <summary>In memory, the elements of one of its last two axes side by side.</summary>
    Matrix,

    /// <summary>In memory, the elements of its last axis side by side, the axes before in one run.</summary>
    Lines,

    /// <summary>In memory, the elements of its last axis side by side, the two axes before by any strides, those before them in one run.</summary>
    Heads,

    /// <summary>The axes that are reduced in one run, and what lies inside them in another.</summary>
    ReducedRuns,

    /// <summary>So that strides can express the shape of the result.</summary>
    Reshapeable,
}

/// <summary>How an operand of a node must lie.</summary>
internal delegate OperandLayout LayoutRule(Node node, int operand);
