using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend.Library;

/// <summary>A call of a method of .NET on values of build time: its arguments, read as the method asks for them.</summary>
internal sealed class LibraryCall(Interpreter interpreter, IMethodSymbol method, Value? receiver, Value[] arguments, SyntaxNode syntax)
{
    public IMethodSymbol Method => method;

    public SyntaxNode Syntax => syntax;

    public Interpreter Interpreter => interpreter;

    public int Count => arguments.Length;

    /// <summary>What the method is called on.</summary>
    public Value Receiver => receiver ?? Value.Null;

    public Value this[int index] => index < arguments.Length ? arguments[index] : Value.Null;

    public bool Has(int index) => index < arguments.Length;

    public bool IsFunction(int index) => Has(index) && arguments[index] is FunctionValue;

    public ListValue List => (ListValue)Receiver;

    /// <summary>The values of an argument that can be enumerated, when they are asked for.</summary>
    public IEnumerable<Value> Items(int index) => interpreter.Elements(this[index], syntax);

    public IEnumerable<Value> ItemsOf(Value value) => interpreter.Elements(value, syntax);

    public int Int(int index) => this[index] switch
    {
        ConstantValue { Content: int number } => number,
        DimValue dim => throw interpreter.NotKnown(dim, syntax),
        _ => throw Fail(Descriptors.NotConstant, $"{method.Name}: '{method.Parameters[index].Name}' must be known at build time"),
    };

    public bool IsInt(int index) => this[index] is ConstantValue { Content: int };

    /// <summary>An argument that is a place in a list of so many elements, or just behind them.</summary>
    public int Place(int index, int count)
    {
        int place = Int(index);
        return place >= 0 && place <= count
            ? place : throw Fail(Descriptors.EvaluationFailed, FormattableString.Invariant($"{method.Name}: the position {place} is outside of a list of {count}"));
    }

    /// <summary>Calls an argument that is a function, with as many of the values as it takes.</summary>
    public Value Call(int index, params Value[] values)
    {
        if (this[index] is not FunctionValue function)
            throw Fail(Descriptors.NullValue, $"{method.Name}: '{method.Parameters[index].Name}' is null here, or no function that could be read");
        int count = function.Method.Parameters.Length;
        return interpreter.InvokeFunction(function, count < values.Length ? [.. values.Take(count)] : values, syntax);
    }

    public Value Call(int index, Value item, int position) => Call(index, item, Value.Of(position));

    public bool Holds(int index, params Value[] values) => IsTrue(Call(index, values));

    public bool Holds(int index, Value item, int position) => IsTrue(Call(index, item, position));

    bool IsTrue(Value value)
        => value is ConstantValue { Content: bool truth } ? truth : throw Fail(Descriptors.NotConstant, $"{method.Name}: this condition is not known at build time");

    public bool AreEqual(Value left, Value right) => interpreter.AreEquivalent(left, right, syntax);

    public Interpreter.ValueComparer Equality(int index) => interpreter.EqualityOf(Has(index) ? arguments[index] : null, syntax);

    public Comparer<Value> Order(int index) => interpreter.ComparerOf(Has(index) ? arguments[index] : null, syntax);

    // Results.

    /// <summary>A query: computed when it is enumerated.</summary>
    public SequenceValue Lazy(IEnumerable<Value> items) => new(interpreter.Counted(items, syntax));

    public ListValue NewList(IEnumerable<Value> items) => interpreter.NewList(items, ResultType);

    /// <summary>The type that the method returns, with its type arguments.</summary>
    public ITypeSymbol ResultType => interpreter.Substitute(method.ReturnType);

    public ITypeSymbol ElementType => method.TypeArguments.Length > 0 ? interpreter.Substitute(method.TypeArguments[0]) : ResultType;

    public Value DefaultOf(ITypeSymbol type) => interpreter.Default(type);

    public void Charge(long count) => interpreter.Charge(count);

    /// <summary>The first of a sequence that may be empty; null where it is.</summary>
    public static Value? FirstOf(IEnumerable<Value> items)
    {
        foreach (var item in items)
            return item;
        return null;
    }

    public StopException Empty() => Fail(Descriptors.EvaluationFailed, $"{method.Name}: this sequence is empty, or has no such element");

    public StopException Fail(DiagnosticDescriptor descriptor, string message) => interpreter.FailOperation(descriptor, syntax, message);
}
