using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Arrays, lists and other sequences.
internal sealed partial class Interpreter
{
    ListValue NewList(IEnumerable<Value> items) => new([.. items]) { MadeFor = graph };

    static ListValue DimsOf(Shape shape) => new([.. shape.Select(OfDim)]);

    static bool IsGrowableList(INamedTypeSymbol type) => type is { Name: "List", Arity: 1, ContainingNamespace.Name: "Generic" };

    List<Value> Items(Value value, SyntaxNode syntax) => value switch
    {
        ListValue list => list.Items,
        ShapeValue shape => DimsOf(shape.Shape).Items,
        ConstantValue { Content: string text } => [.. text.Select(c => Value.Of(c))],
        { IsNull: true } => throw Fail(Descriptors.NullValue, syntax, "this is null here"),
        _ => throw Fail(Descriptors.UnsupportedSyntax, syntax, $"{Describe(value)} cannot be enumerated in a graph method: use an array or a list"),
    };

    ListValue CreateList(IObjectCreationOperation creation)
    {
        var list = NewList(creation.Arguments.Length == 1 && Evaluate(creation.Arguments[0].Value) is ListValue source ? source.Items : []);
        foreach (var step in creation.Initializer?.Initializers ?? [])
        {
            if (step is not IInvocationOperation { TargetMethod.Name: "Add", Arguments.Length: 1 } add)
                throw Unsupported(step, "only elements are supported in a list initialiser");
            list.Items.Add(Evaluate(add.Arguments[0].Value));
        }
        return list;
    }

    ListValue EvaluateArrayCreation(IArrayCreationOperation creation)
    {
        if (creation.DimensionSizes.Length != 1)
            throw Unsupported(creation, "arrays with several axes are not supported in a graph method: use an array of arrays");
        if (creation.Initializer is not null)
            return EvaluateArrayInitializer(creation.Initializer);
        int length = Evaluate(creation.DimensionSizes[0]) is ConstantValue { Content: int size and >= 0 }
            ? size
            : throw Fail(Descriptors.NotConstant, creation.DimensionSizes[0].Syntax, "the length of an array must be a constant");
        var element = ((IArrayTypeSymbol)creation.Type!).ElementType;
        steps += length;
        Step(creation.Syntax);
        return NewList(Enumerable.Range(0, length).Select(_ => Default(element)));
    }

    ListValue EvaluateArrayInitializer(IArrayInitializerOperation initializer) => NewList(
        initializer.ElementValues.Select(e => e is IArrayInitializerOperation nested ? EvaluateArrayInitializer(nested) : Evaluate(e)));

    ListValue EvaluateCollection(ICollectionExpressionOperation collection)
    {
        var items = new List<Value>();
        foreach (var element in collection.Elements)
        {
            if (element is ISpreadOperation spread)
                items.AddRange(Items(Evaluate(spread.Operand), spread.Syntax));
            else
                items.Add(Evaluate(element));
        }
        return NewList(items);
    }

    Value EvaluateElement(IArrayElementReferenceOperation element)
    {
        if (element.Indices.Length != 1)
            throw Unsupported(element, "arrays with several axes are not supported in a graph method: use an array of arrays");
        return ItemAt(Items(Evaluate(element.ArrayReference), element.ArrayReference.Syntax), Evaluate(element.Indices[0]), element.Syntax);
    }

    Value EvaluateImplicitIndexer(IImplicitIndexerReferenceOperation indexer) =>
        ItemAt(Items(Evaluate(indexer.Instance), indexer.Instance.Syntax), Evaluate(indexer.Argument), indexer.Syntax);

    Value ItemAt(List<Value> items, Value position, SyntaxNode syntax)
    {
        if (position is not RangeValue range)
            return items[PositionIn(items, position, syntax)];
        if (!range.IsConstant)
            throw Fail(Descriptors.NotConstant, syntax, "a position must be known at build time");
        int start = range.Start.Resolve(items.Count), end = range.End.Resolve(items.Count);
        if (start < 0 || end > items.Count || start > end)
            throw Fail(Descriptors.EvaluationFailed, syntax, FormattableString.Invariant($"the range {start}..{end} is outside of a list of {items.Count}"));
        return NewList(items.GetRange(start, end - start));
    }

    int PositionIn(List<Value> items, Value position, SyntaxNode syntax)
    {
        int index = ToIndex(position, syntax).Resolve(items.Count);
        return index >= 0 && index < items.Count
            ? index
            : throw Fail(Descriptors.EvaluationFailed, syntax, FormattableString.Invariant($"the position {index} is outside of a list of {items.Count}"));
    }

