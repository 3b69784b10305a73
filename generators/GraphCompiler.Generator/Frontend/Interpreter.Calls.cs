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
        var receiver = invocation.Instance is null ? null : Evaluate(invocation.Instance);
        if (receiver is { IsNull: true } && !method.ContainingType.IsValueType)
            throw Fail(Descriptors.NullValue, invocation.Syntax, $"'{invocation.Instance!.Syntax}' is null here, so '{method.Name}' cannot be called on it");
        var arguments = EvaluateArguments(invocation.Arguments, method);
        if (receiver is FunctionValue function && method.MethodKind == MethodKind.DelegateInvoke)
            return InvokeFunction(function, arguments, invocation.Syntax);
        if (method.MethodKind == MethodKind.LocalFunction)
            return Invoke(method, EnclosingSelf(), arguments, invocation.Syntax, ScopeOf(method));
        var target = receiver is ObjectValue instance && !IsBase(invocation.Instance) ? Implementation(method, instance) : method;
        if (target.DeclaringSyntaxReferences.Length > 0)
            return Invoke(target, receiver as ObjectValue, arguments, invocation.Syntax);
        return CallLibrary(method, receiver, arguments, invocation.Syntax)
            ?? throw Fail(Descriptors.UnsupportedMember, invocation.Syntax, $"'{Name(method)}' cannot be called in a graph method: use the operations of Ops, methods with source in this project, or Math on constants");
    }

    /// <summary>base.Member means what the base class says, whatever overrides it.</summary>
    static bool IsBase(IOperation? instance) => instance is IInstanceReferenceOperation { Syntax: BaseExpressionSyntax };

    /// <summary>The arguments in the order of the parameters, evaluated in the order of the source.</summary>
    Value[] EvaluateArguments(ImmutableArray<IArgumentOperation> arguments, IMethodSymbol method)
    {
        var values = new Value[method.Parameters.Length];
        foreach (var argument in arguments)
        {
            if (argument.Parameter is null)
                throw new StopException(null);
            if (argument.Parameter.RefKind is RefKind.Ref or RefKind.Out)
                throw Unsupported(argument, "ref and out arguments are not supported in a graph method: return a tuple instead");
            values[argument.Parameter.Ordinal] = CopyOfStruct(Evaluate(argument.Value));
        }
        for (int i = 0; i < values.Length; i++)
            values[i] ??= Value.Null;
        return values;
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
                return new FunctionValue(lambda.Symbol, EnclosingSelf(), Top.Capture(), lambda);
            case IMethodReferenceOperation { Method: var method } reference:
                var receiver = reference.Instance is null ? null : Evaluate(reference.Instance);
                return method.MethodKind == MethodKind.LocalFunction
                    ? new FunctionValue(method, EnclosingSelf(), ScopeOf(method), null)
                    : new FunctionValue(method, receiver, null, null);
            default:
                return Evaluate(target);
        }
    }

    Value InvokeFunction(FunctionValue function, Value[] arguments, SyntaxNode site)
    {
        if (function.Lambda is { } lambda)
        {
            CheckRecursion(function.Method, function.Receiver as ObjectValue, site);
            var frame = new Frame(function.Scope, function.Method, null, CallSite(site));
            for (int i = 0; i < arguments.Length && i < lambda.Symbol.Parameters.Length; i++)
                frame.Declare(lambda.Symbol.Parameters[i], arguments[i]);
            stack.Add(frame);
            Execute(lambda.Body);
            stack.RemoveAt(stack.Count - 1);
            return frame.ReturnValue;
        }
        if (LanguageTypes.IsOfLanguage(function.Method.ContainingType))
            return ApplyOperation(function.Method, site, function.Receiver, arguments);
        var self = function.Receiver as ObjectValue;
        var target = self is null ? function.Method : Implementation(function.Method, self);
        return target.DeclaringSyntaxReferences.Length > 0
            ? Invoke(target, self, arguments, site, function.Scope)
            : CallLibrary(target, function.Receiver, arguments, site)
                ?? throw Fail(Descriptors.UnsupportedMember, site, $"'{Name(target)}' cannot be called in a graph method");
    }
}
