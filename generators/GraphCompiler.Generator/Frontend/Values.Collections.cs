using System.Collections.Generic;
using System.Linq;
using System.Text;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

/// <summary>Something that holds values and may change.</summary>
internal abstract class CollectionValue : Value
{
    /// <summary>The graph during whose building it was made; null if a constructor made it.</summary>
    public Graph? MadeFor { get; init; }

    /// <summary>The type that it was made as; null where nobody can ask.</summary>
    public ITypeSymbol? Type { get; init; }

    /// <summary>How many values it holds.</summary>
    public abstract int Count { get; }

    /// <summary>The values in the order in which they are enumerated.</summary>
    public abstract IEnumerable<Value> Enumerate();
}

/// <summary>An array, list or span. An array of several axes holds its elements row by row.</summary>
internal sealed class ListValue(List<Value> items) : CollectionValue
{
    public List<Value> Items { get; } = items;

    /// <summary>The lengths of the axes of an array of several; empty for other lists.</summary>
    public int[] Lengths { get; init; } = [];

    /// <summary>Whether it is a part of another list, through which that cannot be changed here.</summary>
    public bool IsView { get; init; }

    public override int Count => Items.Count;

    public override IEnumerable<Value> Enumerate() => Type is IArrayTypeSymbol ? Enumerable.Range(0, Items.Count).Select(i => Items[i]) : Items;
}

/// <summary>A Dictionary or SortedDictionary.</summary>
internal sealed class DictionaryValue(IDictionary<Value, Value> entries) : CollectionValue
{
    public IDictionary<Value, Value> Entries { get; } = entries;

    public override int Count => Entries.Count;

    public override IEnumerable<Value> Enumerate() => Entries.Select(e => new TupleValue([e.Key, e.Value]) { IsPair = true });
}

/// <summary>A HashSet or SortedSet.</summary>
internal sealed class SetValue(ISet<Value> items) : CollectionValue
{
    public ISet<Value> Items { get; } = items;

    public override int Count => Items.Count;

    public override IEnumerable<Value> Enumerate() => Items;
}

internal sealed class QueueValue(Queue<Value> items) : CollectionValue
{
    public Queue<Value> Items { get; } = items;

    public override int Count => Items.Count;

    public override IEnumerable<Value> Enumerate() => Items;
}

internal sealed class StackValue(Stack<Value> items) : CollectionValue
{
    public Stack<Value> Items { get; } = items;

    public override int Count => Items.Count;

    public override IEnumerable<Value> Enumerate() => Items;
}

/// <summary>A StringBuilder: a collection of characters.</summary>
internal sealed class TextValue(StringBuilder text) : CollectionValue
{
    public StringBuilder Text { get; } = text;

    public override int Count => Text.Length;

    public override IEnumerable<Value> Enumerate() => Text.ToString().Select(c => Of(c));
}

/// <summary>What is computed while it is enumerated, and anew each time: a query or an iterator.</summary>
internal class SequenceValue(IEnumerable<Value> items) : Value
{
    public IEnumerable<Value> Items { get; } = items;
}

/// <summary>A group of GroupBy.</summary>
internal sealed class GroupValue(Value key, List<Value> items) : SequenceValue(items)
{
    public Value Key { get; } = key;
}

/// <summary>What OrderBy gives: ThenBy sorts the same source by one more key.</summary>
internal sealed class OrderedValue(IEnumerable<Value> items, IOrderedEnumerable<Value> order) : SequenceValue(items)
{
    public IOrderedEnumerable<Value> Order { get; } = order;
}
