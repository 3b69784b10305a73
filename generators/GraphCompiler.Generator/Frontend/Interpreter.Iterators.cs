using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Enumeration: collections, queries, iterators (yield) and classes with a GetEnumerator of their own, all as lazy as in C#.
internal sealed partial class Interpreter
{
    readonly Dictionary<IMethodSymbol, bool> iterators = new(SymbolEqualityComparer.Default);

    /// <summary>How control goes on after a statement of an iterator.</summary>
    sealed class FlowOf
    {
        public Flow Flow { get; set; }
    }

    /// <summary>The values of something that can be enumerated, one step each.</summary>
    internal IEnumerable<Value> Elements(Value value, SyntaxNode syntax)
    {
        var items = value switch
        {
            CollectionValue collection => collection.Enumerate(),
            SequenceValue sequence => sequence.Items,
            ShapeValue shape => DimsOf(shape.Shape),
            ConstantValue { Content: string text } => text.Select(c => Value.Of(c)),
            ObjectValue instance when Method(instance, "GetEnumerator", 0) is { } method => OwnElements(instance, method, syntax),
            { IsNull: true } => throw Fail(Descriptors.NullValue, syntax, "this is null here"),
            _ => throw Fail(Descriptors.UnsupportedSyntax, syntax, $"{Describe(value)} cannot be enumerated in a graph method: use an array or a list"),
        };
        return Counted(items, syntax);
    }

    internal IEnumerable<Value> Counted(IEnumerable<Value> items, SyntaxNode syntax)
    {
        using var enumerator = items.GetEnumerator();
        while (MoveNext(enumerator, syntax))
        {
            Step(syntax);
            yield return enumerator.Current;
        }
    }

    bool MoveNext(IEnumerator<Value> enumerator, SyntaxNode syntax)
    {
        // A query over a query over a query is as deep as the program makes it.
        RuntimeHelpers.EnsureSufficientExecutionStack();
        try
        {
            return enumerator.MoveNext();
        }
        catch (InvalidOperationException changed) when (changed.InnerException is null)
        {
            throw Fail(Descriptors.EvaluationFailed, syntax, "this collection is changed while it is enumerated");
        }
    }

    /// <summary>The values of something that can be enumerated, all of them now.</summary>
    internal List<Value> Items(Value value, SyntaxNode syntax)
    {
        if (value is ListValue list)
            return list.Items;
        var items = new List<Value>();
        foreach (var item in Elements(value, syntax))
        {
            Charge(1);
            items.Add(item);
        }
        return items;
    }

    IEnumerable<Value> OwnElements(ObjectValue instance, IMethodSymbol method, SyntaxNode syntax)
    {
        foreach (var item in Enumerate(Invoke(method, instance, [], syntax), syntax))
            yield return item;
    }

    /// <summary>What an enumerator gives: one of a collection or iterator, or the user's with MoveNext and Current.</summary>
    IEnumerable<Value> Enumerate(Value enumerator, SyntaxNode syntax)
    {
        if (enumerator is not ObjectValue instance)
            return Elements(enumerator, syntax);
        var next = Method(instance, "MoveNext", 0);
        var current = instance.Type.GetMembers().OfType<IPropertySymbol>().FirstOrDefault(p => p.Name == "Current");
        return next is null || current is null
            ? throw Fail(Descriptors.UnsupportedSyntax, syntax, $"{Describe(enumerator)} has no MoveNext and Current that could be read")
            : Moved();
        IEnumerable<Value> Moved()
        {
            while (Invoke(next, instance, [], syntax) is ConstantValue { Content: true })
                yield return ReadProperty(current, instance, [], syntax);
        }
    }

    // Iterators.

    bool IsIterator(IMethodSymbol method)
    {
        if (!iterators.TryGetValue(method, out bool isIterator))
        {
            var syntax = method.DeclaringSyntaxReferences[0].GetSyntax(cancellation);
            isIterator = syntax.DescendantNodes(n => n == syntax || n is not (LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax))
                .Any(n => n is YieldStatementSyntax);
            iterators.Add(method, isIterator);
        }
        return isIterator;
    }

