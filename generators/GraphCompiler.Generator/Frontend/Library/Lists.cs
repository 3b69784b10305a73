using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend.Library;

/// <summary>The methods of List and of arrays: those of an instance, and the static ones of Array, whose first argument it is.</summary>
internal static class Lists
{
    static readonly Dictionary<string, Func<LibraryCall, List<Value>, Value?>> Readers = new(StringComparer.Ordinal)
    {
        ["ToArray"] = (c, list) => c.NewList(list),
        ["Clone"] = (c, list) => new ListValue([.. c.NewList(list).Items]) { MadeFor = c.Interpreter.Graph, Type = c.List.Type, Lengths = c.List.Lengths },
        ["AsSpan"] = (c, list) => c.Count == 0 ? c.Receiver : Part(c, list, c.Int(0), c.Count > 1 ? c.Int(1) : list.Count - c.Int(0)),
        ["Slice"] = (c, list) => Part(c, list, c.Int(0), c.Count > 1 ? c.Int(1) : list.Count - c.Int(0)),
        ["AsReadOnly"] = (c, _) => c.Receiver,
        ["GetRange"] = (c, list) => Part(c, list, c.Int(0), c.Int(1)),
        ["Contains"] = (c, list) => Value.Of(list.Exists(item => c.AreEqual(item, c[0]))),
        ["IndexOf"] = (c, list) => Value.Of(list.FindIndex(c.Has(1) ? c.Place(1, list.Count) : 0, item => c.AreEqual(item, c[0]))),
        ["LastIndexOf"] = (c, list) => c.Has(1) ? null : Value.Of(list.FindLastIndex(item => c.AreEqual(item, c[0]))),
        ["Find"] = (c, list) => LibraryCall.FirstOf(list.Where(item => c.Holds(0, item))) ?? c.DefaultOf(c.ResultType),
        ["FindLast"] = (c, list) => LibraryCall.FirstOf(Enumerable.Reverse(list).Where(item => c.Holds(0, item))) ?? c.DefaultOf(c.ResultType),
        ["FindAll"] = (c, list) => c.NewList(list.Where(item => c.Holds(0, item))),
        ["FindIndex"] = (c, list) => c.IsFunction(0) ? Value.Of(list.FindIndex(item => c.Holds(0, item))) : null,
        ["FindLastIndex"] = (c, list) => c.IsFunction(0) ? Value.Of(list.FindLastIndex(item => c.Holds(0, item))) : null,
        ["Exists"] = (c, list) => Value.Of(list.Exists(item => c.Holds(0, item))),
        ["TrueForAll"] = (c, list) => Value.Of(list.TrueForAll(item => c.Holds(0, item))),
        ["ConvertAll"] = (c, list) => c.NewList(list.ConvertAll(item => c.Call(0, item))),
        ["ForEach"] = (c, _) => Done(() => { foreach (var item in c.ItemsOf(c.Receiver)) c.Call(0, item); }),
        ["BinarySearch"] = (c, list) => c.Interpreter.Unwrapped(() => Value.Of(list.BinarySearch(c[0], c.Order(1))), c.Syntax),
        ["GetLength"] = (c, list) => Axis(c) is var axis ? Value.Of(c.List.Lengths.Length == 0 ? list.Count : c.List.Lengths[axis]) : null,
        ["GetUpperBound"] = (c, list) => Axis(c) is var axis ? Value.Of((c.List.Lengths.Length == 0 ? list.Count : c.List.Lengths[axis]) - 1) : null,
        ["GetLowerBound"] = (c, _) => Axis(c) >= 0 ? Value.Of(0) : null,
        ["GetEnumerator"] = (c, _) => new SequenceValue(c.ItemsOf(c.Receiver)),
        ["CopyTo"] = (c, list) => c.Count > 2 ? null : Copy(c, list, 0, c[0] as ListValue, c.Has(1) ? c.Int(1) : 0, list.Count),
    };

