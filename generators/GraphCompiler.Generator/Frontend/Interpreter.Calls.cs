using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Calls: operations of the language, methods with source, functions as values, and the library methods known here.
internal sealed partial class Interpreter
{
    Value EvaluateInvocation(IInvocationOperation invocation)
    {
        var method = invocation.TargetMethod;
        if (LanguageTypes.IsOfLanguage(method.ContainingType))
            return EvaluateLanguageCall(invocation);
        method = ImplementationOf(libraries.Source(method), invocation.ConstrainedToType, invocation.Syntax);
        var receiver = invocation.Instance is null ? null : Evaluate(invocation.Instance);
        if (receiver is { IsNull: true } && !method.ContainingType.IsValueType)
            throw Fail(Descriptors.NullValue, invocation.Syntax, $"'{invocation.Instance!.Syntax}' is null here, so '{method.Name}' cannot be called on it");
        var references = new List<(IOperation Target, Cell Cell)>();
        var arguments = EvaluateArguments(invocation.Arguments, method, references);
        var result = invocation.Instance is not null && IsBase(invocation.Instance) && HasBody(method)
            ? Invoke(method, receiver as ObjectValue, arguments, invocation.Syntax)
            : Call(method, receiver, arguments, invocation.Syntax);
        WriteBack(references);
        return result;
    }

    /// <summary>Calls a method on what its receiver is.</summary>
    Value Call(IMethodSymbol method, Value? receiver, Value[] arguments, SyntaxNode syntax)
    {
        if (receiver is FunctionValue function && method.MethodKind == MethodKind.DelegateInvoke)
            return InvokeFunction(function, arguments, syntax);
        if (method.MethodKind == MethodKind.LocalFunction)
            return Invoke(method, EnclosingSelf(), arguments, syntax, ScopeOf(method));
        var target = receiver is ObjectValue instance ? Substitute(Implementation(method, instance), method) : method;
        if (HasBody(target))
            return Invoke(target, receiver as ObjectValue, arguments, syntax, extended: receiver);
        return receiver is ObjectValue { Type.IsRecord: true } record && CallRecord(target, record, arguments, syntax) is { } synthesized
            ? synthesized
            : CallLibrary(method, receiver, arguments, syntax)
            ?? throw NoSource(method, syntax,
                $"'{Name(method)}' cannot be called in a graph method: use the operations of Ops, methods with source in this project, or Math on constants");
    }

    /// <summary>A method that the C# compiler gives every record.</summary>
    ConstantValue? CallRecord(IMethodSymbol method, ObjectValue record, Value[] arguments, SyntaxNode syntax)
    {
        if (method.Name != "Deconstruct" || !method.IsImplicitlyDeclared)
            return null;
        int place = 0;
        foreach (var property in PositionalProperties(record.Type))
            (arguments[place++] as ReferenceValue)!.Cell.Value = ReadProperty(property, record, [], syntax);
        return (ConstantValue)Value.Null;
    }

    /// <summary>base.Member means what the base class says, whatever overrides it.</summary>
    static bool IsBase(IOperation? instance) => instance is IInstanceReferenceOperation { Syntax: BaseExpressionSyntax };

    /// <summary>The arguments in the order of the parameters, evaluated in the order of the source.</summary>
    Value[] EvaluateArguments(ImmutableArray<IArgumentOperation> arguments, IMethodSymbol method, List<(IOperation Target, Cell Cell)>? references = null)
    {
        var values = new Value[method.Parameters.Length];
        foreach (var argument in arguments)
        {
            if (argument.Parameter is null || argument.Parameter.Ordinal >= values.Length)
                throw new StopException(null, argument.Syntax);
            values[argument.Parameter.Ordinal] = argument.Parameter.RefKind is RefKind.Ref or RefKind.Out && argument.Value is not IInterpolatedStringHandlerCreationOperation
                ? new ReferenceValue(CellOf(argument.Value, argument.Parameter, references))
                : CopyOfStruct(Evaluate(argument.Value));
        }
        for (int i = 0; i < values.Length; i++)
            values[i] ??= Value.Null;
        return values;
    }