    Value ReadLibraryProperty(IPropertySymbol property, Value receiver, Value[] arguments, SyntaxNode syntax)
    {
        if (receiver.IsNull && property.Name == "HasValue")
            return Value.Of(false);
        if (receiver.IsNull)
            throw Fail(Descriptors.NullValue, syntax, $"the value whose '{property.Name}' is read is null here");
        if (property.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return property.Name == "HasValue" ? Value.Of(true) : receiver;
        if (receiver is ListValue list)
        {
            if (property.Name is "Length" or "Count")
                return Value.Of(list.Items.Count);
            if (property.IsIndexer && arguments.Length == 1)
                return ItemAt(list.Items, arguments[0], syntax);
        }
        if (receiver is ConstantValue { Content: string text } && property.Name == "Length")
            return Value.Of(text.Length);
        throw Fail(Descriptors.UnsupportedMember, syntax, $"'{Name(property)}' cannot be read in a graph method");
    }

    /// <summary>Methods of .NET that mean something at build time; null if this is not one of them.</summary>
    Value? CallLibrary(IMethodSymbol method, Value? receiver, Value[] arguments, SyntaxNode syntax)
    {
        var type = method.ContainingType;
        bool isNumeric = type.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_Double;
        if (method.IsStatic && (isNumeric || type is { Name: "Math" or "MathF", ContainingNamespace.Name: "System" }))
            return CallMath(method, arguments, syntax);
        if (type is { Name: "Enumerable", ContainingNamespace.Name: "Linq" })
            return CallEnumerable(method.Name, arguments, syntax);
        if (method.Name == "Empty" && type.SpecialType == SpecialType.System_Array)
            return NewList([]);
        if (method.Name == "ToString" && receiver is ConstantValue constant)
            return Value.Of(Describe(constant));
        if (method.Name is "Equals" && receiver is not null && arguments.Length == 1)
            return Value.Of(AreEqual(receiver, arguments[0], syntax));
        if (method.Name == "GetValueOrDefault" && type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return receiver is { IsNull: false } ? receiver : arguments.Length == 1 ? arguments[0] : Default(type.TypeArguments[0]);
        if (method.Name.StartsWith("ThrowIf", StringComparison.Ordinal) && method.Name.Length > 7 && arguments.Length > 0)
            return CallGuard(method.Name.Substring(7), arguments, syntax);
        if (method.Name == "Assert" && type is { Name: "Debug", ContainingNamespace.Name: "Diagnostics" } && arguments[0] is ConstantValue { Content: bool holds })
            return holds ? Value.Null : throw Fail(Descriptors.EvaluationFailed, syntax, "this assertion fails at build time");
        return receiver is ListValue list ? CallList(method.Name, list, arguments, syntax) : null;
    }

    /// <summary>ArgumentOutOfRangeException.ThrowIfNegative and its like, by which constructors check their arguments.</summary>
    Value? CallGuard(string condition, Value[] arguments, SyntaxNode syntax)
    {
        if (condition == "Null")
            return arguments[0].IsNull ? throw Fail(Descriptors.NullValue, syntax, "this is null here") : Value.Null;
        if (arguments[0] is not ConstantValue { Content: { } value } || !ConstantArithmetic.IsNumber(value))
            return null;
        double number = ConstantArithmetic.ToDouble(value);
        double other = arguments.Length > 1 && arguments[1] is ConstantValue { Content: { } limit } && ConstantArithmetic.IsNumber(limit) ? ConstantArithmetic.ToDouble(limit) : 0;
        bool? isBroken = condition switch
        {
            "Negative" => number < 0,
            "Zero" => number == 0,
            "NegativeOrZero" => number <= 0,
            "LessThan" => number < other,
            "LessThanOrEqual" => number <= other,
            "GreaterThan" => number > other,
            "GreaterThanOrEqual" => number >= other,
            "Equal" => number == other,
            "NotEqual" => number != other,
            _ => null,
        };
        return isBroken switch
        {
            null => null,
            false => Value.Null,
            true => throw Fail(Descriptors.EvaluationFailed, syntax, $"{Describe(arguments[0])} is refused here by ThrowIf{condition}"),
        };
    }

    Value? CallMath(IMethodSymbol method, Value[] arguments, SyntaxNode syntax)
    {
        if (arguments.OfType<DimValue>().FirstOrDefault() is { } dim)
            throw NotKnown(dim, syntax);
        try
        {
            object? result = ConstantArithmetic.Call(method.Name, [.. arguments.Select(a => (a as ConstantValue)?.Content)], method.ReturnType.SpecialType);
            return result is null ? null : Value.Of(result);
        }
        catch (OverflowException)
        {
            throw Fail(Descriptors.EvaluationFailed, syntax, "this overflows at build time");
        }
    }

    Value? CallList(string name, ListValue list, Value[] arguments, SyntaxNode syntax)
    {
        switch (name, arguments.Length)
        {
            case ("Add", 1):
                RequireOwnList(list, syntax);
                list.Items.Add(arguments[0]);
                return Value.Null;
            case ("AddRange", 1):
                RequireOwnList(list, syntax);
                list.Items.AddRange(Items(arguments[0], syntax).ToArray());
                return Value.Null;
            case ("Insert", 2) when arguments[0] is ConstantValue { Content: int position } && position >= 0 && position <= list.Items.Count:
                RequireOwnList(list, syntax);
                list.Items.Insert(position, arguments[1]);
                return Value.Null;
            case ("Reverse", 0):
                RequireOwnList(list, syntax);
                list.Items.Reverse();
                return Value.Null;
            case ("Clear", 0):
                RequireOwnList(list, syntax);
                list.Items.Clear();
                return Value.Null;
            case ("ForEach", 1) when arguments[0] is FunctionValue action:
                foreach (var item in list.Items.ToArray())
                    InvokeFunction(action, [item], syntax);
                return Value.Null;
            case ("ToArray" or "AsSpan" or "Clone", 0):
                return NewList(list.Items);
            case ("Contains", 1):
                return Value.Of(list.Items.Any(item => AreEqual(item, arguments[0], syntax)));
            default:
                return null;
        }
    }

    Value? CallEnumerable(string name, Value[] arguments, SyntaxNode syntax)
    {
        if (name is "Range" or "Repeat" && arguments.Length == 2 && arguments[1] is ConstantValue { Content: int count })
        {
            var first = arguments[0];
            if (count < 0)
                throw Fail(Descriptors.EvaluationFailed, syntax, FormattableString.Invariant($"{count} is not a number of elements"));
            steps += count;
            Step(syntax);
            return name == "Repeat"
                ? NewList(Enumerable.Repeat(first, count))
                : first is ConstantValue { Content: int start } ? NewList(Enumerable.Range(start, count).Select(i => Value.Of(i))) : null;
        }
        if (name == "Empty" && arguments.Length == 0)
            return NewList([]);
        if (arguments.Length == 0)
            return null;
        var items = Items(arguments[0], syntax);
        return arguments.Length == 1
            ? CallSequence(name, items, syntax)
            : CallSequence(name, items, arguments, syntax);
    }

    Value? CallSequence(string name, List<Value> items, SyntaxNode syntax) => name switch
    {
        "ToArray" or "ToList" or "AsEnumerable" => NewList(items),
        "Reverse" => NewList(Enumerable.Reverse(items)),
        "Index" => NewList(items.Select((item, index) => new TupleValue([Value.Of(index), item]))),
        "Count" => Value.Of(items.Count),
        "Any" => Value.Of(items.Count > 0),
        "First" or "Last" or "Single" => items.Count > 0
            ? items[name == "Last" ? items.Count - 1 : 0]
            : throw Fail(Descriptors.EvaluationFailed, syntax, "this sequence is empty"),
        "Sum" when items.Count > 0 => items.Skip(1).Aggregate(items[0], (sum, item) => Add(sum, item, syntax)),
        "Sum" => Value.Of(0),
        _ => null,
    };

    Value? CallSequence(string name, List<Value> items, Value[] arguments, SyntaxNode syntax)
    {
        if (arguments[1] is ConstantValue { Content: int count })
        {
            return name switch
            {
                "Skip" => NewList(items.Skip(count)),
                "Take" => NewList(items.Take(count)),
                "ElementAt" => ItemAt(items, arguments[1], syntax),
                _ => null,
            };
        }
        if (name == "Concat")
            return NewList(items.Concat(Items(arguments[1], syntax)));
        if (name == "Zip" && arguments.Length == 2)
            return NewList(items.Zip(Items(arguments[1], syntax), (a, b) => new TupleValue([a, b])));
        if (name == "Aggregate" && arguments.Length == 3 && arguments[2] is FunctionValue fold)
            return items.Aggregate(arguments[1], (state, item) => InvokeFunction(fold, [state, item], syntax));
        if (arguments[1] is not FunctionValue function)
            return null;
        Value Call(Value item, int index) => InvokeFunction(function, function.Method.Parameters.Length == 2 ? [item, Value.Of(index)] : [item], syntax);
        bool Holds(Value item, int index) => Call(item, index) is ConstantValue { Content: true };
        return name switch
        {
            "Select" => NewList(items.ToArray().Select(Call)),
            "SelectMany" => NewList(items.ToArray().SelectMany((item, index) => Items(Call(item, index), syntax))),
            "Where" => NewList(items.ToArray().Where(Holds)),
            "Any" => Value.Of(items.Where(Holds).Any()),
            "All" => Value.Of(items.Where(Holds).Count() == items.Count),
            "Count" => Value.Of(items.Where(Holds).Count()),
            "Sum" => items.Count == 0 ? Value.Of(0) : CallSequence("Sum", [.. items.Select(Call)], syntax),
            "Aggregate" when items.Count > 0 => items.Skip(1).Aggregate(items[0], (state, item) => InvokeFunction(function, [state, item], syntax)),
            _ => null,
        };
    }

    Value Add(Value left, Value right, SyntaxNode syntax)
    {
        if (left is ConstantValue a && right is ConstantValue b && ConstantArithmetic.Combine(BinaryOperatorKind.Add, a.Content, b.Content, true) is { } sum)
            return Value.Of(sum);
        if (TryDim(left, out var x) && TryDim(right, out var y) && x.TryAdd(y, out var dims))
            return OfDim(dims);
        throw Fail(Descriptors.UnsupportedMember, syntax, "only constants can be summed like this in a graph method: use a loop for tensors");
    }
}
