using System;
using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

/// <summary>The gradients of the operands, null where there is none.</summary>
/// <param name="graph">Where to build.</param>
/// <param name="node">The operation, in <paramref name="graph"/>.</param>
/// <param name="gradient">The objective's gradient with respect to the node, of its shape.</param>
internal delegate Node?[] GradientRule(Graph graph, Node node, Node gradient);

/// <summary>Gives the node of <paramref name="target"/> that stands for <paramref name="node"/>, whose operands are already there.</summary>
internal delegate Node NodeRewrite(Graph target, Node node, IReadOnlyList<Node> inputs);

/// <summary>One element of an elementwise operation, in double precision; operands that it lacks are ignored.</summary>
/// <param name="type">The type of the result.</param>
/// <param name="a">The first operand.</param>
/// <param name="b">The second operand.</param>
/// <param name="c">The third operand.</param>
internal delegate double ElementFunction(ElementType type, double a, double b, double c);

/// <summary>By which operand a node addresses memory, and within which bounds; null where its operand is a constant or missing.</summary>
internal delegate (int Operand, IndexAttributes Index)? IndexRule(Node node);

/// <summary>Which types an elementwise operation takes, and what it gives for them.</summary>
internal enum ElementRule
{
    /// <summary>Floats, and gives floats.</summary>
    Floats,

    /// <summary>Floats of 32 or 64 bits, and gives such as it takes.</summary>
    Reals,

    /// <summary>Numbers, and gives such as it takes: of integers an integer.</summary>
    Numbers,

    /// <summary>Whatever can be compared, and gives truth values.</summary>
    Comparison,

    /// <summary>Truth values, and gives truth values.</summary>
    TruthValues,
}

/// <summary>
/// What the compiler knows of an operation, but for how targets write it. Passes ask it and need not name operations; the
/// file of its family has it beside the methods of <see cref="Graph"/> that build and check the operation.
/// </summary>
/// <param name="Op">The operation.</param>
/// <param name="Kind">What fusion may do with it.</param>
/// <param name="Arity">The number of operands; −1 for any number.</param>
/// <param name="Cost">Rough cost of one element in multiply-adds; decides what is recomputed and how work is split.</param>
internal sealed record OpDefinition(Op Op, OpKind Kind, int Arity, int Cost = 0)
{
    /// <summary>
    /// How the gradient of its result becomes those of its operands; null where it is constant almost everywhere. Where there is a
    /// choice, it uses the result instead of an operand, so that fewer values outlive the forward pass.
    /// </summary>
    public GradientRule? Gradient { get; init; }

    /// <summary>The operations that stand for it, from differentiation on; null where it is primitive.</summary>
    public NodeRewrite? Lowering { get; init; }

    /// <summary>Of an elementwise operation: one element from the definition, for constants that are folded and for the tests' oracle.</summary>
    public ElementFunction? Element { get; init; }

    /// <summary>Of an elementwise operation: its types.</summary>
    public ElementRule Types { get; init; }

    /// <summary>Of an operation that addresses memory by integers: by which.</summary>
    public IndexRule? Index { get; init; }

    /// <summary>Of an operation that sums products: whether an operand of a node is a factor of them.</summary>
    public Func<Node, int, bool>? Multiplies { get; init; }

    /// <summary>Whether its kernel takes all factors in one type.</summary>
    public bool TakesOneType { get; init; }

    /// <summary>How its operands must lie for its kernel; null where they may lie anyhow.</summary>
    public LayoutRule? Layout { get; init; }

    /// <summary>What is known of its numbers, where that is more or less than of others of its kind.</summary>
    public NumberRule? Numbers { get; init; }

    /// <summary>Of an operation of elements: where its derivatives have poles; null where they are finite where its operands are.</summary>
    public SlopeRule? Slope { get; init; }

    /// <summary>Between what it chooses.</summary>
    public ChoiceRule Choice { get; init; }

    /// <summary>Of an operation on rows or matrices: how what is not chosen of its result is kept from its operands' gradients.</summary>
    public LiveRowsRule? LiveRows { get; init; }

    /// <summary>What may make such an operation multiply by what is not finite; null where any operand may.</summary>
    public Func<Finiteness, Node, Doubt>? DoubtOfRows { get; init; }

    /// <summary>Whether an element of its result comes from the same elements of its operands alone.</summary>
    public bool IsOfElements { get; init; } = Kind == OpKind.Elementwise;

    /// <summary>
    /// The function of the language that appends this operation and no more: of one tensor, x, or of two, a and b. Null where
    /// the language's own table says what appends it.
    /// </summary>
    public string? Function { get; init; }

    /// <summary>Whether the order of its two operands does not matter.</summary>
    public bool IsCommutative { get; init; }

    /// <summary>Whether doing it again changes nothing.</summary>
    public bool IsIdempotent { get; init; }

    /// <summary>Whether no result is negative.</summary>
    public bool IsNotNegative { get; init; }

    /// <summary>Whether doing it again undoes it.</summary>
    public bool IsInvolution { get; init; }

    /// <summary>An elementwise operation of one operand.</summary>
    public static OpDefinition Unary(Op op, int cost, Func<double, double> element) =>
        new(op, OpKind.Elementwise, 1, cost) { Element = (_, a, _, _) => element(a) };

    /// <summary>An elementwise operation of two operands.</summary>
    public static OpDefinition Binary(Op op, int cost, Func<double, double, double> element) =>
        new(op, OpKind.Elementwise, 2, cost) { Element = (_, a, b, _) => element(a, b) };
}
