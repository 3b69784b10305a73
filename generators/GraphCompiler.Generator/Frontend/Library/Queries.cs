using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend.Library;

/// <summary>The methods of System.Linq.Enumerable over values of build time, by name; null from one whose overload is not known.</summary>
internal static class Queries
{
    static readonly Dictionary<string, Func<LibraryCall, Value?>> Table = new(StringComparer.Ordinal)
    {
        // Making.
        ["Range"] = c => c.Int(1) >= 0 && (long)c.Int(0) + c.Int(1) - 1 <= int.MaxValue
            ? c.Lazy(Enumerable.Range(c.Int(0), c.Int(1)).Select(i => Value.Of(i)))
            : throw c.Fail(Descriptors.EvaluationFailed, $"Range: {Interpreter.Describe(c[1])} numbers from {Interpreter.Describe(c[0])} on are none that an int could count"),
        ["Repeat"] = c => c.Int(1) >= 0 ? c.Lazy(Enumerable.Repeat(c[0], c.Int(1)))
            : throw c.Fail(Descriptors.EvaluationFailed, $"Repeat: {Interpreter.Describe(c[1])} is not a number of elements"),
        ["Empty"] = c => c.Lazy([]),

        // Element by element.
        ["Select"] = c => c.Lazy(c.Items(0).Select((item, i) => c.Call(1, item, i))),
        ["Where"] = c => c.Lazy(c.Items(0).Where((item, i) => c.Holds(1, item, i))),
        ["SelectMany"] = c => c.Lazy(c.Items(0).SelectMany((item, i) => Many(c, item, c.Call(1, item, i)))),
        ["Index"] = c => c.Lazy(c.Items(0).Select((item, i) => new TupleValue([Value.Of(i), item]))),
        ["Cast"] = c => c.Lazy(c.Items(0).Select(item => Cast(c, item))),
        ["OfType"] = c => c.Lazy(c.Items(0).Where(item => c.Interpreter.IsOfType(item, c.ElementType))),
        ["Zip"] = c => c.IsFunction(2)
            ? c.Lazy(c.Items(0).Zip(c.Items(1), (a, b) => c.Call(2, a, b)))
            : c.Lazy(c.Items(0).Zip(c.Items(1), (a, b) => (a, b)).Zip(c.Has(2) ? c.Items(2) : Enumerable.Repeat(Value.Null, int.MaxValue),
                (pair, third) => new TupleValue(c.Has(2) ? [pair.a, pair.b, third] : [pair.a, pair.b]))),

        // Parts and order.
        ["Skip"] = c => c.Lazy(c.Items(0).Skip(c.Int(1))),
        ["Take"] = c => c[1] is RangeValue ? c.Lazy(Deferred(() => c.ItemsOf(c.Interpreter.ItemAt(c.Interpreter.NewList(c.Items(0)), c[1], c.Syntax))))
            : c.Lazy(c.Items(0).Take(c.Int(1))),
        ["SkipLast"] = c => c.Lazy(Deferred(() => c.Items(0).ToList() is var all ? all.Take(Math.Max(0, all.Count - Math.Max(0, c.Int(1)))) : [])),
        ["TakeLast"] = c => c.Lazy(Deferred(() => c.Items(0).ToList() is var all ? all.Skip(all.Count - Math.Min(all.Count, Math.Max(0, c.Int(1)))) : [])),
        ["SkipWhile"] = c => c.Lazy(c.Items(0).SkipWhile((item, i) => c.Holds(1, item, i))),
        ["TakeWhile"] = c => c.Lazy(c.Items(0).TakeWhile((item, i) => c.Holds(1, item, i))),
        ["Reverse"] = c => c.Lazy(c.Items(0).Reverse()),
        ["Chunk"] = c => c.Int(1) > 0 ? c.Lazy(Chunks(c)) : throw c.Fail(Descriptors.EvaluationFailed, "Chunk: a chunk has at least one element"),
        ["Concat"] = c => c.Lazy(c.Items(0).Concat(c.Items(1))),
        ["Append"] = c => c.Lazy(c.Items(0).Concat([c[1]])),
        ["Prepend"] = c => c.Lazy(Enumerable.Repeat(c[1], 1).Concat(c.Items(0))),
        ["DefaultIfEmpty"] = c => c.Lazy(c.Items(0).DefaultIfEmpty(c.Has(1) ? c[1] : c.DefaultOf(c.ElementType))),
        ["OrderBy"] = c => Ordered(c, c.Items(0).OrderBy(item => c.Call(1, item), c.Order(2))),
        ["OrderByDescending"] = c => Ordered(c, c.Items(0).OrderByDescending(item => c.Call(1, item), c.Order(2))),
        ["ThenBy"] = c => c[0] is OrderedValue order ? Ordered(c, order.Order.ThenBy(item => c.Call(1, item), c.Order(2))) : null,
        ["ThenByDescending"] = c => c[0] is OrderedValue order ? Ordered(c, order.Order.ThenByDescending(item => c.Call(1, item), c.Order(2))) : null,
        ["Order"] = c => Ordered(c, c.Items(0).OrderBy(item => item, c.Order(1))),
        ["OrderDescending"] = c => Ordered(c, c.Items(0).OrderByDescending(item => item, c.Order(1))),

        // Sets and groups.
        ["Distinct"] = c => c.Lazy(c.Items(0).Distinct(c.Equality(1))),
        ["DistinctBy"] = c => c.Lazy(c.Items(0).GroupBy(item => c.Call(1, item), c.Equality(2)).Select(g => g.First())),
        ["Union"] = c => c.Lazy(c.Items(0).Union(c.Items(1), c.Equality(2))),
        ["Intersect"] = c => c.Lazy(c.Items(0).Intersect(c.Items(1), c.Equality(2))),
        ["Except"] = c => c.Lazy(c.Items(0).Except(c.Items(1), c.Equality(2))),
        ["GroupBy"] = c => c.Lazy(Groups(c)),
        ["CountBy"] = c => c.Lazy(c.Items(0).GroupBy(item => c.Call(1, item), c.Equality(2)).Select(g => new TupleValue([g.Key, Value.Of(g.Count())]) { IsPair = true })),
        ["Join"] = c => c.Lazy(c.Items(0).Join(c.Items(1), item => c.Call(2, item), item => c.Call(3, item), (a, b) => c.Call(4, a, b), c.Equality(5))),

        // To one value.
        ["Any"] = c => Value.Of(c.Items(0).Any(item => !c.Has(1) || c.Holds(1, item))),
        ["All"] = c => Value.Of(c.Items(0).All(item => c.Holds(1, item))),
        ["Count"] = c => Value.Of(c.Items(0).Count(item => !c.Has(1) || c.Holds(1, item))),
        ["LongCount"] = c => Value.Of(c.Items(0).LongCount(item => !c.Has(1) || c.Holds(1, item))),
        ["Contains"] = c => Value.Of(c.Items(0).Contains(c[1], c.Equality(2))),
        ["SequenceEqual"] = c => Value.Of(c.Items(0).SequenceEqual(c.Items(1), c.Equality(2))),
        ["First"] = c => LibraryCall.FirstOf(Chosen(c)) ?? throw c.Empty(),
        ["FirstOrDefault"] = c => LibraryCall.FirstOf(Chosen(c)) ?? Otherwise(c),
        ["Last"] = c => LibraryCall.FirstOf(Chosen(c).Reverse()) ?? throw c.Empty(),
        ["LastOrDefault"] = c => LibraryCall.FirstOf(Chosen(c).Reverse()) ?? Otherwise(c),
        ["Single"] = c => Single(c) ?? throw c.Empty(),
        ["SingleOrDefault"] = c => Single(c) ?? Otherwise(c),
        ["ElementAt"] = c => c[1] is IndexValue ? c.Interpreter.ItemAt(c.Interpreter.NewList(c.Items(0)), c[1], c.Syntax)
            : (c.Int(1) >= 0 ? LibraryCall.FirstOf(c.Items(0).Skip(c.Int(1))) : null) ?? throw c.Empty(),
        ["ElementAtOrDefault"] = c => (c.Int(1) >= 0 ? LibraryCall.FirstOf(c.Items(0).Skip(c.Int(1))) : null) ?? c.DefaultOf(c.ElementType),
        ["Aggregate"] = c => c.Count switch
        {
            2 => LibraryCall.FirstOf(c.Items(0)) is { } first ? c.Items(0).Skip(1).Aggregate(first, (state, item) => c.Call(1, state, item)) : throw c.Empty(),
            3 => c.Items(0).Aggregate(c[1], (state, item) => c.Call(2, state, item)),
            _ => c.Call(3, c.Items(0).Aggregate(c[1], (state, item) => c.Call(2, state, item))),
        },
        ["Sum"] = c => Statistics.Of(c, Selected(c)),
        ["Average"] = c => Statistics.Of(c, Selected(c)),
        ["Max"] = c => Statistics.Extreme(c, Selected(c), sign: 1),
        ["Min"] = c => Statistics.Extreme(c, Selected(c), sign: -1),
        ["MaxBy"] = c => ExtremeBy(c, sign: 1),
        ["MinBy"] = c => ExtremeBy(c, sign: -1),

        // To a collection.
        ["ToArray"] = c => c.NewList(c.Items(0)),
        ["ToList"] = c => c.NewList(c.Items(0)),
        ["AsEnumerable"] = c => c[0],
        ["ToHashSet"] = c => c.Interpreter.NewSet(c.Items(0), c.Equality(1), c.ResultType),
        ["ToDictionary"] = ToDictionary,
        ["TryGetNonEnumeratedCount"] = c => null,
    };

