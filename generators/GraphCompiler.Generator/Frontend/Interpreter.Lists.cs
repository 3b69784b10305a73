using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Frontend.Library;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Arrays of one axis and several, lists, and what is made by new and [...]: creation and elements.
internal sealed partial class Interpreter
{
    /// <summary>A new list, whose memory is counted.</summary>
    internal ListValue NewList(IEnumerable<Value> items, ITypeSymbol? type = null)
    {
        var list = new List<Value>();
        foreach (var item in items)
        {
            Charge(1);
            list.Add(item);
        }
        return new ListValue(list) { MadeFor = graph, Type = type };
    }

    static IEnumerable<Value> DimsOf(Shape shape) => shape.Select(OfDim);

    ListValue EvaluateArrayCreation(IArrayCreationOperation creation)
    {
        var type = (IArrayTypeSymbol)Substitute(creation.Type!);
        int[] lengths = [.. creation.DimensionSizes.Select(LengthOf)];
        if (creation.Initializer is null)
            return NewArray(type, lengths, creation.Syntax);
        var items = new List<Value>();
        AddElements(creation.Initializer, type.Rank, items);
        return new ListValue(items) { MadeFor = graph, Type = type, Lengths = type.Rank > 1 ? lengths : [] };
    }

    int LengthOf(IOperation size) => Evaluate(size) switch
    {
        ConstantValue { Content: int length and >= 0 } => length,
        ConstantValue { Content: { } number } when ConstantArithmetic.IsNumber(number) && ConstantArithmetic.ToDouble(number) is >= 0 and <= int.MaxValue and var length =>
            (int)length,
        ConstantValue { Content: { } number } when ConstantArithmetic.IsNumber(number)
            => throw Fail(Descriptors.EvaluationFailed, size.Syntax, $"{Describe(Value.Of(number))} is not the length of an array"),
        _ => throw Fail(Descriptors.NotConstant, size.Syntax, "the length of an array must be a constant"),
    };

    ListValue NewArray(IArrayTypeSymbol type, int[] lengths, SyntaxNode syntax)
    {
        double count = lengths.Aggregate(1.0, (product, length) => product * length);
        Step(syntax);
        Charge((long)Math.Min(count, 1e15));
        var items = new List<Value>((int)count);
        // One value serves all elements, but that each struct is an object of its own.
        var initial = Default(type.ElementType);
        for (int i = 0; i < (int)count; i++)
            items.Add(initial is ObjectValue && i > 0 ? Default(type.ElementType) : initial);
        return new ListValue(items) { MadeFor = graph, Type = type, Lengths = lengths.Length > 1 ? lengths : [] };
    }

    void AddElements(IArrayInitializerOperation initializer, int axes, List<Value> items)
    {
        foreach (var element in initializer.ElementValues)
        {
            if (axes > 1 && element is IArrayInitializerOperation inner)
            {
                AddElements(inner, axes - 1, items);
                continue;
            }
            Charge(1);
            items.Add(CopyOfStruct(Evaluate(element)));
        }
    }