    static readonly Dictionary<string, Func<LibraryCall, List<Value>, Value?>> Writers = new(StringComparer.Ordinal)
    {
        ["Add"] = (c, list) => Done(() => list.Add(Grown(c, 0))),
        ["AddRange"] = (c, list) => Done(() => list.AddRange(c.Interpreter.NewList(c.Items(0)).Items)),
        ["Insert"] = (c, list) => Done(() => list.Insert(c.Place(0, list.Count), Grown(c, 1))),
        ["InsertRange"] = (c, list) => Done(() => list.InsertRange(c.Place(0, list.Count), c.Interpreter.NewList(c.Items(1)).Items)),
        ["Remove"] = (c, list) => Value.Of(list.FindIndex(item => c.AreEqual(item, c[0])) is >= 0 and var place && Removed(list, place)),
        ["RemoveAt"] = (c, list) => c.Place(0, list.Count - 1) is var place ? Done(() => list.RemoveAt(place)) : null,
        ["RemoveRange"] = (c, list) => Range(c, list, 0) is var (start, count) ? Done(() => list.RemoveRange(start, count)) : null,
        ["RemoveAll"] = (c, list) => Value.Of(list.RemoveAll(item => c.Holds(0, item))),
        ["Clear"] = (c, list) => IsFixed(c) ? ElementOf(c) is { } element ? Fill(c, list, c.DefaultOf(element), c.Count == 2 ? 0 : -1) : null : Done(list.Clear),
        ["Reverse"] = (c, list) => c.Count == 0 ? Done(list.Reverse) : Range(c, list, 0) is var (start, count) ? Done(() => list.Reverse(start, count)) : null,
        ["Sort"] = (c, list) => c.Count < 2 ? Sort(c, list, c.Has(0) ? c[0] : null) : null,
        ["Fill"] = (c, list) => Fill(c, list, c[0], c.Count == 3 ? 1 : -1),
        ["SetValue"] = (c, list) => c.Count == 2 ? Done(() => list[c.Place(1, list.Count - 1)] = c[0]) : null,
        ["EnsureCapacity"] = (c, _) => c[0],
        ["TrimExcess"] = (_, _) => Value.Null,
    };

    /// <summary>The result of a method of an instance; null where it is not known here.</summary>
    public static Value? Call(LibraryCall call)
    {
        if (Readers.TryGetValue(call.Method.Name, out var reader))
            return reader(call, call.List.Items);
        if (!Writers.TryGetValue(call.Method.Name, out var writer))
            return null;
        call.Interpreter.RequireOwn(call.List, call.Syntax);
        if (call.List.IsView)
            throw call.Fail(Descriptors.UnsupportedMember, "a part of an array cannot be changed through a span at build time: change the array itself");
        return writer(call, call.List.Items);
    }

    /// <summary>A static method of Array.</summary>
    public static Value? CallArray(LibraryCall call, Func<Value, Value[], LibraryCall> onFirst)
    {
        switch (call.Method.Name)
        {
            case "Empty":
                return call.NewList([]);
            case "Resize" when call[0] is ReferenceValue reference && call.Int(1) >= 0:
                return Resize(call, reference.Cell, call.Int(1));
            case "Copy" when call.Count == 3 && call[0] is ListValue source:
                return Copy(call, source.Items, 0, call[1] as ListValue, 0, call.Int(2));
            case "Copy" when call.Count == 5 && call[0] is ListValue source:
                return Copy(call, source.Items, call.Int(1), call[2] as ListValue, call.Int(3), call.Int(4));
            case "Sort" when call.Count == 2 && call[1] is ListValue items && call[0] is ListValue keys:
                return SortByKeys(call, keys, items);
        }
        return call[0] switch
        {
            ListValue list => Call(onFirst(list, [.. Enumerable.Range(1, call.Count - 1).Select(i => call[i])])),
            { IsNull: true } => throw call.Fail(Descriptors.NullValue, $"{call.Method.Name}: the array is null here"),
            _ => null,
        };
    }

    static ConstantValue? Resize(LibraryCall call, Cell cell, int length)
    {
        var old = cell.Value as ListValue;
        if (length > (old?.Count ?? 0))
            call.Charge(length);
        var type = call.Interpreter.Substitute(((IMethodSymbol)call.Method).Parameters[0].Type) as IArrayTypeSymbol;
        if (type is null)
            return null;
        var items = (old?.Items ?? []).Take(length).ToList();
        while (items.Count < length)
            items.Add(call.DefaultOf(type.ElementType));
        cell.Value = call.Interpreter.NewList(items, type);
        return (ConstantValue)Value.Null;
    }

