using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Assignments. Locals change freely; fields only while their object is being constructed.
internal sealed partial class Interpreter
{
    readonly Stack<Value> initializedObjects = new();

    Value EvaluateAssignment(ISimpleAssignmentOperation assignment)
    {
        if (assignment.IsRef)
            throw Unsupported(assignment, "ref locals are not supported in a graph method: use the variable itself");
        var value = CopyOfStruct(Evaluate(assignment.Value));
        Assign(assignment.Target, value);
        return value;
    }

    Value EvaluateCompoundAssignment(ICompoundAssignmentOperation assignment)
    {
        var (left, write) = PlaceOf(assignment.Target);
        var right = Evaluate(assignment.Value);
        var method = assignment.OperatorMethod is null ? null : ImplementationOf(assignment.OperatorMethod, assignment.ConstrainedToType, assignment.Syntax);
        var result = method is null && assignment.IsLifted && (left.IsNull || right.IsNull)
            ? Value.Null
            : Combine(assignment.OperatorKind, method, left, right, assignment.IsChecked, assignment);
        if (result is ConstantValue constant && assignment.Target.Type is { } type)
            result = ConvertNumber(constant, type, assignment.IsChecked, assignment.Syntax);
        else if (result is RunTimeNumber number && assignment.Target.Type is { SpecialType: var special } && RunTimeNumber.IsNumberOrTruth(special))
            result = number.As(special);
        write(result);
        return result;
    }

    Value EvaluateCoalesceAssignment(ICoalesceAssignmentOperation assignment)
    {
        var (current, write) = PlaceOf(assignment.Target);
        if (!current.IsNull)
            return current;
        var value = CopyOfStruct(Evaluate(assignment.Value));
        write(value);
        return value;
    }

    Value EvaluateIncrement(IIncrementOrDecrementOperation increment)
    {
        var (before, write) = PlaceOf(increment.Target);
        var kind = increment.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract;
        var after = increment.OperatorMethod is { } own && HasSource(own.ContainingType)
            ? Invoke(own, null, [before], increment.Syntax)
            : before.IsNull && increment.IsLifted ? before : Combine(kind, null, before, Value.Of(1), increment.IsChecked, increment);
        if (after is ConstantValue constant && increment.Target.Type is { } type)
            after = ConvertNumber(constant, type, increment.IsChecked, increment.Syntax);
        write(after);
        return increment.IsPostfix ? before : after;
    }

    /// <summary>What a target holds, and how it is written: its array and positions are evaluated once.</summary>
    (Value Value, Action<Value> Write) PlaceOf(IOperation target)
    {
        switch (target)
        {
            case IArrayElementReferenceOperation element:
                var array = Evaluate(element.ArrayReference);
                Value[] indices = [.. element.Indices.Select(Evaluate)];
                return (ElementAt(array, indices, element.Syntax), value => SetItem(array, indices, value, element.Syntax));
            case IPropertyReferenceOperation { Arguments.Length: 1, Instance: { } instance } property when !HasSource(property.Property.ContainingType)
                && !LanguageTypes.IsOfLanguage(property.Property.ContainingType):
                var receiver = Evaluate(instance);
                Value[] position = [Evaluate(property.Arguments[0].Value)];
                return (ReadProperty(property.Property, receiver, position, property.Syntax), value => SetItem(receiver, position, value, property.Syntax));
            default:
                return (Evaluate(target), value => Assign(target, value));
        }
    }

    Value EvaluateDeconstruction(IDeconstructionAssignmentOperation deconstruction)
    {
        var value = Evaluate(deconstruction.Value);
        Assign(deconstruction.Target, value);
        return value;
    }

