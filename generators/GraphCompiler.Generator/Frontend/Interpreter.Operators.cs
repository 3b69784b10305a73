using System;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Operators and conversions: on tensors they append to the graph, on constants they are computed.
internal sealed partial class Interpreter
{
    Value EvaluateBinary(IBinaryOperation binary)
    {
        if (binary.OperatorKind is BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr && binary.OperatorMethod is null)
        {
            bool left = IsTrue(binary.LeftOperand);
            bool decided = left == (binary.OperatorKind == BinaryOperatorKind.ConditionalOr);
            return Value.Of(decided ? left : IsTrue(binary.RightOperand));
        }
        return Combine(binary.OperatorKind, binary.OperatorMethod, Evaluate(binary.LeftOperand), Evaluate(binary.RightOperand), binary.IsChecked, binary);
    }

    Value Combine(BinaryOperatorKind kind, IMethodSymbol? method, Value left, Value right, bool isChecked, IOperation operation)
    {
        if (method is not null && LanguageTypes.IsTensor(method.ContainingType))
            return ApplyOperation(method.Name, operation, [left, right]);
        if (method is { MethodKind: MethodKind.UserDefinedOperator } && method.DeclaringSyntaxReferences.Length > 0)
            return Invoke(method, null, [left, right], operation.Syntax);
        if (kind is BinaryOperatorKind.Equals or BinaryOperatorKind.NotEquals)
            return Value.Of(CompareReferencesOrValues(left, right, operation) == (kind == BinaryOperatorKind.Equals));
        if (left is DimValue || right is DimValue)
            return CombineDims(kind, left, right, operation.Syntax);
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

    bool CompareReferencesOrValues(Value left, Value right, IOperation operation)
    {
        bool leftIsTensor = left is TensorValue or DeclaredTensorValue, rightIsTensor = right is TensorValue or DeclaredTensorValue;
        if (leftIsTensor && rightIsTensor)
            throw Fail(Descriptors.NotConstant, operation.Syntax, "'==' on tensors compares references, not elements: use Equal(a, b), which gives a Tensor<bool>");
        return AreEqual(left, right, operation.Syntax);
    }

    /// <summary>Dimensions multiply, and divide and add where the result is again a product of dimensions.</summary>
    Value CombineDims(BinaryOperatorKind kind, Value left, Value right, SyntaxNode syntax)
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
        throw NotKnown(left as DimValue ?? (DimValue)right, syntax);
    }

    static Value OfDim(Dim dim) => dim.IsConstant ? Value.Of(dim.Value) : new DimValue(dim);

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
            if (method.DeclaringSyntaxReferences.Length > 0)
                return Invoke(method, null, [operand], unary.Syntax);
        }
        if (operand is not ConstantValue constant)
            throw Fail(Descriptors.NotConstant, unary.Syntax, "this operator needs a constant");
        return Value.Of(ConstantArithmetic.Apply(unary.OperatorKind, constant.Content)
            ?? throw Unsupported(unary, "this operator is not supported in a graph method on this operand"));
    }

    Value EvaluateConversion(IConversionOperation conversion)
    {
        var value = Evaluate(conversion.Operand);
        if (conversion.OperatorMethod is { } method)
        {
            if (LanguageTypes.IsTensor(method.ContainingType))
                return new TensorValue(ToTensor(value, conversion.Syntax));
            if (method.DeclaringSyntaxReferences.Length > 0 && !LanguageTypes.IsOfLanguage(method.ContainingType))
                return Invoke(method, null, [value], conversion.Syntax);
            return ConvertBetweenLibraryTypes(value, conversion.Type);
        }
        if (conversion.Type is null || value.IsNull)
            return value;
        // A state as a Tensor is the value that it has now, whatever it is given later.
        if (value is StateValue && graph is not null && LanguageTypes.Is(conversion.Type, "Tensor"))
            return new TensorValue(ToTensor(value, conversion.Syntax));
        bool isCast = !conversion.IsImplicit && (conversion.Conversion.IsReference || conversion.GetConversion().IsUnboxing);
        if (isCast && !IsOfType(value, conversion.Type))
        {
            return conversion.IsTryCast
                ? Value.Null
                : throw Fail(Descriptors.EvaluationFailed, conversion.Syntax, $"{Describe(value)} is not a {conversion.Type.Name}");
        }
        if (value is ConstantValue constant)
            return ConvertNumber(constant, conversion.Type, conversion.IsChecked, conversion.Syntax);
        return value;
    }

    /// <summary>Shape to array, int to Index, array to span: the same thing to the evaluation, or nearly.</summary>
    static Value ConvertBetweenLibraryTypes(Value value, ITypeSymbol? target) => value switch
    {
        ShapeValue shape when target is IArrayTypeSymbol => DimsOf(shape.Shape),
        ConstantValue { Content: int position } when target?.Name == "TensorIndex" => new IndexValue(Math.Abs(position), position < 0),
        ConstantValue { Content: int position } when target?.Name == "Index" => new IndexValue(position, false),
        DimValue position when target?.Name is "TensorIndex" or "Index" => new IndexValue(position.Dim, false),
        _ => value,
    };

    Value ConvertNumber(ConstantValue constant, ITypeSymbol target, bool isChecked, SyntaxNode syntax)
    {
        if (target is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            target = nullable.TypeArguments[0];
        if (target is INamedTypeSymbol { EnumUnderlyingType: { } underlying })
            target = underlying;
        try
        {
            return Value.Of(ConstantArithmetic.Convert(constant.Content, target.SpecialType, isChecked));
        }
        catch (OverflowException)
        {
            throw Fail(Descriptors.EvaluationFailed, syntax, $"{Describe(constant)} does not fit into {target.Name}");
        }
    }

    static bool IsOfType(Value value, ITypeSymbol type) => value switch
    {
        ObjectValue instance => DerivesFrom(instance.Type, type),
        ParameterValue => type.Name is "Parameter" or "Tensor" || type.SpecialType == SpecialType.System_Object,
        StateValue state => type.Name is "UpdatableTensor" or "Tensor" || type.Name == (state.Owner == StateOwner.Model ? "State" : "SessionState") || type.SpecialType == SpecialType.System_Object,
        TensorValue => type.Name is "Tensor" || type.SpecialType == SpecialType.System_Object,
        ConstantValue { Content: null } => false,
        ConstantValue constant => type.SpecialType == SpecialType.System_Object || ConstantArithmetic.TypeOf(constant.Content) == type.SpecialType || type.TypeKind == TypeKind.Enum,
        DimValue => type.SpecialType is SpecialType.System_Int32 or SpecialType.System_Object,
        _ => true,
    };

    static bool DerivesFrom(INamedTypeSymbol type, ITypeSymbol ancestor)
    {
        ancestor = ancestor.OriginalDefinition;
        foreach (var implemented in type.AllInterfaces)
        {
            if (SymbolEqualityComparer.Default.Equals(implemented.OriginalDefinition, ancestor))
                return true;
        }
        for (INamedTypeSymbol? candidate = type; candidate is not null; candidate = candidate.BaseType)
        {
            if (SymbolEqualityComparer.Default.Equals(candidate.OriginalDefinition, ancestor))
                return true;
        }
        return false;
    }
}
