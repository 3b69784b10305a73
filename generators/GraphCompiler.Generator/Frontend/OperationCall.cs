using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

/// <summary>A call of an operation: its arguments by name, checked and converted as the operation asks for them.</summary>
internal sealed class OperationCall(Interpreter interpreter, Graph graph, string member, SyntaxNode syntax, Dictionary<string, Value> arguments)
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

    readonly string name = Signs.TryGetValue(member, out string? sign) ? sign : member;

    public Graph Graph => graph;

    /// <summary>What messages call the operation: its name, or the sign of an operator.</summary>
    public string Name => name;

    public Node Tensor(string argument) => arguments.TryGetValue(argument, out var value) && !value.IsNull
        ? interpreter.ToTensor(value, syntax)
        : throw Fail(Descriptors.NullValue, $"{name}: '{argument}' is null here");

    public Node ToTensor(Value value) => interpreter.ToTensor(value, syntax);

    public Node? OptionalTensor(string argument) =>
        arguments.TryGetValue(argument, out var value) && !value.IsNull ? interpreter.ToTensor(value, syntax) : null;

    public bool Has(string argument) => arguments.ContainsKey(argument);

    public Value Argument(string argument) => arguments[argument];

    public double Number(string argument) => arguments[argument] is ConstantValue { Content: { } content } && ConstantArithmetic.IsNumber(content)
        ? ConstantArithmetic.ToDouble(content)
        : throw Fail(Descriptors.NotConstant, $"{name}: '{argument}' must be a constant");

    /// <summary>An argument as it is written in a message, the same in every culture.</summary>
    public string Text(string argument) => Interpreter.Describe(arguments[argument]);

    public string Constant(string argument) => arguments[argument] is ConstantValue { Content: string text }
        ? text
        : throw Fail(Descriptors.NotConstant, $"{name}: '{argument}' must be a constant");

    public int Integer(string argument) => Integer(arguments[argument], argument);

    public int? OptionalInteger(string argument) =>
        arguments.TryGetValue(argument, out var value) && !value.IsNull ? Integer(value, argument) : null;

    int Integer(Value value, string argument) => value switch
    {
        ConstantValue { Content: int number } => number,
        DimValue dim => throw Fail(Descriptors.NotConstant, $"{name}: '{argument}' must be a constant, and {dim.Dim} is known only when the model runs"),
        _ => throw Fail(Descriptors.NotConstant, $"{name}: '{argument}' must be a constant"),
    };

    /// <summary>An integer that may be a named dimension.</summary>
    public Dim Size(string argument) => arguments[argument] is DimValue dim ? dim.Dim : Integer(argument);

    /// <summary>A tensor of integers, or an integer as one.</summary>
    public Node Integers(string argument) => arguments[argument] switch
    {
        DimValue dim => graph.Size(dim.Dim, Shape.Scalar, ElementType.Int32),
        ConstantValue => graph.Constant(Integer(argument), Shape.Scalar, ElementType.Int32),
        _ => Tensor(argument),
    };

    /// <summary>Two operands of one element type: a number beside a tensor of integers is an integer.</summary>
    public (Node Left, Node Right) Operands(string left, string right)
    {
        bool areIntegers = IsIntegers(left) || IsIntegers(right);
        return areIntegers ? (Integers(left), Integers(right)) : (Tensor(left), Tensor(right));
    }

    bool IsIntegers(string argument) => arguments[argument] is TensorValue { Node.Type: ElementType.Int32 };

    public bool Flag(string argument) => arguments.TryGetValue(argument, out var value) && (value is ConstantValue { Content: bool flag }
        ? flag
        : throw Fail(Descriptors.NotConstant, $"{name}: '{argument}' must be a constant"));

    public List<Value> Items(string argument) => interpreter.Items(arguments[argument], syntax);

    /// <summary>Integers that may be named dimensions.</summary>
    public Dim[] Dims(string argument) => [.. Items(argument).Select(item => item is DimValue dim ? dim.Dim : (Dim)Integer(item, argument))];

    public int Axis(string argument, int rank) => Axis(Integer(argument), rank);

    public int Axis(int axis, int rank)
    {
        int normal = axis < 0 ? axis + rank : axis;
        return normal >= 0 && normal < rank ? normal : throw Fail(Descriptors.AxisOutOfRange, FormattableString.Invariant($"{name}: there is no axis {axis}; the tensor has {Axes(rank)}"));
    }

    /// <summary>Several axes, each once, in ascending order.</summary>
    public int[] Axes(string argument, int rank)
    {
        int[] axes = [.. Items(argument).Select(item => Axis(Integer(item, argument), rank)).OrderBy(a => a)];
        return axes.Distinct().Count() == axes.Length
            ? axes
            : throw Fail(Descriptors.AxisOutOfRange, $"{name}: an axis is named twice");
    }

    public static string Axes(int rank) => rank switch
    {
        0 => "no axes",
        1 => "one axis, 0",
        _ => $"the axes 0 to {rank - 1}",
    };

    public int NextRandomStream() => interpreter.NextRandomStream();

    public void DemandInTraining(Dim count, int atLeast, string what) => interpreter.DemandInTraining(syntax, count, atLeast, what);

    public StopException Fail(DiagnosticDescriptor descriptor, string message) => interpreter.FailOperation(descriptor, syntax, message);

    /// <summary>How a message calls a tensor: an input or parameter by its name, another by the expression it comes from.</summary>
    public static string NameOf(Node node, string otherwise)
    {
        while (node.Op is Op.Permute or Op.Broadcast && node.Inputs[0].Op is Op.Parameter or Op.State or Op.Input)
            node = node.Inputs[0];
        if (node.Op is Op.Parameter or Op.State or Op.Input)
            return $"'{node.Name}'";
        return node.Origin.Length is > 0 and <= 48 && node.Op != Op.Constant ? $"'{node.Origin}'" : otherwise;
    }

    public void RequireRank(Node node, int least, string role)
    {
        if (node.Shape.Rank < least)
            throw Fail(Descriptors.WrongRank, $"{name}: {NameOf(node, role)} has the shape {node.Shape} and needs at least {(least == 1 ? "one axis" : least + " axes")}");
    }

    public void RequireType(Node node, ElementType type, string role)
    {
        if (node.Type != type)
            throw Fail(Descriptors.WrongElementType, $"{name}: {NameOf(node, role)} is a tensor of {TypeName(node.Type)} and must be one of {TypeName(type)}");
    }

    static string TypeName(ElementType type) => type switch
    {
        ElementType.Float32 => "float",
        ElementType.Int32 => "int",
        _ => "bool",
    };

    public void RequireSameShape(Node left, string leftRole, Node right, string rightRole)
    {
        string both = $"{name}: {left.Shape} and {right.Shape}";
        if (left.Shape.Rank != right.Shape.Rank)
            throw Fail(Descriptors.WrongRank, $"{both}: {NameOf(left, leftRole)} has {left.Shape.Rank} axes and {NameOf(right, rightRole)} has {right.Shape.Rank}; the shapes must be the same");
        for (int axis = 0; axis < left.Shape.Rank; axis++)
        {
            if (left.Shape[axis] != right.Shape[axis])
                throw Fail(Descriptors.ShapeMismatch, $"{both} must be the same: axis {axis} of {NameOf(left, leftRole)} is {left.Shape[axis]} and axis {axis} of {NameOf(right, rightRole)} is {right.Shape[axis]}");
        }
    }

    /// <summary>Checks NumPy's rule with the names of both sides at hand.</summary>
    public void RequireBroadcast(Node left, string leftRole, Node right, string rightRole)
    {
        for (int fromEnd = 1; fromEnd <= left.Shape.Rank && fromEnd <= right.Shape.Rank; fromEnd++)
        {
            int leftAxis = left.Shape.Rank - fromEnd, rightAxis = right.Shape.Rank - fromEnd;
            Dim a = left.Shape[leftAxis], b = right.Shape[rightAxis];
            if (a != b && !a.IsOne && !b.IsOne)
            {
                throw Fail(Descriptors.ShapeMismatch, $"{name}: {left.Shape} and {right.Shape} do not broadcast: "
                    + $"axis {leftAxis} of {NameOf(left, leftRole)} is {a} and axis {rightAxis} of {NameOf(right, rightRole)} is {b}");
            }
        }
    }
}
