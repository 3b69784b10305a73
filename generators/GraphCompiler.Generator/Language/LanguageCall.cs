using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Language;

/// <summary>
/// A call of the language: its arguments by name, as values without the syntax they come from. A frontend binds them, and says
/// where the call stands when something is wrong with it; what the call means on a graph, and what operands must be, is said
/// here and in <see cref="Operations"/>, for every frontend.
/// </summary>
/// <param name="graph">Where the operation is appended.</param>
/// <param name="member">The member of the language: an operator's is C#'s name of it.</param>
internal abstract class LanguageCall(Graph graph, string member)
{
    static readonly Dictionary<string, string> Signs = new(StringComparer.Ordinal)
    {
        ["op_Addition"] = "+",
        ["op_Subtraction"] = "-",
        ["op_Multiply"] = "*",
        ["op_Division"] = "/",
        ["op_LessThan"] = "<",
        ["op_LessThanOrEqual"] = "<=",
        ["op_GreaterThan"] = ">",
        ["op_GreaterThanOrEqual"] = ">=",
        ["op_BitwiseAnd"] = "&",
        ["op_BitwiseOr"] = "|",
        ["op_LogicalNot"] = "!",
        ["op_UnaryNegation"] = "-",
        ["op_UnaryPlus"] = "+",
        ["Index"] = "x[...]",
    };

    public Graph Graph => graph;

    /// <summary>What messages call the operation: its name, or the sign of an operator.</summary>
    public string Name { get; } = Signs.TryGetValue(member, out string? sign) ? sign : member;

    // Arguments.

    /// <summary>Whether the form of the member that is called has the argument.</summary>
    public abstract bool Has(string argument);

    /// <summary>Whether there is a value: it has the argument, and that is not null.</summary>
    public abstract bool IsGiven(string argument);

    public abstract Node Tensor(string argument);

    public Node? OptionalTensor(string argument) => IsGiven(argument) ? Tensor(argument) : null;

    public abstract Node[] Tensors(string argument);

    public abstract double Number(string argument);

    public abstract int Integer(string argument);

    public int? OptionalInteger(string argument) => IsGiven(argument) ? Integer(argument) : null;

    public abstract int[] Integers(string argument);

    /// <summary>As <see cref="Integers"/>, null for what is no constant.</summary>
    public abstract IReadOnlyList<int?> Constants(string argument);

    public abstract string Text(string argument);

    /// <summary>False where there is no such argument.</summary>
    public abstract bool Flag(string argument);

    /// <summary>An integer that may be a named dimension.</summary>
    public abstract Dim Size(string argument);

    /// <summary>Integers that may be named dimensions.</summary>
    public abstract Dim[] Dims(string argument);

    /// <summary>What stands between the brackets of an index; null for what is neither a constant nor a named dimension.</summary>
    public abstract IReadOnlyList<Selector?> Selectors(string argument);

    /// <summary>The type of elements that the call asks for: <c>x.To&lt;T&gt;()</c>.</summary>
    public abstract ElementType TypeArgument { get; }

    /// <summary>Two operands of one element type: a number beside a tensor of integers is an integer.</summary>
    public abstract (Node Left, Node Right) Operands(string left, string right);

    /// <summary>An argument as it is written in a message, the same in every culture.</summary>
    public abstract string Written(string argument);

    // What surrounds the call.

    /// <summary>A stream of random numbers that no other call has.</summary>
    public abstract int NextRandomStream();

    /// <summary>Training steps need at least so many of something.</summary>
    public abstract void DemandInTraining(Dim count, int atLeast, string what);

    /// <summary>What to throw where the call cannot be: the user gets the message at the call.</summary>
    public abstract Exception Fail(Fault fault, string message);

    /// <summary>As above, of one argument: the message stands there, where that is written in the call.</summary>
    public abstract Exception Fail(Fault fault, string message, string argument);

    // Rules.

    public int Axis(string argument, int rank) => Axis(Integer(argument), rank);

    public int Axis(int axis, int rank)
    {
        int normal = axis < 0 ? axis + rank : axis;
        return normal >= 0 && normal < rank ? normal
            : throw Fail(Fault.AxisOutOfRange, FormattableString.Invariant($"{Name}: there is no axis {axis}; the tensor has {Axes(rank)}"));
    }