    /// <summary>Runs an iterator from its beginning for each enumeration; its frame is on the stack only while it runs.</summary>
    IEnumerable<Value> Iterate(Frame entered, IOperation body)
    {
        var frame = entered.Restart();
        using var statements = Yields(body, new FlowOf()).GetEnumerator();
        while (true)
        {
            stack.Add(frame);
            bool isMore = statements.MoveNext();
            stack.RemoveAt(stack.Count - 1);
            if (!isMore)
                yield break;
            yield return statements.Current;
        }
    }

    /// <summary>Executes a statement of an iterator and gives what it yields on the way.</summary>
    IEnumerable<Value> Yields(IOperation operation, FlowOf flow)
    {
        Step(operation.Syntax);
        flow.Flow = Flow.Next;
        switch (operation)
        {
            case IMethodBodyOperation method:
                return Yields(method.BlockBody ?? throw new StopException(null), flow);
            case IBlockOperation block:
                return YieldsOfAll(block.Operations, flow);
            case IReturnOperation { Kind: OperationKind.YieldReturn, ReturnedValue: { } value }:
                return [CopyOfStruct(Evaluate(value))];
            case IReturnOperation { Kind: OperationKind.YieldBreak }:
                flow.Flow = Flow.Return;
                return [];
            case IConditionalOperation conditional:
                return IsTrue(conditional.Condition) ? Yields(conditional.WhenTrue, flow) : conditional.WhenFalse is null ? [] : Yields(conditional.WhenFalse, flow);
            case IForLoopOperation loop:
                return YieldsOfFor(loop, flow);
            case IForEachLoopOperation { IsAsynchronous: false } loop:
                return YieldsOfForEach(loop, flow);
            case IWhileLoopOperation { Condition: not null } loop:
                return YieldsOfWhile(loop, flow);
            case ISwitchOperation choice:
                return YieldsOfSwitch(choice, flow);
            default:
                flow.Flow = ExecuteOrLeaveOut(operation);
                return [];
        }
    }

    IEnumerable<Value> YieldsOfAll(IEnumerable<IOperation> statements, FlowOf flow)
    {
        foreach (var statement in statements)
        {
            foreach (var value in Yields(statement, flow))
                yield return value;
            if (flow.Flow != Flow.Next)
                yield break;
        }
    }

    IEnumerable<Value> YieldsOfFor(IForLoopOperation loop, FlowOf flow)
    {
        ExecuteAll(loop.Before);
        while (loop.Condition is null || IsTrue(loop.Condition))
        {
            foreach (var value in Yields(loop.Body, flow))
                yield return value;
            if (EndsLoop(flow))
                yield break;
            ExecuteAll(loop.AtLoopBottom);
        }
    }

    IEnumerable<Value> YieldsOfForEach(IForEachLoopOperation loop, FlowOf flow)
    {
        foreach (var item in Elements(Evaluate(loop.Collection), loop.Collection.Syntax))
        {
            SetLoopVariable(loop, item);
            foreach (var value in Yields(loop.Body, flow))
                yield return value;
            if (EndsLoop(flow))
                yield break;
        }
    }

    IEnumerable<Value> YieldsOfWhile(IWhileLoopOperation loop, FlowOf flow)
    {
        while (!loop.ConditionIsTop || IsTrue(loop.Condition!) != loop.ConditionIsUntil)
        {
            foreach (var value in Yields(loop.Body, flow))
                yield return value;
            if (EndsLoop(flow) || (!loop.ConditionIsTop && IsTrue(loop.Condition!) == loop.ConditionIsUntil))
                yield break;
        }
    }

    IEnumerable<Value> YieldsOfSwitch(ISwitchOperation choice, FlowOf flow)
    {
        foreach (var value in YieldsOfAll(ChosenCase(choice), flow))
            yield return value;
        if (flow.Flow == Flow.Break)
            flow.Flow = Flow.Next;
    }

    /// <summary>Whether a loop ends after its body; a break ends it alone.</summary>
    static bool EndsLoop(FlowOf flow)
    {
        bool ends = flow.Flow is Flow.Break or Flow.Return;
        if (flow.Flow != Flow.Return)
            flow.Flow = Flow.Next;
        return ends;
    }
}
