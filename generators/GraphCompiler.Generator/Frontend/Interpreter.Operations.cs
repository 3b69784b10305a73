using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Language;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// The language's own members: operations on tensors, shapes, initialisers.
internal sealed partial class Interpreter
{
    /// <summary>Elements of one tensor: what an int can count.</summary>
    const long MaximumElements = int.MaxValue;

    public const string MaximumElementsText = "2,147,483,647";

    /// <summary>The named dimensions of the class, for [Shape] on methods that are called.</summary>
    public Dictionary<string, Dim> NamedDims { get; } = new(StringComparer.Ordinal);

    Value EvaluateLanguageCall(IInvocationOperation invocation)
    {
        var receiver = invocation.Instance is null ? null : Evaluate(invocation.Instance);
        return ApplyOperation(invocation.TargetMethod, invocation.Syntax, receiver, EvaluateArguments(invocation.Arguments, invocation.TargetMethod));
    }

    /// <summary>A method of Ops, Tensor, TensorShape or Init.</summary>
    Value ApplyOperation(IMethodSymbol method, SyntaxNode syntax, Value? receiver, Value[] values)
    {
        if (LanguageTypes.Is(method.ContainingType, "Init"))
            return CreateInitializer(method, values, syntax);
        if (receiver is StateValue state && method.Name is "Set" or "Write")
            return UpdateState(state, method.Name, values, syntax);
        if (receiver is ShapeValue shape && method.Name == "ToArray")
            return NewList(DimsOf(shape.Shape), method.ReturnType);
        var arguments = new Dictionary<string, Value>(StringComparer.Ordinal);
        bool isStatic = method.IsStatic;
        if (!isStatic)
            arguments.Add("x", receiver ?? Value.Null);
        for (int i = 0; i < values.Length; i++)
            arguments[method.Parameters[i].Name] = values[i];
        // x.MatMul(other) is MatMul(a, b).
        if (!isStatic && method.Name == "MatMul")
            (arguments["a"], arguments["b"]) = (arguments["x"], arguments["other"]);
        return ApplyOperation(method.Name, syntax, arguments, method.TypeArguments.Length == 1 ? Substitute(method.TypeArguments[0]) : null);
    }

    /// <summary>An operator of Tensor.</summary>
    Value ApplyOperation(string name, IOperation operation, Value[] operands) => ApplyOperation(name, operation.Syntax, operands.Length == 1
        ? new Dictionary<string, Value>(StringComparer.Ordinal) { ["x"] = operands[0] }
        : new Dictionary<string, Value>(StringComparer.Ordinal) { ["a"] = operands[0], ["b"] = operands[1] });

    Value ApplyOperation(string name, SyntaxNode syntax, Dictionary<string, Value> arguments, ITypeSymbol? typeArgument = null)
    {
        if (graph is null)
            throw Fail(Descriptors.OperationInConstructor, syntax,
                "tensors are computed in graph methods, not in constructors and initialisers: those run when the model is created, before there is a graph");
        if (!Operations.TryGet(name, out var operation))
            throw Fail(Descriptors.UnsupportedMember, syntax, $"the operation '{name}' is unknown to this version of the compiler");
        graph.Origin = OriginOf(syntax);
        graph.Kept = stack.Any(frame => frame.KeepsFloat32) ? KeptInFloat32.All : KeptInFloat32.Nothing;
        try
        {
            int firstNode = graph.Nodes.Count;
            var result = ValueOf(operation(new OperationCall(this, graph, name, syntax, arguments, typeArgument)));
            RequireIndicesOfIntegers(graph, firstNode, name, syntax);
            if (updatePath is not null)
                RequireElements(graph, firstNode, name, syntax);
            if (result is TensorValue { Node: var node } && TryCount(node.Shape) is null)
                oversized.Add((graph.Origin, TensorTooLarge(name, syntax)));
            if (result is TensorValue { Node.Shape.Rank: > MaximumRank and var rank })
                throw Fail(Descriptors.TooLarge, syntax, FormattableString.Invariant($"{name}: the result has {rank} axes, and a tensor has at most {MaximumRank}"));
            return result;
        }
        catch (ShapeException mismatch)
        {
            throw Fail(Descriptors.ShapeMismatch, syntax, mismatch.Message);
        }
        catch (OverflowException)
        {
            throw TensorTooLarge(name, syntax);
        }
        catch (GraphTooLargeException)
        {
            throw TooManyNodes(syntax);
        }
        finally
        {
            (graph.Origin, graph.Kept) = ("", KeptInFloat32.Nothing);
        }
    }

