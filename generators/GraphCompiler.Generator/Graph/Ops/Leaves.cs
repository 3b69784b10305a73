using System.Collections.Generic;

namespace GraphCompiler.Generator.Graphs;

/// <summary>What a leaf or a copy is called.</summary>
internal record NamedAttributes(string Name) : NodeAttributes
{
    public override string ToString() => Name;
}

/// <summary>The value of every element; 0 and −0 are two values, and a NaN equals itself.</summary>
internal sealed record ConstantAttributes(double Value) : NodeAttributes
{
    public bool Equals(ConstantAttributes? other) => other is not null && BitConverter.DoubleToInt64Bits(Value) == BitConverter.DoubleToInt64Bits(other.Value);

    public override int GetHashCode() => Value.GetHashCode();

    public override string ToString() => Value == 0 ? "" : Text(Value);
}

/// <summary>The dimension whose run-time value every element is.</summary>
internal sealed record SizeAttributes(Dim Dim) : NodeAttributes
{
    public override IEnumerable<Dim> Dims => [Dim];

    public override string ToString() => Dim.ToString();
}

/// <summary>The stream of random numbers; each call of the language that draws has its own.</summary>
internal sealed record RandomAttributes(int Stream) : NodeAttributes
{
    public override string ToString() => Text(Stream);
}

// What a graph begins with. States are in States.cs, arrays of constants in ConstantArrays.cs.
internal sealed partial class Graph
{
    /// <summary>A tensor of the model, of floats a trainable one; <paramref name="name"/> is its path, "hidden1.weight".</summary>
    public Node Parameter(string name, Shape shape, ElementType type = ElementType.Float32) =>
        Make(Op.Parameter, [], shape, type, new NamedAttributes(name));

    /// <summary>A tensor the caller gives at each call.</summary>
    public Node Input(string name, Shape shape, ElementType type) =>
        Make(Op.Input, [], shape, type, new NamedAttributes(name));

    /// <summary>The same value in every element.</summary>
    public Node Constant(double value, Shape shape, ElementType type = ElementType.Float32) =>
        Make(Op.Constant, [], shape, type, new ConstantAttributes(value));

    public Node Constant(double value) => Constant(value, Shape.Scalar);

    /// <summary>A number 0 of a type.</summary>
    public Node Zero(ElementType type) => Constant(0, Shape.Scalar, type);

    /// <summary>A dimension's run-time value in every element.</summary>
    public Node Size(Dim dim, Shape shape, ElementType type = ElementType.Float32) => dim.IsConstant
        ? Constant(dim.Coefficient, shape, type)
        : Make(Op.Size, [], shape, type, new SizeAttributes(dim));

    /// <summary>The element's index along <paramref name="axis"/>.</summary>
    public Node Iota(Shape shape, int axis) =>
        Make(Op.Iota, [], shape, ElementType.Int32, new AxisAttributes(NormalizeAxis(axis, shape.Rank)));

    /// <summary>Uniform numbers in [0, 1), a pure function of (seed, step, stream, element index).</summary>
    public Node Random(int stream, Shape shape) =>
        Make(Op.Random, [], shape, ElementType.Float32, new RandomAttributes(stream));

    /// <summary>
    /// The number that the gradient of an objective begins with, where gradients lie in a format that has too few small numbers: the trainer's,
    /// a power of two. No user names it.
    /// </summary>
    public Node LossScale() => Make(Op.LossScale, [], Shape.Scalar, ElementType.Float32, new NamedAttributes("lossScale"));
}

/// <summary>Operations without operands.</summary>
internal static class Leaves
{
    public static IReadOnlyList<OpDefinition> Definitions { get; } =
    [
        new(Op.Parameter, OpKind.Leaf, 0),
        new(Op.Input, OpKind.Leaf, 0) { Numbers = (_, _, _) => new(Doubt.Given) },
        new(Op.Constant, OpKind.Leaf, 0) { Numbers = (_, constant, _) => FactOf(constant.Value) },
        new(Op.Size, OpKind.Leaf, 0) { IsNotNegative = true, Numbers = (_, _, _) => new(Doubt.None, Sign.Positive, IsModest: true) },
        new(Op.Iota, OpKind.Leaf, 0, Cost: 1) { IsNotNegative = true },
        new(Op.Random, OpKind.Leaf, 0, Cost: 12) { Numbers = (_, _, _) => new(Doubt.None, Sign.NotNegative, IsModest: true) },
        new(Op.LossScale, OpKind.Leaf, 0) { IsNotNegative = true, Numbers = (_, _, _) => new(Doubt.None, Sign.Positive, IsModest: true) },
    ];

    /// <summary>What is known of a constant.</summary>
    public static NumberFact FactOf(double constant) => new(
        double.IsNaN(constant) || double.IsInfinity(constant) ? Doubt.Singular : Doubt.None,
        constant > 0 ? Sign.Positive : constant == 0 ? Sign.NotNegative : Sign.Any, IsModest: true);
}
