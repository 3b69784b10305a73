using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Expressions.
internal sealed partial class Interpreter
{
    Value Evaluate(IOperation operation)
    {
        Step(operation.Syntax);
        if (operation.ConstantValue.HasValue)
            return Typed(Value.Of(operation.ConstantValue.Value), operation.Type);
        return operation switch
        {
            ILocalReferenceOperation local => Variable(local.Local, local),
            IParameterReferenceOperation parameter => Variable(parameter.Parameter, parameter),
            IInvocationOperation invocation => EvaluateInvocation(invocation),
            IPropertyReferenceOperation property => EvaluateProperty(property),
            IFieldReferenceOperation field => EvaluateField(field),
            IInstanceReferenceOperation instance => EvaluateInstance(instance),
            IConversionOperation conversion => EvaluateConversion(conversion),
            IBinaryOperation binary => EvaluateBinary(binary),
            IUnaryOperation unary => EvaluateUnary(unary),
            ISimpleAssignmentOperation assignment => EvaluateAssignment(assignment),
            ICompoundAssignmentOperation assignment => EvaluateCompoundAssignment(assignment),
            ICoalesceAssignmentOperation assignment => EvaluateCoalesceAssignment(assignment),
            IIncrementOrDecrementOperation increment => EvaluateIncrement(increment),
            IDeconstructionAssignmentOperation deconstruction => EvaluateDeconstruction(deconstruction),
            IObjectCreationOperation creation => EvaluateCreation(creation),
            IArrayCreationOperation creation => EvaluateArrayCreation(creation),
            ICollectionExpressionOperation collection => EvaluateCollection(collection),
            IArrayElementReferenceOperation element => EvaluateElement(element),
            IImplicitIndexerReferenceOperation indexer => EvaluateImplicitIndexer(indexer),
            ITupleOperation tuple => new TupleValue([.. tuple.Elements.Select(e => CopyOfStruct(Evaluate(e)))]),
            IConditionalOperation conditional => EvaluateConditional(conditional),
            ISwitchExpressionOperation choice => EvaluateSwitch(choice),
            IIsPatternOperation pattern => Value.Of(Matches(pattern.Pattern, Evaluate(pattern.Value))),
            IIsTypeOperation test => Value.Of(IsOfType(Evaluate(test.ValueOperand), test.TypeOperand) != test.IsNegated),
            ICoalesceOperation coalesce => Evaluate(coalesce.Value) is { IsNull: false } value ? value : Evaluate(coalesce.WhenNull),
            IConditionalAccessOperation access => EvaluateConditionalAccess(access),
            IConditionalAccessInstanceOperation => conditionalReceivers.Peek(),
            ITupleBinaryOperation comparison => EvaluateTupleComparison(comparison),
            IDelegateCreationOperation creation => EvaluateFunction(creation.Target),
            IAnonymousFunctionOperation or IMethodReferenceOperation => EvaluateFunction(operation),
            IDiscardOperation => throw new StopException(null),
            IDefaultValueOperation defaultValue => defaultValue.Type is null ? Value.Null : Default(defaultValue.Type),
            IInterpolatedStringOperation text => EvaluateInterpolation(text),
            IInterpolatedStringHandlerCreationOperation handler => Evaluate(handler.Content),
            IAnonymousObjectCreationOperation creation => EvaluateAnonymous(creation),
            ITypeParameterObjectCreationOperation creation => creation.Type is ITypeParameterSymbol ? EvaluateTypeParameterCreation(creation) : throw new StopException(null),
            ITypeOfOperation type => new TypeValue(Substitute(type.TypeOperand)),
            ITranslatedQueryOperation query => Evaluate(query.Operation),
            IRangeOperation range => new RangeValue(EvaluateRangeEnd(range.LeftOperand, new(0, false)), EvaluateRangeEnd(range.RightOperand, new(0, true))),
            IWithOperation with => EvaluateWith(with),
            IParenthesizedOperation parenthesized => Evaluate(parenthesized.Operand),
            IArgumentOperation argument => Evaluate(argument.Value),
            IThrowOperation thrown => throw Thrown(thrown),
            IInvalidOperation => throw new StopException(null),
            _ => throw UnsupportedExpression(operation),
        };
    }

    readonly Stack<Value> conditionalReceivers = new();

    void EvaluateVoid(IOperation operation) => Evaluate(operation);