    /// <summary>The result of a method; null where it is not known here.</summary>
    public static Value? Call(LibraryCall call) => Table.TryGetValue(call.Method.Name, out var query) ? query(call) : null;

    static IEnumerable<Value> Deferred(Func<IEnumerable<Value>> items)
    {
        foreach (var item in items())
            yield return item;
    }

    static IEnumerable<Value> Many(LibraryCall c, Value item, Value collection) =>
        c.Has(2) ? c.ItemsOf(collection).Select(inner => c.Call(2, item, inner)) : c.ItemsOf(collection);

    static Value Cast(LibraryCall c, Value item) => item.IsNull || c.Interpreter.IsOfType(item, c.ElementType)
        ? item
        : throw c.Fail(Descriptors.EvaluationFailed, $"{Interpreter.Describe(item)} is not a {c.ElementType.Name}");

    static IEnumerable<Value> Chunks(LibraryCall c)
    {
        var chunk = new List<Value>();
        var type = (c.ResultType as INamedTypeSymbol)?.TypeArguments.FirstOrDefault();
        foreach (var item in c.Items(0))
        {
            chunk.Add(item);
            if (chunk.Count < c.Int(1))
                continue;
            yield return c.Interpreter.NewList(chunk, type);
            chunk.Clear();
        }
        if (chunk.Count > 0)
            yield return c.Interpreter.NewList(chunk, type);
    }

