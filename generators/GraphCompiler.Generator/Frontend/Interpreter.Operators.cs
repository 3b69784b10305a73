using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Operators and conversions: on tensors they append to the graph, on constants they are computed.
internal sealed partial class Interpreter
{
    /// <summary>A chain such as a + b + c leans to the left, so it is walked by a loop: it may be thousands of operators long.</summary>
    Value EvaluateBinary(IBinaryOperation binary)
    {
        var chain = new Stack<IBinaryOperation>();
        IOperation first = binary;
        while (first is IBinaryOperation { ConstantValue.HasValue: false } link)
        {
            chain.Push(link);
            first = link.LeftOperand;
        }
        var left = Evaluate(first);
        while (chain.Count > 0)
        {
            var link = chain.Pop();
            Step(link.Syntax);
            left = EvaluateBinary(link, left);
        }
        return left;
    }

    Value EvaluateBinary(IBinaryOperation binary, Value left)
    {
        if (binary.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr && binary.OperatorMethod is null)
        {
            bool isTrue = IsTrue(left, binary.LeftOperand);
            bool isDecided = isTrue == (binary.OperatorKind == BinaryOperatorKind.ConditionalOr);
            return Value.Of(isDecided ? isTrue : IsTrue(binary.RightOperand));
        }
        var right = Evaluate(binary.RightOperand);
        if (binary.IsLifted && binary.OperatorMethod is null && (left.IsNull || right.IsNull) && LiftedResult(binary, left, right) is { } lifted)
            return lifted;
        var method = binary.OperatorMethod is null ? null : ImplementationOf(binary.OperatorMethod, binary.ConstrainedToType, binary.Syntax);
        return Typed(Combine(binary.OperatorKind, method, left, right, binary.IsChecked, binary), binary.Type);
    }

    /// <summary>What an operator gives where an operand that may be null is: null, false from comparisons, and three-valued logic.</summary>
    static Value? LiftedResult(IBinaryOperation binary, Value left, Value right)
    {
        switch (binary.OperatorKind)
        {
            case BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals:
                return null;
            case BinaryOperatorKind.LessThan or BinaryOperatorKind.LessThanOrEqual or BinaryOperatorKind.GreaterThan or BinaryOperatorKind.GreaterThanOrEqual:
                return Value.Of(false);
            case BinaryOperatorKind.And or BinaryOperatorKind.Or when (left.IsNull ? right : left) is ConstantValue { Content: bool known }:
                return known == (binary.OperatorKind == BinaryOperatorKind.Or) ? Value.Of(known) : Value.Null;
            default:
                return Value.Null;
        }
    }

    Value Combine(BinaryOperatorKind kind, IMethodSymbol? method, Value left, Value right, bool isChecked, IOperation operation)
    {
        if (method is not null && LanguageTypes.IsTensor(method.ContainingType))
            return ApplyOperation(method.Name, operation, [left, right]);
        if (method is { MethodKind: MethodKind.UserDefinedOperator, IsImplicitlyDeclared: false } && HasBody(libraries.Source(method)))
            return Invoke(libraries.Source(method), null, [CopyOfStruct(left), CopyOfStruct(right)], operation.Syntax);
        if (kind == BinaryOperatorKind.Add && operation.Type?.SpecialType == SpecialType.System_String)
            return Concatenate(left, right, operation.Syntax);
        if ((left is RunTimeNumber || right is RunTimeNumber) && CombineAtRunTime(kind, left, right, operation.Type) is { } number)
            return number;
        if (kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals)
            return Value.Of(CompareReferencesOrValues(left, right, operation) == (kind == BinaryOperatorKind.Equals));
        if (left is DimValue || right is DimValue)
            return CombineDims(kind, left, right, operation.Syntax);
        if (left is FunctionValue || right is FunctionValue)
            throw Unsupported(operation, "functions cannot be joined in a graph method: call one after the other");
        if (left is not ConstantValue a || right is not ConstantValue b)
            throw Fail(Descriptors.NotConstant, operation.Syntax, "this is not arithmetic on constants or tensors, so it cannot be evaluated at build time");
        try
        {
            return Value.Of(ConstantArithmetic.Combine(kind, a.Content, b.Content, isChecked)
                ?? throw Unsupported(operation, "this operator is not supported in a graph method on these operands"));
        }
        catch (DivideByZeroException)
        {
            throw Fail(Descriptors.EvaluationFailed, operation.Syntax, "this divides by zero at build time");
        }
        catch (OverflowException)
        {
            throw Fail(Descriptors.EvaluationFailed, operation.Syntax, "this overflows at build time");
        }
    }