    StopException UnsupportedExpression(IOperation operation) => operation switch
    {
        IAwaitOperation => Unsupported(operation, "a graph method cannot await: it is evaluated at build time"),
        IDynamicInvocationOperation or IDynamicMemberReferenceOperation or IDynamicIndexerAccessOperation =>
            Unsupported(operation, "dynamic is not supported in a graph method: use the static type"),
        IAddressOfOperation or ISizeOfOperation => Unsupported(operation, "pointers are not supported in a graph method"),
        IEventReferenceOperation or IEventAssignmentOperation => Unsupported(operation, "events are not supported in a graph method"),
        _ => Unsupported(operation, "this expression is not supported in a graph method: use tensors, constants, tuples, arrays, modules and calls"),
    };

    Value Variable(ISymbol variable, IOperation reference)
    {
        if (Top.Find(variable) is { } cell)
            return Readable(cell.Value);
        if (EnclosingSelf() is { } self && self.Members.TryGetValue(variable.OriginalDefinition, out var captured))
            return Readable(captured);
        throw Unsupported(reference, $"'{variable.Name}' has no value here: assign it first");
    }

    Value EvaluateInstance(IInstanceReferenceOperation instance)
    {
        if (instance.ReferenceKind is InstanceReferenceKind.ImplicitReceiver && initializedObjects.Count > 0)
            return initializedObjects.Peek();
        return EnclosingSelf() ?? throw Unsupported(instance, "there is no instance here");
    }

    Value EvaluateConditional(IConditionalOperation conditional)
    {
        if (conditional.WhenFalse is null)
            throw new StopException(null);
        var condition = Evaluate(conditional.Condition);
        if (condition is RunTimeNumber number && ChooseAtRunTime(conditional, number) is { } choice)
            return choice;
        return Evaluate(IsTrue(condition, conditional.Condition) ? conditional.WhenTrue : conditional.WhenFalse);
    }

    Value EvaluateSwitch(ISwitchExpressionOperation choice)
    {
        var value = Evaluate(choice.Value);
        foreach (var arm in choice.Arms)
        {
            if (Matches(arm.Pattern, value) && (arm.Guard is null || IsTrue(arm.Guard)))
                return Evaluate(arm.Value);
        }
        throw Fail(Descriptors.EvaluationFailed, choice.Syntax, $"no arm of this switch matches {Describe(value)}: add '_ => ...'");
    }

    Value EvaluateConditionalAccess(IConditionalAccessOperation access)
    {
        var receiver = Evaluate(access.Operation);
        if (receiver.IsNull)
            return Value.Null;
        conditionalReceivers.Push(receiver);
        var result = Evaluate(access.WhenNotNull);
        conditionalReceivers.Pop();
        return result;
    }

    Value EvaluateTupleComparison(ITupleBinaryOperation comparison)
    {
        bool equal = AreEqual(Evaluate(comparison.LeftOperand), Evaluate(comparison.RightOperand), comparison.Syntax);
        return Value.Of(equal == (comparison.OperatorKind == BinaryOperatorKind.Equals));
    }

    IndexValue EvaluateRangeEnd(IOperation? end, IndexValue otherwise) => end is null ? otherwise : ToNamedIndex(Evaluate(end), end.Syntax);

    /// <summary>A position of a tensor's axis, which may be a named dimension.</summary>
    IndexValue ToNamedIndex(Value value, SyntaxNode syntax) => value switch
    {
        IndexValue index => index,
        DimValue dim => new IndexValue(dim.Dim, false),
        _ => ToIndex(value, syntax),
    };

    /// <summary>A position in something that exists at build time.</summary>
    IndexValue ToIndex(Value value, SyntaxNode syntax) => value switch
    {
        IndexValue { Offset.IsConstant: true } index => index,
        ConstantValue { Content: int position } => new IndexValue(position, false),
        _ => throw Fail(Descriptors.NotConstant, syntax, "a position must be known at build time"),
    };

    StopException Thrown(IThrowOperation thrown)
    {
        var exception = thrown.Exception;
        while (exception is IConversionOperation conversion)
            exception = conversion.Operand;
        if (exception is not IObjectCreationOperation creation)
            return Fail(Descriptors.EvaluationFailed, thrown.Syntax, "this throws at build time");
        // A guard names the argument that it refuses; the text is what the user wrote for people.
        string message = string.Join(": ", creation.Arguments.Select(a => Evaluate(a.Value)).OfType<ConstantValue>().Select(c => c.Content).OfType<string>());
        return Fail(Descriptors.EvaluationFailed, thrown.Syntax, message.Length > 0 ? message : $"this throws {creation.Type?.Name} at build time");
    }
}