    /// <summary>The variable that an argument passes by reference; what is no variable of a method is written back after the call.</summary>
    Cell CellOf(IOperation target, IParameterSymbol parameter, List<(IOperation Target, Cell Cell)>? references)
    {
        var initial = Default(parameter.Type);
        switch (target)
        {
            case IDeclarationExpressionOperation { Expression: ILocalReferenceOperation local }:
                Top.Declare(local.Local, initial);
                return Top.Find(local.Local)!;
            case IDiscardOperation or IDeclarationExpressionOperation:
                return new Cell(initial);
            case ILocalReferenceOperation local when Top.Find(local.Local) is { } cell:
                return cell;
            case IParameterReferenceOperation reference when Top.Find(reference.Parameter) is { } cell:
                return cell;
            case ILocalReferenceOperation local:
                Top.Declare(local.Local, initial);
                return Top.Find(local.Local)!;
        }
        var copy = new Cell(parameter.RefKind == RefKind.Out ? initial : Evaluate(target));
        if (references is null)
            throw Unsupported(target, "this cannot be passed by reference in a graph method: pass a local");
        references.Add((target, copy));
        return copy;
    }

    void WriteBack(List<(IOperation Target, Cell Cell)> references)
    {
        foreach (var (target, cell) in references)
            Assign(target, cell.Value);
    }

    ObjectValue? EnclosingSelf()
    {
        for (var frame = Top; frame is not null; frame = frame.Scope)
        {
            if (frame.Self is not null)
                return frame.Self;
        }
        return null;
    }

    /// <summary>The frame of the method around a local function, whose variables it sees.</summary>
    Frame? ScopeOf(IMethodSymbol localFunction)
    {
        for (var frame = Top; frame is not null; frame = frame.Scope)
        {
            if (SymbolEqualityComparer.Default.Equals(frame.Method, localFunction.ContainingSymbol.OriginalDefinition))
                return frame;
        }
        return Top;
    }

    // Functions as values.

    Value EvaluateFunction(IOperation target)
    {
        switch (target)
        {
            case IAnonymousFunctionOperation lambda:
                Charge(1 + Top.Count);
                return new FunctionValue(lambda.Symbol, EnclosingSelf(), Top.Capture(), lambda);
            case IMethodReferenceOperation { Method: var referenced } reference:
                var method = libraries.Source(referenced);
                var receiver = reference.Instance is null ? null : Evaluate(reference.Instance);
                method = ImplementationOf(method, reference.ConstrainedToType, reference.Syntax);
                if (method.IsGenericMethod)
                    method = method.OriginalDefinition.Construct([.. method.TypeArguments.Select(Substitute)]);
                return method.MethodKind == MethodKind.LocalFunction
                    ? new FunctionValue(method, EnclosingSelf(), ScopeOf(method), null)
                    : new FunctionValue(method, receiver, null, null);
            default:
                return Evaluate(target);
        }
    }

    internal Value InvokeFunction(FunctionValue function, Value[] arguments, SyntaxNode site)
    {
        if (function.Lambda is { } lambda)
        {
            CheckRecursion(function.Method, function.Receiver as ObjectValue, site);
            var frame = new Frame(function.Scope, function.Method, null, CallSite(site));
            for (int i = 0; i < arguments.Length && i < lambda.Symbol.Parameters.Length; i++)
                frame.Declare(lambda.Symbol.Parameters[i], CopyOfStruct(arguments[i]));
            stack.Add(frame);
            Execute(lambda.Body);
            stack.RemoveAt(stack.Count - 1);
            return frame.ReturnValue;
        }
        if (LanguageTypes.IsOfLanguage(function.Method.ContainingType))
            return ApplyOperation(function.Method, site, function.Receiver, arguments);
        // An extension method called on what it is taken from has that as its first argument.
        bool isExtension = function.Method is { IsStatic: true, IsExtensionMethod: true } && function.Receiver is not null
            && arguments.Length == function.Method.Parameters.Length - 1;
        if (isExtension)
            return Call(function.Method, null, [function.Receiver!, .. arguments], site);
        return function.Method.MethodKind == MethodKind.LocalFunction
            ? Invoke(function.Method, function.Receiver as ObjectValue, arguments, site, function.Scope)
            : Call(function.Method, function.Receiver, arguments, site);
    }
}