    Value Concatenate(Value left, Value right, SyntaxNode syntax)
    {
        string first = TextOf(left, null, syntax), second = TextOf(right, null, syntax);
        ChargeText((long)first.Length + second.Length);
        return Value.Of(first + second);
    }

    bool CompareReferencesOrValues(Value left, Value right, IOperation operation)
    {
        bool leftIsTensor = left is TensorValue or DeclaredTensorValue, rightIsTensor = right is TensorValue or DeclaredTensorValue;
        if (leftIsTensor && rightIsTensor)
            throw Fail(Descriptors.NotConstant, operation.Syntax, "'==' on tensors compares references, not elements: use Equal(a, b), which gives a Tensor<bool>");
        // Without an operator of its type, == asks whether it is the same object.
        if (left is ObjectValue && right is ObjectValue && operation is IBinaryOperation { OperatorMethod: null })
            return ReferenceEquals(left, right);
        return AreEqual(left, right, operation.Syntax);
    }

    /// <summary>Dimensions multiply, and divide and add where the result is again a product of dimensions.</summary>
    internal Value CombineDims(BinaryOperatorKind kind, Value left, Value right, SyntaxNode syntax)
    {
        if (TryDim(left, out var a) && TryDim(right, out var b))
        {
            if (kind == BinaryOperatorKind.Multiply)
                return OfDim(a * b);
            if (kind == BinaryOperatorKind.Divide && a.TryDivide(b, out var quotient))
                return OfDim(quotient);
            if (kind == BinaryOperatorKind.Add && a.TryAdd(b, out var sum))
                return OfDim(sum);
            if (kind == BinaryOperatorKind.Subtract && a.TryAdd(b * -1, out var difference))
                return OfDim(difference);
            if (kind == BinaryOperatorKind.Remainder && a.TryDivide(b, out _))
                return Value.Of(0);
        }
        throw (left as DimValue ?? right as DimValue) is { } dim
            ? NotKnown(dim, syntax)
            : Fail(Descriptors.NotConstant, syntax, "this is not arithmetic on constants, so it cannot be evaluated at build time");
    }

    static Value OfDim(Dim dim) => dim is { IsConstant: true, Coefficient: >= int.MinValue and <= int.MaxValue } ? Value.Of(dim.Value) : new DimValue(dim);

    static bool TryDim(Value value, out Dim dim)
    {
        dim = value is DimValue symbolic ? symbolic.Dim : value is ConstantValue { Content: int number } ? number : default;
        return value is DimValue or ConstantValue { Content: int };
    }

    Value EvaluateUnary(IUnaryOperation unary)
    {
        var operand = Evaluate(unary.Operand);
        if (unary.OperatorKind == UnaryOperatorKind.Hat)
            return new IndexValue(ToNamedIndex(operand, unary.Syntax).Offset, true);
        if (unary.OperatorMethod is { } method)
        {
            if (LanguageTypes.IsTensor(method.ContainingType))
                return ApplyOperation(method.Name, unary, [operand]);
            method = ImplementationOf(libraries.Source(method), unary.ConstrainedToType, unary.Syntax);
            if (libraries.HasSource(method))
                return Invoke(method, null, [operand], unary.Syntax);
        }
        if (operand.IsNull && unary.IsLifted)
            return Value.Null;
        if (operand is DimValue dim)
            throw NotKnown(dim, unary.Syntax);
        if (operand is RunTimeNumber number && ApplyAtRunTime(unary.OperatorKind, number, unary.Type) is { } applied)
            return applied;
        if (operand is not ConstantValue constant)
            throw Fail(Descriptors.NotConstant, unary.Syntax, "this operator needs a constant");
        try
        {
            return Typed(Value.Of(ConstantArithmetic.Apply(unary.OperatorKind, constant.Content, unary.IsChecked)
                ?? throw Unsupported(unary, "this operator is not supported in a graph method on this operand")), unary.Type);
        }
        catch (OverflowException)
        {
            throw Fail(Descriptors.EvaluationFailed, unary.Syntax, "this overflows at build time");
        }
    }