    static Value Copy(LibraryCall call, List<Value> source, int from, ListValue? target, int to, int count)
    {
        if (target is null)
            throw call.Fail(Descriptors.NullValue, $"{call.Method.Name}: the target is null here");
        call.Interpreter.RequireOwn(target, call.Syntax);
        if (from < 0 || to < 0 || count < 0 || (long)from + count > source.Count || (long)to + count > target.Count || target.IsView)
            throw call.Fail(Descriptors.EvaluationFailed,
                FormattableString.Invariant($"{call.Method.Name}: {count} elements from {from} on do not fit from {to} on: there are {source.Count} and {target.Count}"));
        var copied = source.GetRange(from, count);
        for (int i = 0; i < count; i++)
            target.Items[to + i] = copied[i];
        return Value.Null;
    }

    /// <summary>The sort of .NET, whose order of equal elements the program would see.</summary>
    static Value Sort(LibraryCall call, List<Value> list, Value? comparer)
    {
        var order = call.Interpreter.ComparerOf(comparer, call.Syntax);
        return call.Interpreter.Unwrapped(
            () =>
            {
                list.Sort(order);
                return Value.Null;
            },
            call.Syntax);
    }

    static Value SortByKeys(LibraryCall call, ListValue keys, ListValue items)
    {
        call.Interpreter.RequireOwn(keys, call.Syntax);
        call.Interpreter.RequireOwn(items, call.Syntax);
        if (keys.Count > items.Count)
            throw call.Fail(Descriptors.EvaluationFailed, "Sort: there are more keys than items");
        Value[] sorted = [.. keys.Items], moved = [.. items.Items];
        call.Interpreter.Unwrapped(
            () =>
            {
                Array.Sort(sorted, moved, 0, sorted.Length, call.Interpreter.ComparerOf(null, call.Syntax));
                return Value.Null;
            },
            call.Syntax);
        for (int i = 0; i < sorted.Length; i++)
            (keys.Items[i], items.Items[i]) = (sorted[i], moved[i]);
        return Value.Null;
    }

    static Value Fill(LibraryCall call, List<Value> list, Value value, int range)
    {
        var (start, count) = range < 0 ? (0, list.Count) : Range(call, list, range);
        for (int i = start; i < start + count; i++)
            list[i] = value;
        return Value.Null;
    }

    static (int Start, int Count) Range(LibraryCall call, List<Value> list, int argument)
    {
        int start = call.Int(argument), count = call.Int(argument + 1);
        return start >= 0 && count >= 0 && (long)start + count <= list.Count
            ? (start, count)
            : throw call.Fail(Descriptors.EvaluationFailed,
                FormattableString.Invariant($"{call.Method.Name}: {count} elements from {start} on are outside of a list of {list.Count}"));
    }

    static ListValue Part(LibraryCall call, List<Value> list, int start, int count)
    {
        if (start < 0 || count < 0 || (long)start + count > list.Count)
            throw call.Fail(Descriptors.EvaluationFailed,
                FormattableString.Invariant($"{call.Method.Name}: {count} elements from {start} on are outside of a list of {list.Count}"));
        call.Charge(count);
        return new ListValue(list.GetRange(start, count))
        {
            MadeFor = call.Interpreter.Graph,
            Type = call.Method.Name == "GetRange" ? call.List.Type : null,
            IsView = call.Method.Name != "GetRange"
        };
    }

    /// <summary>Whether the method is one of an array or span, whose length stays.</summary>
    static bool IsFixed(LibraryCall call) => call.List.Type is IArrayTypeSymbol || call.Method.ContainingType.Name is "Array" or "Span";

    static ITypeSymbol? ElementOf(LibraryCall call) => (call.List.Type as IArrayTypeSymbol)?.ElementType ?? call.Method.ContainingType.TypeArguments.FirstOrDefault();

    static int Axis(LibraryCall call) => call.Int(0) is var axis && axis >= 0 && axis < Math.Max(1, call.List.Lengths.Length)
        ? axis
        : throw call.Fail(Descriptors.EvaluationFailed, $"{call.Method.Name}: the array has no axis {Interpreter.Describe(call[0])}");

    static bool Removed(List<Value> list, int place)
    {
        list.RemoveAt(place);
        return true;
    }

    static Value Grown(LibraryCall call, int argument)
    {
        call.Charge(1);
        return call[argument];
    }

    static Value Done(Action action)
    {
        action();
        return Value.Null;
    }
}
