using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

/// <summary>The sizes of a tensor's axes, outermost first; a scalar has none. Compared by value.</summary>
internal sealed class Shape : IEquatable<Shape>, IReadOnlyList<Dim>
{
    readonly Dim[] dims;
    int hash;

    public Shape(params Dim[] dims) => this.dims = dims;

    public Shape(IEnumerable<Dim> dims) => this.dims = [.. dims];

    public static Shape Scalar { get; } = new();

    public int Rank => dims.Length;

    int IReadOnlyCollection<Dim>.Count => dims.Length;

    public Dim this[int axis] => dims[axis];

    public Dim Last => dims[dims.Length - 1];

    /// <summary>The number of elements: the product of the axes.</summary>
    public Dim Size => Product(0, Rank);

    /// <summary>The product of the axes from <paramref name="start"/> up to but not including <paramref name="end"/>.</summary>
    public Dim Product(int start, int end)
    {
        Dim product = 1;
        for (int axis = start; axis < end; axis++)
            product *= dims[axis];
        return product;
    }

    public Shape With(int axis, Dim size)
    {
        var copy = (Dim[])dims.Clone();
        copy[axis] = size;
        return new Shape(copy);
    }

    public bool Equals(Shape? other) => ReferenceEquals(this, other) || (other is not null && dims.AsSpan().SequenceEqual(other.dims));

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode()
    {
        if (hash == 0)
            hash = dims.Aggregate(dims.Length + 1, (sum, d) => unchecked((sum * 31) + d.GetHashCode()));
        return hash;
    }

    public IEnumerator<Dim> GetEnumerator() => ((IEnumerable<Dim>)dims).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => dims.GetEnumerator();

    public override string ToString() => "[" + string.Join(", ", dims.Select(d => d.ToString())) + "]";
}