    Value EvaluateConversion(IConversionOperation conversion)
    {
        var value = Evaluate(conversion.Operand);
        if (conversion.OperatorMethod is { } method)
        {
            if (LanguageTypes.IsTensor(method.ContainingType))
                return new TensorValue(ToTensor(value, conversion.Syntax, method.ContainingType));
            if (!LanguageTypes.IsOfLanguage(method.ContainingType) && libraries.HasSource(libraries.Source(method)))
                return Invoke(method, null, [value], conversion.Syntax);
            if (value is not ConstantValue || conversion.Type is not { SpecialType: >= SpecialType.System_SByte and <= SpecialType.System_Double })
                return ConvertBetweenLibraryTypes(value, conversion.Type, conversion.Syntax);
        }
        if (conversion.Type is null || value.IsNull)
            return value;
        // A state as a Tensor is the value that it has now, whatever it is given later.
        if (value is StateValue && graph is not null && LanguageTypes.Is(conversion.Type, "Tensor"))
            return new TensorValue(ToTensor(value, conversion.Syntax));
        bool isCast = !conversion.IsImplicit
            && (conversion.Conversion.IsReference || conversion.GetConversion().IsUnboxing || conversion.Operand.Type is ITypeParameterSymbol || conversion.IsTryCast);
        if (isCast && !IsOfType(value, conversion.Type))
        {
            return conversion.IsTryCast
                ? Value.Null
                : throw Fail(Descriptors.EvaluationFailed, conversion.Syntax, $"{Describe(value)} is not a {conversion.Type.Name}");
        }
        if (value is ConstantValue constant)
            return ConvertNumber(constant, conversion.Type, conversion.IsChecked, conversion.Syntax);
        if (value is RunTimeNumber number && RunTimeNumber.IsNumberOrTruth(conversion.Type.SpecialType))
            return number.As(conversion.Type.SpecialType);
        if (value is TupleValue { IsPair: false } items && conversion.Type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.Length == items.Items.Length)
            return new TupleValue(
                [.. items.Items.Select((item, i) => item is ConstantValue number ? ConvertNumber(number, tuple.TupleElements[i].Type, conversion.IsChecked, conversion.Syntax)
                : item)]);
        return value;
    }

    /// <summary>Shape to array, int to Index, array to span: the same thing to the evaluation, or nearly.</summary>
    Value ConvertBetweenLibraryTypes(Value value, ITypeSymbol? target, SyntaxNode syntax) => value switch
    {
        ShapeValue shape when target is IArrayTypeSymbol => NewList(DimsOf(shape.Shape), target),
        ConstantValue { Content: int.MinValue } when target?.Name == "TensorIndex" =>
            throw Fail(Descriptors.InvalidArgument, syntax, $"x[...]: no axis has a position {int.MinValue}"),
        ConstantValue { Content: int position } when target?.Name == "TensorIndex" => new IndexValue(Math.Abs(position), position < 0),
        ConstantValue { Content: int position } when target?.Name == "Index" => new IndexValue(position, false),
        DimValue position when target?.Name is "TensorIndex" or "Index" => new IndexValue(position.Dim, false),
        _ => value,
    };

    Value ConvertNumber(ConstantValue constant, ITypeSymbol target, bool isChecked, SyntaxNode syntax)
    {
        target = Substitute(target);
        if (target is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            target = nullable.TypeArguments[0];
        // A box, an interface or a type parameter keeps what is in it.
        if (constant.Content is null || target.SpecialType is SpecialType.System_Object or SpecialType.System_String
            || target.TypeKind is TypeKind.Interface or TypeKind.TypeParameter || SymbolEqualityComparer.Default.Equals(target, constant.EnumType))
            return constant;
        var number = target is INamedTypeSymbol { EnumUnderlyingType: { } underlying } ? underlying : target;
        try
        {
            return Typed(Value.Of(ConstantArithmetic.Convert(constant.Content, number.SpecialType, isChecked)), target);
        }
        catch (OverflowException)
        {
            throw Fail(Descriptors.EvaluationFailed, syntax, $"{Describe(constant)} does not fit into {target.Name}");
        }
    }
}
