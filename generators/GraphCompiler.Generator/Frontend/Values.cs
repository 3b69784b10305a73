using System.Collections.Generic;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Language;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

/// <summary>What an expression of a graph method is worth at build time.</summary>
internal abstract class Value
{
    public static Value Null { get; } = new ConstantValue(null);

    public bool IsNull => this is ConstantValue { Content: null };

    public static Value Of(object? content) => content is null ? Null : new ConstantValue(content);
}

/// <summary>A field whose value means nothing at build time, a stopwatch say: an error only where a graph method reads it.</summary>
internal sealed class UnreadableValue(StopException reason) : Value
{
    public StopException Reason { get; } = reason;
}

/// <summary>A number, truth value, string, enum member (as its number, with its type), an object of .NET such as a culture, or null.</summary>
internal sealed class ConstantValue(object? content, INamedTypeSymbol? enumType = null) : Value
{
    public object? Content { get; } = content;

    public INamedTypeSymbol? EnumType { get; } = enumType;
}

/// <summary>What typeof gives.</summary>
internal sealed class TypeValue(ITypeSymbol type) : Value
{
    public ITypeSymbol Type { get; } = type;
}

/// <summary>A variable that a call may change, given to it by ref or out.</summary>
internal sealed class ReferenceValue(Cell cell) : Value
{
    public Cell Cell { get; } = cell;
}

/// <summary>An integer known only at run time: a named dimension or a multiple of it.</summary>
internal sealed class DimValue(Dim dim) : Value
{
    public Dim Dim { get; } = dim;
}

/// <summary>A tensor: a node of the graph being built.</summary>
internal sealed class TensorValue(Node node) : Value
{
    public Node Node { get; } = node;
}

/// <summary>A tensor's shape as a value.</summary>
internal sealed class ShapeValue(Shape shape) : Value
{
    public Shape Shape { get; } = shape;
}

/// <summary>A parameter or state. Its name is known once the whole model is constructed.</summary>
internal abstract class DeclaredTensorValue(Shape shape, ElementType type, InitializerValue? initializer) : Value
{
    public Shape Shape { get; } = shape;

    public ElementType Type { get; } = type;

    public InitializerValue? Initializer { get; } = initializer;

    public string? Name { get; set; }

    /// <summary>What messages call it.</summary>
    public abstract string Kind { get; }

    /// <summary>What messages call several.</summary>
    public string Plural => Kind + "s";
}

/// <summary>A tensor that the optimizer changes, unless it is frozen.</summary>
internal sealed class ParameterValue(Shape shape, ElementType type, InitializerValue? initializer) : DeclaredTensorValue(shape, type, initializer)
{
    public override string Kind => "parameter";

    public bool IsFrozen { get; set; }

    /// <summary>Of a parameter of an adapter of LoRA, what it says of that.</summary>
    public ModelLora? Lora { get; set; }

    /// <summary>The format that the user gives for its weights; null where the rules decide.</summary>
    public WeightFormat? Weights { get; set; }
}

/// <summary>A tensor that keeps its value between calls.</summary>
internal sealed class StateValue(Shape shape, ElementType type, InitializerValue? initializer, StateOwner owner) : DeclaredTensorValue(shape, type, initializer)
{
    public StateOwner Owner { get; } = owner;

    public override string Kind => "state";
}

/// <summary>An initialiser whose fans depend on the parameter it is given to.</summary>
internal sealed class InitializerValue(string kind, double first, double second, int? zeroRow = null) : Value
{
    /// <summary>The row that is zeros.</summary>
    public int? ZeroRow { get; } = zeroRow;

    public string Kind { get; } = kind;

    public double First { get; } = first;

    public double Second { get; } = second;
}

/// <summary>An instance of a class or struct whose source is at hand. Keys are fields, auto-properties and captured
/// parameters of a primary constructor, in their original definition.</summary>
/// <param name="type">Its type, with the type arguments it was made with.</param>
internal sealed class ObjectValue(INamedTypeSymbol type) : Value
{
    public INamedTypeSymbol Type { get; } = type;

    public Dictionary<ISymbol, Value> Members { get; } = new(SymbolEqualityComparer.Default);

    /// <summary>The path of fields from the model; null until it is known.</summary>
    public string? Path { get; set; }

    public bool IsUnderConstruction { get; set; }

    /// <summary>Whether a field that holds it says that what it computes stays in Float32.</summary>
    public bool KeepsFloat32 { get; set; }

    /// <summary>The graph during whose building it was made; null if a constructor made it.</summary>
    public Graph? MadeFor { get; init; }

    /// <summary>A copy, as assigning a struct makes it: structs in it are copied with it.</summary>
    public ObjectValue Clone(Graph? madeFor)
    {
        var copy = new ObjectValue(Type) { MadeFor = madeFor, KeepsFloat32 = KeepsFloat32 };
        foreach (var member in Members)
            copy.Members.Add(member.Key, member.Value is ObjectValue { Type.IsValueType: true } inner ? inner.Clone(madeFor) : member.Value);
        return copy;
    }
}

/// <summary>A tuple, or a KeyValuePair, which is one with other names.</summary>
internal sealed class TupleValue(Value[] items) : Value
{
    public Value[] Items { get; } = items;

    public bool IsPair { get; init; }
}

/// <summary>A System.Index or, with a rank-dropping use, one position of an axis. It may be a named dimension.</summary>
internal sealed class IndexValue(Dim offset, bool fromEnd) : Value
{
    public Dim Offset { get; } = offset;

    public bool FromEnd { get; } = fromEnd;

    /// <summary>The position in an axis of constant size, if it is a constant.</summary>
    public int Resolve(int length) => FromEnd ? length - Offset.Value : Offset.Value;

    public AxisPlace Place => new(Offset, FromEnd);
}

/// <summary>A System.Range.</summary>
internal sealed class RangeValue(IndexValue start, IndexValue end) : Value
{
    public IndexValue Start { get; } = start;

    public IndexValue End { get; } = end;


    public bool IsConstant => Start.Offset.IsConstant && End.Offset.IsConstant;
}

/// <summary>A lambda, local function or method used as a value, with the variables it sees.</summary>
internal sealed class FunctionValue(IMethodSymbol method, Value? receiver, Frame? scope, IAnonymousFunctionOperation? lambda) : Value
{
    public IMethodSymbol Method { get; } = method;

    public Value? Receiver { get; } = receiver;

    public Frame? Scope { get; } = scope;

    public IAnonymousFunctionOperation? Lambda { get; } = lambda;
}
