using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Language;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>A call of the language in C#: binds its arguments, and places what is wrong at the user's expression.</summary>
/// <param name="interpreter">Who evaluates the arguments.</param>
/// <param name="graph">Where the operation is appended.</param>
/// <param name="member">The member of the language: an operator's is C#'s name of it.</param>
/// <param name="syntax">The user's expression.</param>
/// <param name="arguments">The arguments by name.</param>
/// <param name="typeArgument">The type argument, of a member that has one.</param>
internal sealed class OperationCall(
    Interpreter interpreter, Graph graph, string member, SyntaxNode syntax, Dictionary<string, Value> arguments, ITypeSymbol? typeArgument)
    : LanguageCall(graph, member)
{
    public override bool Has(string argument) => arguments.ContainsKey(argument);

    public override bool IsGiven(string argument) => arguments.TryGetValue(argument, out var value) && !value.IsNull;

    public override Node Tensor(string argument) => IsGiven(argument)
        ? interpreter.ToTensor(arguments[argument], syntax)
        : throw Fail(Fault.NullValue, $"{Name}: '{argument}' is null here");

    public override Node[] Tensors(string argument) => [.. Items(argument).Select(item => interpreter.ToTensor(item, syntax))];

    public override double Number(string argument) => arguments[argument] is ConstantValue { Content: { } content } && ConstantArithmetic.IsNumber(content)
        ? ConstantArithmetic.ToDouble(content)
        : throw NotConstant(argument);

    public override int Integer(string argument) => Integer(arguments[argument], argument);

    public override int[] Integers(string argument) => [.. Items(argument).Select(item => Integer(item, argument))];

    public override IReadOnlyList<int?> Constants(string argument) =>
        [.. Items(argument).Select(item => item is ConstantValue { Content: int number } ? number : (int?)null)];

    public override string Text(string argument) => arguments[argument] is ConstantValue { Content: string text } ? text : throw NotConstant(argument);

    public override bool Flag(string argument) => arguments.TryGetValue(argument, out var value)
        && (value is ConstantValue { Content: bool flag } ? flag : throw NotConstant(argument));

    public override Dim Size(string argument) => arguments[argument] is DimValue dim ? dim.Dim : Integer(argument);

    public override Dim[] Dims(string argument) => [.. Items(argument).Select(item => item is DimValue dim ? dim.Dim : (Dim)Integer(item, argument))];

    public override IReadOnlyList<Selector?> Selectors(string argument) => [.. Items(argument).Select(item => item switch
    {
        RangeValue range => new RangeSelector(range.Start.Place, range.End.Place),
        IndexValue index => new PositionSelector(index.Place),
        _ => (Selector?)null,
    })];

    public override (Node Left, Node Right) Operands(string left, string right)
    {
        var common = new[] { left, right }.Select(argument => TypeOf(arguments[argument]))
            .FirstOrDefault(type => type is { } own && (own.IsComputedInteger() || own.IsWideFloat()));
        return common is { } type ? (TensorOf(left, type), TensorOf(right, type)) : (Tensor(left), Tensor(right));
    }

    static ElementType? TypeOf(Value value) => value switch
    {
        TensorValue tensor => tensor.Node.Type,
        DeclaredTensorValue declared => declared.Type,
        _ => null,
    };

    public override ElementType TypeArgument => ElementTypes.Find(typeArgument!.ToDisplayString())
        ?? throw Fail(Fault.WrongElementType, $"{Name}: there are no tensors of {typeArgument!.Name}");

    public override string Written(string argument) => Interpreter.Describe(arguments[argument]);

    public override int NextRandomStream() => interpreter.NextRandomStream();

    public override void DemandInTraining(Dim count, int atLeast, string what) => interpreter.DemandInTraining(syntax, count, atLeast, what);

    public override Exception Fail(Fault fault, string message) => interpreter.FailOperation(DescriptorOf(fault), syntax, message);

    public override Exception Fail(Fault fault, string message, string argument) =>
        interpreter.FailOperation(DescriptorOf(fault), SyntaxOf(argument) ?? syntax, message);

    /// <summary>Where an argument of a static method is written: by its name, or at its place among the parameters.</summary>
    ExpressionSyntax? SyntaxOf(string argument)
    {
        if (syntax is not InvocationExpressionSyntax { ArgumentList.Arguments: var written })
            return null;
        int place = arguments.Keys.ToList().IndexOf(argument);
        var found = written.FirstOrDefault(a => a.NameColon?.Name.Identifier.ValueText == argument)
            ?? (place < written.Count && written[place].NameColon is null ? written[place] : null);
        return found?.Expression;
    }

    static DiagnosticDescriptor DescriptorOf(Fault fault) => fault switch
    {
        Fault.NotConstant => Descriptors.NotConstant,
        Fault.NullValue => Descriptors.NullValue,
        Fault.WrongRank => Descriptors.WrongRank,
        Fault.ShapeMismatch => Descriptors.ShapeMismatch,
        Fault.WrongElementType => Descriptors.WrongElementType,
        Fault.AxisOutOfRange => Descriptors.AxisOutOfRange,
        _ => Descriptors.InvalidArgument,
    };

    List<Value> Items(string argument) => interpreter.Items(arguments[argument], syntax);

    /// <summary>A tensor, or a number as one of a type.</summary>
    Node TensorOf(string argument, ElementType type) => arguments[argument] switch
    {
        DimValue dim => Graph.Size(dim.Dim, Shape.Scalar, type),
        ConstantValue { Content: not int } when !type.IsFloat() =>
            throw Fail(Fault.WrongElementType, $"{Name}: {Written(argument)} is no int, and the other side is a tensor of {type.Info().ShortName}"),
        ConstantValue => Graph.Constant(type.IsFloat() ? Number(argument) : Integer(argument), Shape.Scalar, type),
        _ => Tensor(argument),
    };

    int Integer(Value value, string argument) => value switch
    {
        ConstantValue { Content: int number } => number,
        DimValue dim => throw Fail(Fault.NotConstant, $"{Name}: '{argument}' must be a constant, and {dim.Dim} is known only when the model runs"),
        _ => throw NotConstant(argument),
    };

    Exception NotConstant(string argument) => Fail(Fault.NotConstant, $"{Name}: '{argument}' must be a constant");
}
