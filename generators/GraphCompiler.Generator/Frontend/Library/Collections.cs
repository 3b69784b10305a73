using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;

namespace GraphCompiler.Generator.Frontend.Library;

/// <summary>The methods of dictionaries, sets, queues and stacks, by the name of the collection and the method.</summary>
internal static class Collections
{
    static readonly Dictionary<string, Func<LibraryCall, DictionaryValue, Value?>> OfDictionaries = new(StringComparer.Ordinal)
    {
        ["Add"] = (c, d) => AddEntry(c, d, c[0], c[1]),
        ["TryAdd"] = (c, d) => Value.Of(!d.Entries.ContainsKey(c[0]) && Set(c, d, c[0], c[1])),
        ["ContainsKey"] = (c, d) => Value.Of(d.Entries.ContainsKey(c[0])),
        ["ContainsValue"] = (c, d) => Value.Of(d.Entries.Values.Any(v => c.AreEqual(v, c[0]))),
        ["Remove"] = (c, d) =>
        {
            bool isThere = d.Entries.TryGetValue(c[0], out var value);
            if (c.Has(1))
                SetOut(c, 1, isThere ? value! : c.DefaultOf(c.Method.Parameters[1].Type));
            return Value.Of(isThere && d.Entries.Remove(c[0]));
        },
        ["Clear"] = (_, d) => Done(d.Entries.Clear),
        ["TryGetValue"] = (c, d) =>
        {
            bool isThere = d.Entries.TryGetValue(c[0], out var value);
            SetOut(c, 1, isThere ? value! : c.DefaultOf(c.Method.Parameters[1].Type));
            return Value.Of(isThere);
        },
        ["GetEnumerator"] = (_, d) => new SequenceValue(d.Enumerate()),
    };

    static readonly Dictionary<string, Func<LibraryCall, SetValue, Value?>> OfSets = new(StringComparer.Ordinal)
    {
        ["Add"] = (c, s) => Value.Of(Grow(c) && s.Items.Add(c[0])),
        ["Remove"] = (c, s) => Value.Of(s.Items.Remove(c[0])),
        ["Contains"] = (c, s) => Value.Of(s.Items.Contains(c[0])),
        ["Clear"] = (_, s) => Done(s.Items.Clear),
        ["UnionWith"] = (c, s) => Done(() => s.Items.UnionWith(c.Items(0).Where(_ => Grow(c)))),
        ["IntersectWith"] = (c, s) => Done(() => s.Items.IntersectWith(c.Items(0))),
        ["ExceptWith"] = (c, s) => Done(() => s.Items.ExceptWith(c.Items(0))),
        ["SymmetricExceptWith"] = (c, s) => Done(() => s.Items.SymmetricExceptWith(c.Items(0).Where(_ => Grow(c)))),
        ["IsSubsetOf"] = (c, s) => Value.Of(s.Items.IsSubsetOf(c.Items(0))),
        ["IsSupersetOf"] = (c, s) => Value.Of(s.Items.IsSupersetOf(c.Items(0))),
        ["Overlaps"] = (c, s) => Value.Of(s.Items.Overlaps(c.Items(0))),
        ["SetEquals"] = (c, s) => Value.Of(s.Items.SetEquals(c.Items(0))),
        ["GetEnumerator"] = (_, s) => new SequenceValue(s.Enumerate()),
    };

    static readonly Dictionary<string, Func<LibraryCall, QueueValue, Value?>> OfQueues = new(StringComparer.Ordinal)
    {
        ["Enqueue"] = (c, q) => Done(() => q.Items.Enqueue(Grown(c))),
        ["Dequeue"] = (c, q) => q.Count > 0 ? q.Items.Dequeue() : throw c.Empty(),
        ["Peek"] = (c, q) => q.Count > 0 ? q.Items.Peek() : throw c.Empty(),
        ["TryDequeue"] = (c, q) => TryTake(c, q.Count, q.Items.Dequeue),
        ["TryPeek"] = (c, q) => TryTake(c, q.Count, q.Items.Peek),
        ["Contains"] = (c, q) => Value.Of(q.Items.Any(item => c.AreEqual(item, c[0]))),
        ["ToArray"] = (c, q) => c.NewList(q.Items),
        ["Clear"] = (_, q) => Done(q.Items.Clear),
    };