    /// <summary>Several axes, each once, in ascending order.</summary>
    public int[] Axes(string argument, int rank)
    {
        int[] axes = [.. Integers(argument).Select(axis => Axis(axis, rank)).OrderBy(a => a)];
        return axes.Distinct().Count() == axes.Length
            ? axes
            : throw Fail(Fault.AxisOutOfRange, $"{Name}: an axis is named twice");
    }

    public static string Axes(int rank) => rank switch
    {
        0 => "no axes",
        1 => "one axis, 0",
        _ => $"the axes 0 to {rank - 1}",
    };

    /// <summary>How a message calls a tensor: an input or parameter by its name, another by the expression it comes from.</summary>
    public static string NameOf(Node node, string otherwise)
    {
        while (node.Op is Op.Permute or Op.Broadcast && node.Inputs[0].Op is Op.Parameter or Op.State or Op.Input or Op.ConstantArray)
            node = node.Inputs[0];
        if (node.Op is Op.Parameter or Op.State or Op.Input or Op.ConstantArray)
            return $"'{node.Name}'";
        return node.Origin.Length is > 0 and <= 48 && node.Op != Op.Constant ? $"'{node.Origin}'" : otherwise;
    }

    public void RequireRank(Node node, int least, string role)
    {
        if (node.Shape.Rank < least)
            throw Fail(Fault.WrongRank, $"{Name}: {NameOf(node, role)} has the shape {node.Shape} and needs at least {(least == 1 ? "one axis" : least + " axes")}");
    }

    public void RequireType(Node node, ElementType type, string role)
    {
        if (node.Type != type)
            throw Fail(Fault.WrongElementType, $"{Name}: {NameOf(node, role)} is a tensor of {node.Type.Info().ShortName} and must be one of {type.Info().ShortName}");
    }

    /// <summary>Rows and classes are numbered by integers that are computed with.</summary>
    public void RequireIndices(Node node, string role)
    {
        if (!node.Type.IsComputedInteger())
            throw Fail(Fault.WrongElementType, $"{Name}: {NameOf(node, role)} is a tensor of {node.Type.Info().ShortName} and must be one of int or long");
    }

    /// <summary>What integers are not computed with: quotients.</summary>
    public void RequireNumbersWithFraction(Node node, string role)
    {
        if (!node.Type.IsFloat())
            throw Fail(Fault.WrongElementType, $"{Name}: {NameOf(node, role)} is a tensor of {node.Type.Info().ShortName} and must be one of float or double");
    }

    /// <summary>Types narrower than their arithmetic are what memory holds: what is computed is a tensor of the wider type.</summary>
    public void RequireComputed(Node node, string role)
    {
        if (!node.Type.IsNarrow())
            return;
        var (own, wide) = (node.Type.Info().ShortName, node.Type.Arithmetic().Info().ShortName);
        throw Fail(Fault.WrongElementType, $"{Name}: {NameOf(node, role)} is a tensor of {own}, which is kept and moved but not computed with: take To<{wide}>() of it");
    }

    public void RequireSameShape(Node left, string leftRole, Node right, string rightRole)
    {
        string both = $"{Name}: {left.Shape} and {right.Shape}";
        if (left.Shape.Rank != right.Shape.Rank)
            throw Fail(Fault.WrongRank,
                $"{both}: {NameOf(left, leftRole)} has {left.Shape.Rank} axes and {NameOf(right, rightRole)} has {right.Shape.Rank}; the shapes must be the same");
        if (ShapeRules.Equal(left.Shape, right.Shape) is { } mismatch)
            throw Fail(Fault.ShapeMismatch, $"{both} must be the same: {AxesOf(mismatch, left, leftRole, right, rightRole)}");
    }

    public void RequireBroadcast(Node left, string leftRole, Node right, string rightRole)
    {
        if (ShapeRules.Broadcast(left.Shape, right.Shape) is { } mismatch)
            throw Fail(Fault.ShapeMismatch, $"{Name}: {left.Shape} and {right.Shape} do not broadcast: {AxesOf(mismatch, left, leftRole, right, rightRole)}");
    }

    /// <summary>Axes that do not fit, in the names of the user's tensors.</summary>
    public static string AxesOf(AxisMismatch mismatch, Node left, string leftRole, Node right, string rightRole) =>
        $"axis {mismatch.Axis} of {NameOf(left, leftRole)} is {mismatch.Size} and axis {mismatch.OtherAxis} of {NameOf(right, rightRole)} is {mismatch.OtherSize}";
}
