using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

// Arrays where a tensor is needed: their numbers are data of the program.
internal sealed partial class Interpreter
{
    /// <summary>The elements that the arrays of a graph method may have together: they are written into emitted code.</summary>
    const int MaximumArrayElements = 65_536;

    const string MaximumArrayElementsText = "65,536";

    /// <summary>A graph's constants are doubles, which beyond this are not every integer.</summary>
    const double LargestExactInteger = 1L << 53;

    /// <summary>An array, of one axis, of several or of arrays, as a tensor of its numbers.</summary>
    Node ArrayOf(ListValue array, ElementType type, SyntaxNode syntax)
    {
        var numbers = new List<double>();
        var shape = ShapeOf(array, syntax);
        if (shape.Size.Coefficient == 0)
            throw Fail(Descriptors.InvalidArgument, syntax, $"the array is of shape {shape} and has no elements: a tensor has at least one");
        RequireRoom(shape.Size.Coefficient, syntax);
        AddNumbers(array, type.Arithmetic(), numbers, syntax);
        string origin = graph!.Origin;
        graph.Origin = "";
        var node = graph.ConstantArray(NameOf(syntax), new ArrayNumbers(numbers), shape, type.Arithmetic());
        graph.Origin = origin;
        return graph.Cast(node, type);
    }

    ElementType ElementsOf(ITypeSymbol tensor, SyntaxNode syntax) => LanguageTypes.ElementTypeOf(Substitute(tensor))
        ?? throw Fail(Descriptors.WrongElementType, syntax, $"there are no tensors of {LanguageTypes.ElementOf(tensor)!.Name}");

    void RequireRoom(long elements, SyntaxNode syntax)
    {
        long others = graph!.Nodes.Where(n => n.Op == Op.ConstantArray).Sum(n => n.Shape.Size.Coefficient);
        if (others + elements > MaximumArrayElements)
        {
            throw Fail(Descriptors.TooLarge, syntax,
                FormattableString.Invariant($"with this, the arrays of this method have {others + elements} elements, which become part of the emitted code,")
                + $" and {MaximumArrayElementsText} is the most: make it a parameter, [Frozen] if training is to leave it, and load it from a file");
        }
    }

    Shape ShapeOf(ListValue array, SyntaxNode syntax)
    {
        if (array.Lengths.Length > 1)
            return new Shape(array.Lengths.Select(length => (Dim)length));
        Dim count = array.Count;
        if (array.Count == 0 || array.Items[0] is not ListValue first)
            return new Shape([count]);
        var part = ShapeOf(first, syntax);
        for (int i = 1; i < array.Count; i++)
        {
            if (array.Items[i] is not ListValue other || !ShapeOf(other, syntax).Equals(part))
            {
                string found = array.Items[i] is ListValue list ? $"of shape {ShapeOf(list, syntax)}" : Describe(array.Items[i]);
                throw Fail(Descriptors.ShapeMismatch, syntax, $"the arrays of an array that is a tensor have one shape: array 0 has {part} and array {i} is {found}");
            }
        }
        return new Shape(new[] { count }.Concat(part));
    }

    void AddNumbers(ListValue array, ElementType type, List<double> numbers, SyntaxNode syntax)
    {
        foreach (var item in array.Items)
        {
            if (item is ListValue part)
                AddNumbers(part, type, numbers, syntax);
            else
                numbers.Add(NumberOf(item, type, numbers.Count, syntax));
        }
    }

    double NumberOf(Value item, ElementType type, int position, SyntaxNode syntax) => item switch
    {
        ConstantValue { Content: bool flag } when type == ElementType.Bool => flag ? 1 : 0,
        ConstantValue { Content: long number } when Math.Abs((double)number) > LargestExactInteger => throw Fail(Descriptors.InvalidArgument, syntax,
            FormattableString.Invariant($"element {position} of the array is {number}: integers of arrays lie between −2⁵³ and 2⁵³")),
        ConstantValue { Content: { } content } when type != ElementType.Bool && ConstantArithmetic.IsNumber(content) =>
            type == ElementType.Float32 ? (float)ConstantArithmetic.ToDouble(content) : ConstantArithmetic.ToDouble(content),
        _ => throw Fail(Descriptors.NotConstant, syntax, $"element {position} of the array is {Describe(item)}, and the elements of a tensor are constants"),
    };

    /// <summary>An array by which rows are taken has no number that is out of range.</summary>
    void RequireRows(Node integers, IndexAttributes index, string operation, SyntaxNode syntax)
    {
        if (integers.Op != Op.ConstantArray || index is not { Kind: IndexKind.Row, Bound: { IsConstant: true } bound })
            return;
        var numbers = integers.Get<ConstantArrayAttributes>().Numbers.All;
        if (numbers.FirstOrDefault(number => number < 0 || number >= bound.Value) is not 0 and var wrong)
            throw Fail(Descriptors.InvalidArgument, syntax,
                FormattableString.Invariant($"{operation}: '{integers.Name}' has the number {wrong}, and numbers are from 0 to {bound} (exclusive)"));
    }

    /// <summary>What an array is called where it is used: the field, variable or property that holds it.</summary>
    static string NameOf(SyntaxNode syntax) => syntax switch
    {
        IdentifierNameSyntax name => name.Identifier.ValueText,
        MemberAccessExpressionSyntax member => member.Name.Identifier.ValueText,
        InvocationExpressionSyntax { ArgumentList.Arguments: { Count: 1 } arguments } => NameOf(arguments[0].Expression),
        _ => "constants",
    };
}