    /// <summary>What memory is addressed by is computed of integers, beside the kernels, and before they run.</summary>
    void RequireIndicesOfIntegers(Graph target, int firstNode, string operation, SyntaxNode syntax)
    {
        foreach (var node in target.Nodes.Skip(firstNode))
        {
            if (node.Op.Info().Index?.Invoke(node) is not var (place, index))
                continue;
            if (!Indexing.IsKnownBeforeRun(node.Inputs[place]))
                throw NotOfIntegers(operation, syntax);
            RequireRows(node.Inputs[place], index, operation, syntax);
        }
    }

    StopException NotOfIntegers(string operation, SyntaxNode syntax) => Fail(Descriptors.WrongElementType, syntax,
        $"{operation}: what rows, classes and positions are taken by is computed of integers, without casts: its range is checked before anything runs");

    Value ValueOf(CallResult result) => result.Node is { } node ? new TensorValue(node)
        : result.Nodes is { } nodes ? new ListValue([.. nodes.Select(n => new TensorValue(n))]) { MadeFor = graph }
        : Value.Null;

    StopException TensorTooLarge(string name, SyntaxNode syntax) =>
        Fail(Descriptors.TooLarge, syntax, $"{name}: the result has more than {MaximumElementsText} elements");

    public static long? TryCount(Shape shape)
    {
        long count = 1;
        foreach (var dim in shape)
        {
            try
            {
                count = checked(count * dim.Max);
            }
            catch (OverflowException)
            {
                return null;
            }
            if (count > MaximumElements)
                return null;
        }
        return count;
    }

    /// <summary>A value as a tensor of the graph that is being built.</summary>
    /// <param name="value">The value.</param>
    /// <param name="syntax">Where it is written.</param>
    /// <param name="wanted">The type that it is converted to; null for a Tensor.</param>
    public Node ToTensor(Value value, SyntaxNode syntax, ITypeSymbol? wanted = null)
    {
        if (graph is null)
            throw Fail(Descriptors.OperationInConstructor, syntax,
                "a tensor is made in a graph method, not in constructors and initialisers: keep the number in a float field, or numbers in an array");
        switch (value)
        {
            case TensorValue tensor:
                return tensor.Node;
            case ParameterValue { Name: { } name } parameter:
                string origin = graph.Origin;
                graph.Origin = "";
                var node = graph.Parameter(name, parameter.Shape, parameter.Type);
                graph.Origin = origin;
                return node;
            case StateValue { Name: not null } state:
                return ReadState(state);
            case DeclaredTensorValue declared:
                throw Fail(Descriptors.UnnamedParameter, syntax,
                    $"this {declared.Kind} is not held by a field of the model or of a module in it, so it has no name: store it, or the module that holds it, in a field");
            case ConstantValue { Content: { } number } when ConstantArithmetic.IsNumber(number):
                return graph.Constant((float)ConstantArithmetic.ToDouble(number));
            case ListValue array:
                return ArrayOf(array, wanted is null ? ElementType.Float32 : ElementsOf(wanted, syntax), syntax);
            case RunTimeNumber number:
                return CoefficientOf(number, syntax);
            case DimValue dim:
                return graph.Size(dim.Dim, Shape.Scalar);
            case { IsNull: true }:
                throw Fail(Descriptors.NullValue, syntax, "a tensor is needed here and the value is null");
            default:
                throw Fail(Descriptors.WrongElementType, syntax, $"a tensor is needed here and the value is {Describe(value)}");
        }
    }

