using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Assignments. Locals change freely; fields only while their object is being constructed.
internal sealed partial class Interpreter
{
    readonly Stack<ObjectValue> initializedObjects = new();

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
        var left = Evaluate(assignment.Target);
        var right = Evaluate(assignment.Value);
        var result = Combine(assignment.OperatorKind, assignment.OperatorMethod, left, right, assignment.IsChecked, assignment);
        if (result is ConstantValue constant && assignment.Target.Type is { } type)
            result = ConvertNumber(constant, type, assignment.IsChecked, assignment.Syntax);
        Assign(assignment.Target, result);
        return result;
    }

    Value EvaluateCoalesceAssignment(ICoalesceAssignmentOperation assignment)
    {
        var current = Evaluate(assignment.Target);
        if (!current.IsNull)
            return current;
        var value = Evaluate(assignment.Value);
        Assign(assignment.Target, value);
        return value;
    }

    Value EvaluateIncrement(IIncrementOrDecrementOperation increment)
    {
        var before = Evaluate(increment.Target);
        var kind = increment.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract;
        var after = Combine(kind, null, before, Value.Of(1), increment.IsChecked, increment);
        if (after is ConstantValue constant && increment.Target.Type is { } type)
            after = ConvertNumber(constant, type, increment.IsChecked, increment.Syntax);
        Assign(increment.Target, after);
        return increment.IsPostfix ? before : after;
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
                    SetMember(parameter.Parameter, EnclosingSelf() ?? throw new StopException(null), value, target.Syntax);
                break;
            case IFieldReferenceOperation field:
                SetMember(Key(field.Field), Receiver(field.Instance, field.Field, target.Syntax), value, target.Syntax);
                break;
            case IPropertyReferenceOperation property:
                AssignProperty(property, value);
                break;
            case IArrayElementReferenceOperation element:
                SetItem(Evaluate(element.ArrayReference), element.Indices.Length == 1 ? Evaluate(element.Indices[0]) : throw Unsupported(element, "arrays with several axes are not supported in a graph method: use an array of arrays"), value, target.Syntax);
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
                throw new StopException(null);
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
        if (property.Arguments.Length == 1 && property.Instance is not null && !LanguageTypes.IsOfLanguage(property.Property.ContainingType) && property.Property.DeclaringSyntaxReferences.Length == 0)
        {
            SetItem(Evaluate(property.Instance), Evaluate(property.Arguments[0].Value), value, property.Syntax);
            return;
        }
        if (LanguageTypes.IsOfLanguage(property.Property.ContainingType))
            throw Unsupported(property, "a tensor's elements cannot be assigned: a tensor is a value; build a new one with Concat or Select");
        var receiver = Receiver(property.Instance, property.Property, property.Syntax);
        var setter = property.Property.SetMethod;
        if (setter is not null && Body(setter.OriginalDefinition) is not null)
            Invoke(setter, receiver, [value], property.Syntax);
        else
            SetMember(property.Property.OriginalDefinition, receiver, value, property.Syntax);
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
        if (!receiver.IsUnderConstruction && !receiver.Type.IsValueType)
            throw Fail(Descriptors.ChangesState, syntax, $"'{member.Name}' cannot change after its object is constructed: a graph method is read once, so keep what changes in a local");
        receiver.Members[member] = value;
    }

    void SetItem(Value list, Value position, Value value, SyntaxNode syntax)
    {
        if (list is not ListValue items)
            throw Fail(Descriptors.UnsupportedMember, syntax, "only elements of arrays and lists can be assigned in a graph method");
        RequireOwnList(items, syntax);
        items.Items[PositionIn(items.Items, position, syntax)] = value;
    }

    /// <summary>Lists made by constructors belong to the model; methods may change only the ones they made.</summary>
    void RequireOwnList(ListValue list, SyntaxNode syntax)
    {
        if (graph is not null && list.MadeFor != graph)
            throw Fail(Descriptors.ChangesState, syntax, "this list was made by a constructor and cannot change afterwards: make a new one in the method");
    }

    static Value CopyOfStruct(Value value) => value is ObjectValue { Type.IsValueType: true } instance ? instance.Clone() : value;

    ObjectValue EvaluateWith(IWithOperation with)
    {
        if (Evaluate(with.Operand) is not ObjectValue original)
            throw Unsupported(with, "'with' is supported on records only");
        var copy = original.Clone();
        Initialize(copy, with.Initializer);
        return copy;
    }

    void Initialize(ObjectValue instance, IObjectOrCollectionInitializerOperation? initializer)
    {
        if (initializer is null)
            return;
        bool wasUnderConstruction = instance.IsUnderConstruction;
        instance.IsUnderConstruction = true;
        initializedObjects.Push(instance);
        foreach (var step in initializer.Initializers)
        {
            if (step is not ISimpleAssignmentOperation assignment)
                throw Unsupported(step, "only assignments of members are supported in an object initialiser");
            initializedObjects.Pop();
            var value = Evaluate(assignment.Value);
            initializedObjects.Push(instance);
            Assign(assignment.Target, value);
        }
        initializedObjects.Pop();
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