    static readonly Dictionary<string, Func<LibraryCall, StackValue, Value?>> OfStacks = new(StringComparer.Ordinal)
    {
        ["Push"] = (c, s) => Done(() => s.Items.Push(Grown(c))),
        ["Pop"] = (c, s) => s.Count > 0 ? s.Items.Pop() : throw c.Empty(),
        ["Peek"] = (c, s) => s.Count > 0 ? s.Items.Peek() : throw c.Empty(),
        ["TryPop"] = (c, s) => TryTake(c, s.Count, s.Items.Pop),
        ["TryPeek"] = (c, s) => TryTake(c, s.Count, s.Items.Peek),
        ["Contains"] = (c, s) => Value.Of(s.Items.Any(item => c.AreEqual(item, c[0]))),
        ["ToArray"] = (c, s) => c.NewList(s.Items),
        ["Clear"] = (_, s) => Done(s.Items.Clear),
    };

    static readonly HashSet<string> Readers = new(StringComparer.Ordinal)
    {
        "ContainsKey", "ContainsValue", "TryGetValue", "GetEnumerator", "Contains", "IsSubsetOf", "IsSupersetOf", "Overlaps", "SetEquals", "Peek", "TryPeek", "ToArray",
    };

    /// <summary>The result of a method; null where it is not known here.</summary>
    public static Value? Call(LibraryCall call)
    {
        string name = call.Method.Name;
        if (call.Receiver is CollectionValue collection && !Readers.Contains(name))
            call.Interpreter.RequireOwn(collection, call.Syntax);
        return call.Receiver switch
        {
            DictionaryValue dictionary when OfDictionaries.TryGetValue(name, out var method) => method(call, dictionary),
            SetValue set when OfSets.TryGetValue(name, out var method) => method(call, set),
            QueueValue queue when OfQueues.TryGetValue(name, out var method) => method(call, queue),
            StackValue stack when OfStacks.TryGetValue(name, out var method) => method(call, stack),
            _ => null,
        };
    }

    /// <summary>Adds a value to a collection that is being made.</summary>
    public static Value Add(CollectionValue target, Value item)
    {
        switch (target)
        {
            case ListValue list:
                list.Items.Add(item);
                break;
            case SetValue set:
                set.Items.Add(item);
                break;
            case QueueValue queue:
                queue.Items.Enqueue(item);
                break;
            case StackValue stack:
                stack.Items.Push(item);
                break;
            case DictionaryValue dictionary when item is TupleValue pair:
                dictionary.Entries[pair.Items[0]] = pair.Items[1];
                break;
        }
        return Value.Null;
    }

    public static Value AddEntry(LibraryCall call, DictionaryValue dictionary, Value key, Value value)
    {
        if (key.IsNull)
            throw call.Fail(Descriptors.NullValue, "the key of a dictionary is null here");
        if (dictionary.Entries.ContainsKey(key))
            throw call.Fail(Descriptors.EvaluationFailed, $"the dictionary has the key {Interpreter.Describe(key)} already");
        Set(call, dictionary, key, value);
        return Value.Null;
    }

    static bool Set(LibraryCall call, DictionaryValue dictionary, Value key, Value value)
    {
        call.Charge(2);
        dictionary.Entries[key] = value;
        return true;
    }

    static bool Grow(LibraryCall call)
    {
        call.Charge(1);
        return true;
    }

    static Value Grown(LibraryCall call)
    {
        call.Charge(1);
        return call[0];
    }

    static ConstantValue TryTake(LibraryCall call, int count, Func<Value> take)
    {
        SetOut(call, 0, count > 0 ? take() : call.DefaultOf(call.Method.Parameters[0].Type));
        return new ConstantValue(count > 0);
    }

    static void SetOut(LibraryCall call, int index, Value value)
    {
        if (call[index] is ReferenceValue reference)
            reference.Cell.Value = value;
    }

    static Value Done(Action action)
    {
        action();
        return Value.Null;
    }
}