    void Assign(IOperation target, Value value)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                SetVariable(local.Local, value);
                break;
            case IParameterReferenceOperation parameter:
                if (Top.Find(parameter.Parameter) is not null)
                    SetVariable(parameter.Parameter, value);
                else
                    SetMember(parameter.Parameter, EnclosingSelf() ?? throw new StopException(null, target.Syntax), value, target.Syntax);
                break;
            case IFieldReferenceOperation { Field.ContainingType.IsTupleType: true, Instance: { } tuple } field:
                Assign(tuple, WithItem(Evaluate(tuple), field.Field, value, target.Syntax));
                break;
            case IFieldReferenceOperation field:
                SetMember(Key(libraries.Source(field.Field)), Receiver(field.Instance, field.Field, target.Syntax), value, target.Syntax);
                break;
            case IPropertyReferenceOperation property:
                AssignProperty(property, value);
                break;
            case IArrayElementReferenceOperation element:
                SetItem(Evaluate(element.ArrayReference), [.. element.Indices.Select(Evaluate)], value, target.Syntax);
                break;
            case IImplicitIndexerReferenceOperation indexer:
                SetItem(Evaluate(indexer.Instance), [Evaluate(indexer.Argument)], value, target.Syntax);
                break;
            case IDiscardOperation:
                break;
            case IDeclarationExpressionOperation declaration:
                Assign(declaration.Expression, value);
                break;
            case IVariableDeclaratorOperation declarator:
                Top.Declare(declarator.Symbol, value);
                break;
            case ITupleOperation tuple:
                var parts = Parts(value, tuple.Elements.Length, target.Syntax);
                for (int i = 0; i < parts.Length; i++)
                    Assign(tuple.Elements[i], parts[i]);
                break;
            case IConversionOperation conversion:
                Assign(conversion.Operand, value);
                break;
            case IInvalidOperation:
                throw new StopException(null, target.Syntax);
            default:
                throw Unsupported(target, "this cannot be assigned in a graph method: assign locals, and fields in constructors");
        }
    }

    void SetVariable(ISymbol variable, Value value)
    {
        if (Top.Find(variable) is { } cell)
            cell.Value = value;
        else
            Top.Declare(variable, value);
    }

    void AssignProperty(IPropertyReferenceOperation property, Value value)
    {
        var symbol = libraries.Source(property.Property);
        if (property.Arguments.Length == 1 && property.Instance is not null && !LanguageTypes.IsOfLanguage(symbol.ContainingType) && !libraries.HasSource(symbol))
        {
            SetItem(Evaluate(property.Instance), [Evaluate(property.Arguments[0].Value)], value, property.Syntax);
            return;
        }
        if (LanguageTypes.IsOfLanguage(symbol.ContainingType))
            throw Unsupported(property, "a tensor's elements cannot be assigned: a tensor is a value; build a new one with Concat or Select");
        var receiver = Receiver(property.Instance, symbol, property.Syntax);
        var setter = symbol.SetMethod;
        if (setter is not null && Body(setter.OriginalDefinition) is not null)
            Invoke(Implementation(setter, receiver), receiver, [.. property.Arguments.Select(a => Evaluate(a.Value)), value], property.Syntax);
        else
            SetMember(symbol.OriginalDefinition, receiver, value, property.Syntax);
    }

    ObjectValue Receiver(IOperation? instance, ISymbol member, SyntaxNode syntax)
    {
        if (instance is null)
            throw Fail(Descriptors.ChangesState, syntax, $"the static '{member.Name}' cannot be changed by a graph: use a local, or a const or static readonly value");
        return Evaluate(instance) switch
        {
            ObjectValue receiver => receiver,
            { IsNull: true } => throw Fail(Descriptors.NullValue, syntax, $"'{instance.Syntax}' is null here"),
            _ => throw Fail(Descriptors.UnsupportedMember, syntax, $"'{member.Name}' cannot be assigned in a graph method"),
        };
    }

    void SetMember(ISymbol member, ObjectValue receiver, Value value, SyntaxNode syntax)
    {
        if (!receiver.IsUnderConstruction && graph is not null && receiver.MadeFor != graph)
            throw Fail(Descriptors.ChangesState, syntax,
                $"'{member.Name}' cannot change after its object is constructed: a graph method is read once, so keep what changes in a local");
        receiver.Members[member] = value;
    }

    /// <summary>A tuple with another item in the place of one.</summary>
    TupleValue WithItem(Value value, IFieldSymbol field, Value item, SyntaxNode syntax)
    {
        if (value is not TupleValue tuple)
            throw Fail(Descriptors.UnsupportedMember, syntax, $"'{field.Name}' cannot be assigned in a graph method");
        Value[] items = [.. tuple.Items];
        items[ItemNumber(field)] = item;
        return new TupleValue(items);
    }

    /// <summary>A struct is copied where it is assigned or passed.</summary>
    Value CopyOfStruct(Value value)
    {
        if (value is not ObjectValue { Type.IsValueType: true } instance)
            return value;
        Charge(1 + instance.Members.Count);
        return instance.Clone(graph);
    }

    ObjectValue EvaluateWith(IWithOperation with)
    {
        if (Evaluate(with.Operand) is not ObjectValue original)
            throw Unsupported(with, "'with' is supported on records and structs with source in this project only");
        Charge(1 + original.Members.Count);
        var copy = original.Clone(graph);
        Initialize(copy, with.Initializer);
        return copy;
    }

    ObjectValue EvaluateAnonymous(IAnonymousObjectCreationOperation creation)
    {
        var instance = new ObjectValue((INamedTypeSymbol)creation.Type!) { MadeFor = graph };
        foreach (var initializer in creation.Initializers)
        {
            if (initializer is not ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: var property } } assignment)
                throw new StopException(null, initializer.Syntax);
            Charge(1);
            instance.Members[property.OriginalDefinition] = Evaluate(assignment.Value);
        }
        return instance;
    }

    /// <summary>Runs what stands in braces behind new: assignments, elements, and braces of members.</summary>
    void Initialize(Value made, IObjectOrCollectionInitializerOperation? initializer)
    {
        if (initializer is null)
            return;
        var instance = made as ObjectValue;
        bool wasUnderConstruction = instance?.IsUnderConstruction ?? false;
        if (instance is not null)
            instance.IsUnderConstruction = true;
        foreach (var step in initializer.Initializers)
        {
            switch (step)
            {
                case ISimpleAssignmentOperation assignment:
                    var value = CopyOfStruct(Evaluate(assignment.Value));
                    initializedObjects.Push(made);
                    Assign(assignment.Target, value);
                    initializedObjects.Pop();
                    break;
                case IMemberInitializerOperation member:
                    initializedObjects.Push(made);
                    var inner = Evaluate(member.InitializedMember);
                    initializedObjects.Pop();
                    Initialize(inner, member.Initializer);
                    break;
                case IInvocationOperation add:
                    var arguments = EvaluateArguments(add.Arguments, add.TargetMethod);
                    Call(add.TargetMethod, add.TargetMethod.IsStatic ? null : made, arguments, add.Syntax);
                    break;
                default:
                    throw Unsupported(step, "only assignments and elements are supported in an initialiser");
            }
        }
        if (instance is not null)
            instance.IsUnderConstruction = wasUnderConstruction;
    }

    static IEnumerable<IPropertySymbol> PositionalProperties(INamedTypeSymbol type)
    {
        var primary = type.InstanceConstructors.FirstOrDefault(IsPrimary);
        return primary is null
            ? []
            : primary.Parameters.SelectMany(p => type.GetMembers(p.Name).OfType<IPropertySymbol>());
    }
}
