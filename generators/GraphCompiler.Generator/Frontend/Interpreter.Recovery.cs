using System;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Going on after a mistake, so that the user sees the others too. A declaration or an expression statement that cannot be
// evaluated is left out, as is the value of a field of the model; what it would have changed is unknown from then on, and a
// statement that needs something unknown is left out without a word. Conditions, loops and returns decide what runs next, so
// a mistake in one of them ends its method.
internal sealed partial class Interpreter
{
    /// <summary>Mistakes of one method, after which it is given up: a loop may repeat one very often.</summary>
    const int MostLeftOut = 50;

    static readonly UnreadableValue Unknown = new(new StopException(null));

    int leftOut;

    /// <summary>Takes what a part was left out for, and the part where the mistake has no place of its own.</summary>
    public Action<StopException, SyntaxNodeOrToken?>? Stopped { get; init; }

    /// <summary>Whether something of the method that was read last was left out, so that its graph means nothing.</summary>
    public bool HasLeftOut => leftOut > 0;

    /// <summary>A model that cannot be constructed, which is reported elsewhere: only what its fields are initialised with is known.</summary>
    ObjectValue ConstructInPart(INamedTypeSymbol type)
    {
        var instance = new ObjectValue(type);
        foreach (var parameter in type.InstanceConstructors.Where(IsPrimary).SelectMany(c => c.Parameters))
            instance.Members[parameter] = Unknown;
        stack.Add(new Frame(null, null, instance, null));
        foreach (var member in InstanceMembers(type))
            instance.Members[member] = Initializer(member) is { } initializer ? EvaluateInitializer(initializer) : Unknown;
        stack.Clear();
        return instance;
    }

    Flow ExecuteOrLeaveOut(IOperation statement)
    {
        if (graph is null || statement is not (IExpressionStatementOperation or IVariableDeclarationGroupOperation))
            return Execute(statement);
        int depth = stack.Count, initialized = initializedObjects.Count, conditional = conditionalReceivers.Count;
        try
        {
            return Execute(statement);
        }
        catch (StopException stop) when (IsLocal(stop) && leftOut < MostLeftOut && !libraries.IsForeign(statement.Syntax.SyntaxTree))
        {
            leftOut++;
            Stopped?.Invoke(stop, statement.Syntax);
            stack.RemoveRange(depth, stack.Count - depth);
            while (initializedObjects.Count > initialized)
                initializedObjects.Pop();
            while (conditionalReceivers.Count > conditional)
                conditionalReceivers.Pop();
            Forget(statement);
            return Flow.Next;
        }
    }

    /// <summary>Whether a mistake says nothing about what follows; where calls have no end or a budget is spent, everything else would say so too.</summary>
    static bool IsLocal(StopException stop) => stop.Diagnostic?.Descriptor is not { } descriptor
        || (descriptor != Descriptors.TooManySteps && descriptor != Descriptors.TooMuchMemory && descriptor != Descriptors.TooManyNodes && descriptor != Descriptors.Recursion);

    /// <summary>Makes unknown whatever a statement declares or assigns, and everything made by the method that it might have changed.</summary>
    void Forget(IOperation statement)
    {
        foreach (var operation in statement.DescendantsAndSelf())
        {
            switch (operation)
            {
                case IVariableDeclaratorOperation declarator:
                    Top.Declare(declarator.Symbol, Unknown);
                    break;
                case IDeclarationPatternOperation { DeclaredSymbol: { } declared }:
                    Top.Declare(declared, Unknown);
                    break;
                case IDeclarationExpressionOperation declaration:
                    ForgetTarget(declaration.Expression);
                    break;
                case IAssignmentOperation assignment:
                    ForgetTarget(assignment.Target);
                    break;
                case IIncrementOrDecrementOperation increment:
                    ForgetTarget(increment.Target);
                    break;
                case IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } argument:
                    ForgetTarget(argument.Value);
                    break;
                case ILocalReferenceOperation local when IsOwn(local.Local):
                    SetVariable(local.Local, Unknown);
                    break;
                case IParameterReferenceOperation parameter when IsOwn(parameter.Parameter):
                    SetVariable(parameter.Parameter, Unknown);
                    break;
            }
        }
    }

    bool IsOwn(ISymbol variable) => Top.Find(variable)?.Value switch
    {
        CollectionValue collection => collection.MadeFor == graph,
        ObjectValue instance => instance.MadeFor == graph,
        _ => false,
    };

    void ForgetTarget(IOperation target)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                SetVariable(local.Local, Unknown);
                break;
            case IParameterReferenceOperation parameter when Top.Find(parameter.Parameter) is not null:
                SetVariable(parameter.Parameter, Unknown);
                break;
            case ITupleOperation tuple:
                tuple.Elements.ToList().ForEach(ForgetTarget);
                break;
            case IConversionOperation conversion:
                ForgetTarget(conversion.Operand);
                break;
            case IArrayElementReferenceOperation element:
                ForgetTarget(element.ArrayReference);
                break;
            case IMemberReferenceOperation { Instance: { } instance }:
                ForgetTarget(instance);
                break;
        }
    }
}