    /// <summary>A property of Tensor or TensorShape.</summary>
    Value ReadLanguageProperty(IPropertySymbol property, Value receiver, Value[] arguments, SyntaxNode syntax)
    {
        if (receiver.IsNull)
            throw Fail(Descriptors.NullValue, syntax, $"the tensor whose '{property.Name}' is read is null here");
        if (receiver is ShapeValue shape)
            return property.Name == "Length" ? Value.Of(shape.Shape.Rank) : ShapeItem(shape.Shape, arguments[0], syntax);
        if (property.IsIndexer)
            return ApplyOperation("Index", syntax, new(StringComparer.Ordinal) { ["x"] = receiver, ["selectors"] = arguments[0] });
        var ownShape = receiver is DeclaredTensorValue declared ? declared.Shape : ToTensor(receiver, syntax).Shape;
        return property.Name switch
        {
            "Rank" => Value.Of(ownShape.Rank),
            "Size" => OfDim(ownShape.Size),
            _ => new ShapeValue(ownShape),
        };
    }

    Value ShapeItem(Shape shape, Value position, SyntaxNode syntax)
    {
        if (position is RangeValue)
            return ItemAt(NewList(DimsOf(shape)), position, syntax);
        int axis = position is ConstantValue { Content: int negative and < 0 } ? negative + shape.Rank : ToIndex(position, syntax).Resolve(shape.Rank);
        return axis >= 0 && axis < shape.Rank
            ? OfDim(shape[axis])
            : throw Fail(Descriptors.AxisOutOfRange, syntax,
                $"the shape {shape} has no axis {Describe(position is IndexValue index ? Value.Of(index.Resolve(shape.Rank)) : position)}");
    }

    // Initialisers.

    InitializerValue CreateInitializer(IMethodSymbol method, Value[] values, SyntaxNode syntax)
    {
        if (method.Name == "ZeroRow")
        {
            return values[0] is InitializerValue others && values[1] is ConstantValue { Content: int row }
                ? new InitializerValue(others.Kind, others.First, others.Second, row)
                : throw Fail(Descriptors.NotConstant, syntax, "ZeroRow: the other values are an initialiser, and the row is a constant");
        }
        double[] numbers = [.. values.Select(v => v is ConstantValue { Content: { } number } && ConstantArithmetic.IsNumber(number)
            ? ConstantArithmetic.ToDouble(number)
            : throw Fail(Descriptors.NotConstant, syntax, $"{method.Name}: the numbers of an initialiser are constants"))];
        if (numbers.Any(n => double.IsNaN(n) || double.IsInfinity(n)))
            throw Fail(Descriptors.InvalidArgument, syntax, $"{method.Name}: the numbers of an initialiser are finite");
        double first = numbers.Length > 0 ? numbers[0] : 0, second = numbers.Length > 1 ? numbers[1] : 0;
        if (method.Name == "Normal" && second < 0)
            throw Fail(Descriptors.InvalidArgument, syntax, $"Normal: the standard deviation {Describe(values[1])} is negative");
        if (method.Name == "Uniform" && second < first)
            throw Fail(Descriptors.InvalidArgument, syntax, $"Uniform: the low end {Describe(values[0])} is above the high end {Describe(values[1])}");
        return new InitializerValue(method.Name, first, second);
    }

    /// <summary>The initialiser with the fans of the parameter's shape worked in, by the formulas of torch.nn.init.</summary>
    public static Initialization InitializationOf(DeclaredTensorValue parameter)
    {
        int? row = parameter.Initializer?.ZeroRow;
        if (row is not null && (parameter.Shape.Rank == 0 || row < 0 || row >= parameter.Shape[0].Max))
            throw new ShapeException(FormattableString.Invariant($"ZeroRow: a parameter of shape {parameter.Shape} has no row {row}"));
        var initialization = DistributionOf(parameter) with { ZeroRow = row };
        if (parameter.Type != ElementType.Float32)
            RequireHeld(initialization, parameter.Type.Info(), parameter.Plural);
        return initialization;
    }

    /// <summary>First values that a type has: of floating-point numbers finite ones, of others the same whole number everywhere.</summary>
    static void RequireHeld(Initialization initialization, ElementTypeInfo type, string tensors)
    {
        var (kind, first, second, _) = initialization;
        if (type.Float is { } form)
        {
            // Random numbers of 24 bits are fewer than six standard deviations from the mean.
            double largest = kind == InitializationKind.Normal ? Math.Abs(first) + (6 * second) : Math.Max(Math.Abs(first), Math.Abs(second));
            if (largest > form.Largest)
                throw new ShapeException(FormattableString.Invariant($"first values up to {largest} are beyond the range of {type.ShortName}, which ends at {form.Largest}"));
            return;
        }
        var (least, most) = type.Integer is { } integers ? (integers.Least, integers.Largest) : (0, 1);
        if (kind != InitializationKind.Constant || first != Math.Floor(first) || first < least || first > most)
            throw new ShapeException(FormattableString.Invariant($"{tensors} of {type.ShortName} begin with one whole number from {least} to {most}: Init.Constant(...)"));
    }