    Value EvaluateCollection(ICollectionExpressionOperation collection)
    {
        var items = new List<Value>();
        foreach (var element in collection.Elements)
        {
            if (element is ISpreadOperation spread)
                items.AddRange(NewList(Elements(Evaluate(spread.Operand), spread.Syntax)).Items);
            else
                items.Add(CopyOfStruct(Evaluate(element)));
        }
        Charge(items.Count);
        var type = collection.Type is null ? null : Substitute(collection.Type);
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, ContainingNamespace.Name: "Generic", Name: not "List" } made && !HasSource(made))
        {
            var created = CreateLibraryObject(made, [], collection.Syntax);
            if (created is CollectionValue target)
            {
                foreach (var item in items)
                    _ = Collections.Add(target, item);
            }
            return created;
        }
        return new ListValue(items) { MadeFor = graph, Type = type is IArrayTypeSymbol or { TypeKind: TypeKind.Class } ? type : null };
    }

    Value EvaluateElement(IArrayElementReferenceOperation element)
    {
        var array = Evaluate(element.ArrayReference);
        if (array.IsNull)
            throw Fail(Descriptors.NullValue, element.ArrayReference.Syntax, "this is null here");
        return ElementAt(array, [.. element.Indices.Select(Evaluate)], element.Syntax);
    }

    Value ElementAt(Value array, Value[] indices, SyntaxNode syntax)
    {
        if (indices.Length == 1)
            return ItemAt(array, indices[0], syntax);
        var list = array as ListValue ?? throw Fail(Descriptors.NullValue, syntax, "this array is null here");
        return list.Items[PlaceOf(list, indices, syntax)];
    }

    Value EvaluateImplicitIndexer(IImplicitIndexerReferenceOperation indexer)
    {
        var receiver = Evaluate(indexer.Instance);
        var position = Evaluate(indexer.Argument);
        if (receiver is not ObjectValue instance)
            return ItemAt(receiver, position, indexer.Syntax);
        // A class of the user's: Length and an indexer, or Slice.
        int count = indexer.LengthSymbol is IPropertySymbol length && ReadProperty(length, instance, [], indexer.Syntax) is ConstantValue { Content: int size } ? size : 0;
        if (position is RangeValue { IsConstant: true } range && indexer.IndexerSymbol is IMethodSymbol slice)
        {
            int start = range.Start.Resolve(count);
            return Invoke(Implementation(slice, instance), instance, [Value.Of(start), Value.Of(range.End.Resolve(count) - start)], indexer.Syntax);
        }
        return indexer.IndexerSymbol is IPropertySymbol property
            ? ReadProperty(property, instance, [Value.Of(ToIndex(position, indexer.Syntax).Resolve(count))], indexer.Syntax)
            : throw Unsupported(indexer, "this position is not supported in a graph method");
    }

    /// <summary>The place of an element of an array of several axes.</summary>
    int PlaceOf(ListValue list, Value[] indices, SyntaxNode syntax)
    {
        if (indices.Length != list.Lengths.Length)
            throw new StopException(null, syntax);
        int place = 0;
        for (int axis = 0; axis < indices.Length; axis++)
        {
            int index = ToIndex(indices[axis], syntax).Resolve(list.Lengths[axis]);
            if (index < 0 || index >= list.Lengths[axis])
                throw Fail(Descriptors.EvaluationFailed, syntax,
                    FormattableString.Invariant($"the position {index} is outside of axis {axis} of an array, of {list.Lengths[axis]}"));
            place = (place * list.Lengths[axis]) + index;
        }
        return place;
    }

    /// <summary>The element at a position, or the part in a range, of a list or text.</summary>
    internal Value ItemAt(Value value, Value position, SyntaxNode syntax)
    {
        if (value is ConstantValue { Content: string text })
            return CharacterAt(text, position, syntax);
        var items = Items(value, syntax);
        if (position is not RangeValue range)
            return items[PositionIn(items.Count, position, syntax)];
        var (start, length) = PartOf(items.Count, range, syntax);
        Charge(length);
        var list = value as ListValue;
        return new ListValue(items.GetRange(start, length))
        {
            MadeFor = graph,
            Type = list?.Type,
            IsView = list is not null and not { Type: IArrayTypeSymbol } && list.Type?.Name != "List"
        };
    }

    Value CharacterAt(string text, Value position, SyntaxNode syntax)
    {
        if (position is not RangeValue range)
            return Value.Of(text[PositionIn(text.Length, position, syntax)]);
        var (start, length) = PartOf(text.Length, range, syntax);
        ChargeText(length);
        return Value.Of(text.Substring(start, length));
    }

    (int Start, int Length) PartOf(int count, RangeValue range, SyntaxNode syntax)
    {
        if (!range.IsConstant)
            throw Fail(Descriptors.NotConstant, syntax, "a position must be known at build time");
        int start = range.Start.Resolve(count), end = range.End.Resolve(count);
        if (start < 0 || end > count || start > end)
            throw Fail(Descriptors.EvaluationFailed, syntax, FormattableString.Invariant($"the range {start}..{end} is outside of a list of {count}"));
        return (start, end - start);
    }

    int PositionIn(int count, Value position, SyntaxNode syntax)
    {
        int index = position is ConstantValue { Content: long large }
            ? large is >= 0 and <= int.MaxValue ? (int)large : -1
            : ToIndex(position, syntax).Resolve(count);
        return index >= 0 && index < count
            ? index
            : throw Fail(Descriptors.EvaluationFailed, syntax, FormattableString.Invariant($"the position {index} is outside of a list of {count}"));
    }

    void SetItem(Value collection, Value[] position, Value value, SyntaxNode syntax)
    {
        switch (collection)
        {
            case ListValue list:
                RequireOwn(list, syntax);
                if (list.IsView)
                    throw Fail(Descriptors.UnsupportedMember, syntax, "a part of an array cannot be changed through a span at build time: change the array itself");
                list.Items[position.Length == 1 ? PositionIn(list.Count, position[0], syntax) : PlaceOf(list, position, syntax)] = value;
                break;
            case DictionaryValue dictionary when position.Length == 1:
                RequireOwn(dictionary, syntax);
                Charge(2);
                dictionary.Entries[position[0]] = value;
                break;
            case { IsNull: true }:
                throw Fail(Descriptors.NullValue, syntax, "the collection is null here");
            default:
                throw Fail(Descriptors.UnsupportedMember, syntax, "only elements of arrays, lists and dictionaries can be assigned in a graph method");
        }
    }

    /// <summary>Collections made by constructors belong to the model; methods may change only the ones they made.</summary>
    internal void RequireOwn(CollectionValue collection, SyntaxNode syntax)
    {
        if (graph is not null && collection.MadeFor != graph)
            throw Fail(Descriptors.ChangesState, syntax, "this list was made by a constructor and cannot change afterwards: make a new one in the method");
    }
}
