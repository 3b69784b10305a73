using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend.Library;

/// <summary>Sum, Average, Max and Min: of numbers by .NET's own methods, of named dimensions as far as they add.</summary>
internal static class Statistics
{
    public static Value Of(LibraryCall call, IEnumerable<Value> values)
    {
        var items = values.ToList();
        if (items.Exists(i => i is DimValue))
            return items.Aggregate((sum, item) => call.Interpreter.CombineDims(BinaryOperatorKind.Add, sum, item, call.Syntax));
        return Value.Of(Call(call, items));
    }

    public static Value Extreme(LibraryCall call, IEnumerable<Value> values, int sign)
    {
        var items = values.ToList();
        if (items.Count > 0 && items.TrueForAll(i => i is ConstantValue { EnumType: null, Content: int or long or float or double or decimal }))
            return Value.Of(Call(call, items));
        var order = call.Order(call.IsFunction(1) ? 2 : 1);
        var known = items.Where(i => !i.IsNull).ToList();
        if (known.Count == 0)
            return items.Count > 0 || call.DefaultOf(call.ResultType).IsNull ? Value.Null : throw call.Empty();
        return known.Aggregate((best, item) => sign * order.Compare(item, best) > 0 ? item : best);
    }

    /// <summary>Runs the method of Enumerable for the type of the numbers; numbers that may be null are summed without the nulls.</summary>
    static object? Call(LibraryCall call, List<Value> items)
    {
        object?[] numbers = [.. items.Select(i => i is ConstantValue constant ? constant.Content : throw NoNumber(call, i))];
        var present = numbers.Where(n => n is not null).ToArray();
        if (present.Length == 0)
        {
            bool isNullable = call.DefaultOf(call.ResultType).IsNull;
            return call.Method.Name == "Sum" ? (isNullable ? ZeroOf(call) : ((ConstantValue)call.DefaultOf(call.ResultType)).Content) : isNullable ? null : throw call.Empty();
        }
        var type = present[0]!.GetType();
        var method = typeof(Enumerable).GetMethod(call.Method.Name, [typeof(IEnumerable<>).MakeGenericType(type)]);
        if (method is null || Array.Exists(present, n => n!.GetType() != type))
            throw NoNumber(call, items[0]);
        var array = Array.CreateInstance(type, present.Length);
        for (int i = 0; i < present.Length; i++)
            array.SetValue(present[i], i);
        try
        {
            return method.Invoke(null, [array]);
        }
        catch (TargetInvocationException thrown) when (thrown.InnerException is OverflowException)
        {
            throw call.Fail(Descriptors.EvaluationFailed, $"{call.Method.Name}: this overflows at build time");
        }
    }

    static object? ZeroOf(LibraryCall call) =>
        ConstantArithmetic.Convert(0, ((Microsoft.CodeAnalysis.INamedTypeSymbol)call.ResultType).TypeArguments[0].SpecialType, isChecked: false);

    static StopException NoNumber(LibraryCall call, Value value) =>
        call.Fail(Descriptors.UnsupportedMember, $"{call.Method.Name}: {Interpreter.Describe(value)} is not a number known at build time; use a loop for tensors");
}
