using System;
using System.Collections.Generic;
using System.Globalization;

namespace GraphCompiler.Generator.Graphs;

/// <summary>What a node is besides its operation, operands, shape and type: a record of the operation's own, compared by value.</summary>
internal abstract record NodeAttributes
{
    /// <summary>Of an operation that has none.</summary>
    public static NodeAttributes None { get; } = new NoAttributes();

    /// <summary>The dimensions that it mentions, which need not be in the node's shape.</summary>
    public virtual IEnumerable<Dim> Dims => [];

    /// <summary>As graphs are written for people and tests.</summary>
    public abstract override string ToString();

    protected static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    protected static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    sealed record NoAttributes : NodeAttributes
    {
        public override string ToString() => "";
    }
}

/// <summary>What a leaf or a copy is called.</summary>
internal record NamedAttributes(string Name) : NodeAttributes
{
    public override string ToString() => Name;
}

/// <summary>A state's path, and whose memory it lies in.</summary>
internal sealed record StateAttributes(string Name, StateOwner Owner) : NamedAttributes(Name)
{
    public override string ToString() => $"{Name}; {Text((int)Owner)}";
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

/// <summary>The axis that an operation works along.</summary>
internal sealed record AxisAttributes(int Axis) : NodeAttributes
{
    public override string ToString() => Text(Axis);
}

/// <summary>The axes that an operation works over, ascending.</summary>
internal sealed record AxesAttributes(EquatableArray<int> Axes) : NodeAttributes
{
    public override string ToString() => string.Join(" ", Axes);
}

/// <summary>A permutation: axis i of the result is axis <paramref name="Order"/>[i] of the operand.</summary>
internal sealed record PermuteAttributes(EquatableArray<int> Order) : NodeAttributes
{
    public override string ToString() => string.Join(" ", Order);
}

/// <summary>Which positions of which axis a slice reads, or a pad fills.</summary>
internal sealed record PartAttributes(AxisPart Part) : NodeAttributes
{
    public override IEnumerable<Dim> Dims => [Part.Offset];

    public override string ToString() => Part.ToString();
}

/// <summary>Whether the operands of a matrix product are transposed in their last two axes.</summary>
internal sealed record MatMulAttributes(bool TransposeLeft, bool TransposeRight) : NodeAttributes
{
    /// <param name="side">0 for the left operand, 1 for the right.</param>
    public bool Transposes(int side) => side == 0 ? TransposeLeft : TransposeRight;

    public override string ToString() => $"{(TransposeLeft ? 1 : 0)} {(TransposeRight ? 1 : 0)}";
}

/// <summary>What integers number, and how large they may be.</summary>
/// <param name="Kind">What they number.</param>
/// <param name="Bound">How many there are, or, of a position, how long the part is that begins there.</param>
/// <param name="AxisSize">Of a position: the size of the axis.</param>
internal sealed record IndexAttributes(IndexKind Kind, Dim Bound, int AxisSize = 0) : NodeAttributes
{
    public override IEnumerable<Dim> Dims => [Bound];

    public override string ToString() => $"{Text((int)Kind)}{(Kind == IndexKind.Position ? " " + Text(AxisSize) : "")}; {Bound}";
}

/// <summary>The ε that is added to a variance or a mean of squares before its root is taken.</summary>
internal sealed record NormAttributes(double Epsilon) : NodeAttributes
{
    public override string ToString() => Epsilon == 0 ? "" : Text(Epsilon);
}

/// <summary>The difference from which on a loss grows linearly.</summary>
internal sealed record HuberAttributes(double Delta) : NodeAttributes
{
    public override string ToString() => Text(Delta);
}

/// <summary>The probability with which an element is dropped in training, and the stream of random numbers that decides it.</summary>
internal sealed record DropoutAttributes(double Probability, int Stream) : NodeAttributes
{
    public override string ToString() => Text(Stream) + (Probability == 0 ? "" : "; " + Text(Probability));
}

/// <summary>The operand of a linear cross-entropy that a gradient is of.</summary>
internal sealed record LinearCrossEntropyGradientAttributes(LinearCrossEntropyOperand Operand) : NodeAttributes
{
    public override string ToString() => Text((int)Operand);
}

/// <summary>Which keys a query attends to, and how.</summary>
internal record AttentionAttributes(AttentionForm Form) : NodeAttributes
{
    public override string ToString() => Form.ToString();
}

/// <summary>The operand of an attention that a gradient is of.</summary>
internal sealed record AttentionGradientAttributes(AttentionForm Form, AttentionOperand Operand) : AttentionAttributes(Form)
{
    public override string ToString() => $"{Text((int)Operand)}; {Form}";
}