    static Initialization DistributionOf(DeclaredTensorValue parameter)
    {
        if (parameter.Initializer is not { } initializer)
            return new Initialization(InitializationKind.Constant, 0, 0);
        switch (initializer.Kind)
        {
            case "Constant":
                return new Initialization(InitializationKind.Constant, initializer.First, 0);
            case "Normal":
                return new Initialization(InitializationKind.Normal, initializer.First, initializer.Second);
            case "Uniform":
                return new Initialization(InitializationKind.Uniform, initializer.First, initializer.Second);
        }
        var shape = parameter.Shape;
        if (shape.Rank < 2)
            throw new ShapeException($"{initializer.Kind}: a parameter of shape {shape} has no fans; it needs at least the axes [out, in]");
        double receptive = shape.Product(2, shape.Rank).Max;
        double fanIn = shape[1].Max * receptive, fanOut = shape[0].Max * receptive;
        double deviation = initializer.Kind.StartsWith("Xavier", StringComparison.Ordinal)
            ? initializer.First * Math.Sqrt(2 / (fanIn + fanOut))
            : Math.Sqrt(2 / (1 + (initializer.First * initializer.First))) / Math.Sqrt(initializer.Second == 0 ? fanIn : fanOut);
        double bound = Math.Sqrt(3) * deviation;
        return initializer.Kind.EndsWith("Uniform", StringComparison.Ordinal)
            ? new Initialization(InitializationKind.Uniform, -bound, bound)
            : new Initialization(InitializationKind.Normal, 0, deviation);
    }

    // [Shape] on a method that is called is a promise that is checked.

    void CheckArgumentShapes(IMethodSymbol method, Value[] arguments, SyntaxNode? site)
    {
        if (site is null || graph is null)
            return;
        foreach (var parameter in method.Parameters)
        {
            if (LanguageTypes.FindAttribute(parameter, "Shape") is not { } attribute || arguments[parameter.Ordinal].IsNull)
                continue;
            var node = ToTensor(arguments[parameter.Ordinal], site);
            var stated = new List<Dim>();
            foreach (var dimension in ShapeReader.Dimensions(attribute))
            {
                if (dimension.Value is int size)
                    stated.Add(size);
                else if (dimension.Value is string name && NamedDims.TryGetValue(name, out var dim))
                    stated.Add(dim);
                else
                    return;
            }
            var shape = new Shape(stated);
            string what = $"'{method.Name}' takes '{parameter.Name}' of shape {shape}";
            if (shape.Rank != node.Shape.Rank)
                throw Fail(Descriptors.WrongRank, site, $"{what}, with {shape.Rank} axes, but gets {node.Shape}, with {node.Shape.Rank}");
            for (int axis = 0; axis < shape.Rank; axis++)
            {
                if (shape[axis] != node.Shape[axis])
                    throw Fail(Descriptors.ShapeMismatch, site, $"{what} but gets {node.Shape}: axis {axis} is {node.Shape[axis]} instead of {shape[axis]}");
            }
        }
    }

    /// <summary>A result of a method as a tensor.</summary>
    public Node OutputOf(Graph target, Value value)
    {
        graph = target;
        try
        {
            return ToTensor(value, Current!);
        }
        finally
        {
            graph = null;
        }
    }

    public int NextRandomStream() => randomStreams++;

    public StopException FailOperation(DiagnosticDescriptor descriptor, SyntaxNode syntax, string message) => Fail(descriptor, syntax, message);

    /// <summary>The user's expression on one line, without comments.</summary>
    string OriginOf(SyntaxNode syntax)
    {
        var site = CallSite(syntax);
        if (site is null)
            return "";
        if (!origins.TryGetValue(site, out string? text))
            origins.Add(site, text = SourceText.OnOneLine(site));
        return text;
    }
}