    /// <summary>The sort itself happens when its result is enumerated.</summary>
    static OrderedValue Ordered(LibraryCall c, IOrderedEnumerable<Value> order) => new(c.Interpreter.Sorted(order, c.Syntax), order);

    static IEnumerable<Value> Groups(LibraryCall c)
    {
        bool hasElement = c.IsFunction(2) && ((FunctionValue)c[2]).Method.Parameters.Length == 1;
        int result = hasElement ? 3 : 2;
        int comparer = c.IsFunction(result) ? result + 1 : result;
        foreach (var group in c.Items(0).GroupBy(item => c.Call(1, item), item => hasElement ? c.Call(2, item) : item, c.Equality(comparer)))
        {
            var items = c.Interpreter.NewList(group).Items;
            yield return c.IsFunction(result) ? c.Call(result, group.Key, new SequenceValue(items)) : new GroupValue(group.Key, items);
        }
    }

    static IEnumerable<Value> Chosen(LibraryCall c) => c.IsFunction(1) ? c.Items(0).Where(item => c.Holds(1, item)) : c.Items(0);

    static Value Otherwise(LibraryCall c) => c.Count > 1 && !c.IsFunction(c.Count - 1) ? c[c.Count - 1] : c.DefaultOf(c.ElementType);

    static Value? Single(LibraryCall c)
    {
        var found = Chosen(c).Take(2).ToList();
        return found.Count < 2 ? found.FirstOrDefault() : throw c.Fail(Descriptors.EvaluationFailed, $"{c.Method.Name}: this sequence has more than one such element");
    }

    static IEnumerable<Value> Selected(LibraryCall c) => c.IsFunction(1) ? c.Items(0).Select(item => c.Call(1, item)) : c.Items(0);

    static Value ExtremeBy(LibraryCall c, int sign)
    {
        var order = c.Order(2);
        (Value Item, Value Key)? best = null;
        foreach (var item in c.Items(0))
        {
            var key = c.Call(1, item);
            if (best is null || (!key.IsNull && (best.Value.Key.IsNull || sign * order.Compare(key, best.Value.Key) > 0)))
                best = (item, key);
        }
        return best?.Item ?? throw c.Empty();
    }

    static DictionaryValue ToDictionary(LibraryCall c)
    {
        bool hasKey = c.IsFunction(1), hasElement = c.IsFunction(2);
        var dictionary = c.Interpreter.NewDictionary(c.Equality(hasElement ? 3 : hasKey ? 2 : 1), c.ResultType);
        foreach (var item in c.Items(0))
        {
            var (key, value) = hasKey ? (c.Call(1, item), hasElement ? c.Call(2, item) : item)
                : item is TupleValue { Items.Length: 2 } pair ? (pair.Items[0], pair.Items[1]) : throw c.Empty();
            Collections.AddEntry(c, dictionary, key, value);
        }
        return dictionary;
    }
}
