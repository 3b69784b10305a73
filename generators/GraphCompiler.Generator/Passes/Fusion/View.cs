using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>
/// How a tensor's elements lie in the buffer of another: element (i₀, i₁, …) is at offset + Σ iₖ·strideₖ. Broadcasting,
/// permuting, slicing and most reshapes only change these numbers, so they cost nothing at run time.
/// </summary>
internal sealed class View : IEquatable<View>
{
    readonly Dim[] strides;
    readonly int hash;
    bool? isContiguous;

    View(Shape shape, Dim[] strides, Dim[] offset)
    {
        Shape = shape;
        this.strides = strides;
        Offset = offset;
        hash = strides.Aggregate(shape.GetHashCode(), (sum, stride) => unchecked((sum * 31) + stride.GetHashCode()));
    }

    public Shape Shape { get; }

    public IReadOnlyList<Dim> Strides => strides;

    /// <summary>The terms whose sum is the place of the first element.</summary>
    public IReadOnlyList<Dim> Offset { get; }

    /// <summary>Row-major order without gaps.</summary>
    public static View Contiguous(Shape shape)
    {
        var strides = new Dim[shape.Rank];
        Dim stride = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = shape[axis].IsOne ? 0 : stride;
            stride *= shape[axis];
        }
        return new View(shape, strides, []);
    }

    /// <summary>Every element is the first one.</summary>
    public static View Splat(Shape shape) => new(shape, new Dim[shape.Rank], []);

    /// <summary>Places that count along one axis: the view whose places are the values of an index tensor.</summary>
    public static View Index(Shape shape, int axis)
    {
        var strides = new Dim[shape.Rank];
        strides[axis] = shape[axis].IsOne ? 0 : 1;
        return new View(shape, strides, []);
    }

    /// <summary>Whether the elements lie in row-major order without gaps, from the buffer's start on.</summary>
    public bool IsContiguous => isContiguous ??= HasContiguousStrides();

    bool HasContiguousStrides()
    {
        if (Offset.Count > 0)
            return false;
        Dim stride = 1;
        for (int axis = Shape.Rank - 1; axis >= 0; axis--)
        {
            if (strides[axis] != (Shape[axis].IsOne ? 0 : stride))
                return false;
            stride *= Shape[axis];
        }
        return true;
    }

    public View Broadcast(Shape shape) => new(
        shape, [.. strides.Select((stride, axis) => Shape[axis] == shape[axis] ? stride : 0)], [.. Offset]);

    public View Permute(IReadOnlyList<int> permutation) => new(
        new Shape(permutation.Select(a => Shape[a])), [.. permutation.Select(a => strides[a])], [.. Offset]);

    public View Slice(AxisPart part, Dim length)
    {
        var (axis, start, step, offset) = part;
        var changed = (Dim[])strides.Clone();
        changed[axis] = length.IsOne ? 0 : changed[axis] * step;
        Dim[] skipped = [strides[axis] * offset, strides[axis] * start];
        return new View(Shape.With(axis, length), changed, [.. Offset, .. skipped.Where(term => !IsZero(term))]);
    }

    /// <summary>One axis in the opposite order: from its last position on, backwards.</summary>
    public View Flip(int axis)
    {
        var changed = (Dim[])strides.Clone();
        changed[axis] *= -1;
        Dim[] last = [strides[axis] * Shape[axis], changed[axis]];
        return new View(Shape, changed, [.. Offset, .. last.Where(term => !IsZero(term))]);
    }

    /// <summary>Whether elements follow each other backwards along an axis.</summary>
    public bool IsFlipped => strides.Any(stride => stride.Coefficient < 0);

    /// <summary>A contiguous part of one axis, which may begin at a run-time place.</summary>
    public View Part(int axis, Dim start, Dim length)
    {
        Dim skipped = strides[axis] * start;
        var changed = (Dim[])strides.Clone();
        changed[axis] = length.IsOne ? 0 : changed[axis];
        return new View(Shape.With(axis, length), changed, IsZero(skipped) ? [.. Offset] : [.. Offset, skipped]);
    }

    /// <summary>
    /// The same elements in the same order under another shape, if strides can say so: axes that lie in one run are
    /// joined, then the runs are cut, from the last axis on, into the new sizes.
    /// </summary>
    public View? TryReshape(Shape shape)
    {
        if (shape.Equals(Shape))
            return this;
        if (shape.Size != Shape.Size)
            return null;
        var runs = Runs(0, Shape.Rank);
        var result = new Dim[shape.Rank];
        int run = runs.Count - 1;
        Dim rest = run >= 0 ? runs[run].Size : 1, stride = run >= 0 ? runs[run].Stride : 0;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            if (shape[axis].IsOne)
                continue;
            if (rest.IsOne && --run >= 0)
                (rest, stride) = (runs[run].Size, runs[run].Stride);
            if (run < 0 || !rest.TryDivide(shape[axis], out var quotient))
                return null;
            result[axis] = stride;
            stride *= shape[axis];
            rest = quotient;
        }
        return new View(shape, result, [.. Offset]);
    }

    /// <summary>The axes from start up to end joined into the fewest (size, stride) pairs, outermost first.</summary>
    public IReadOnlyList<(Dim Size, Dim Stride)> Runs(int start, int end)
    {
        var runs = new List<(Dim Size, Dim Stride)>();
        for (int axis = start; axis < end; axis++)
        {
            if (Shape[axis].IsOne)
                continue;
            if (runs.Count > 0 && runs[runs.Count - 1].Stride == strides[axis] * Shape[axis])
                runs[runs.Count - 1] = (runs[runs.Count - 1].Size * Shape[axis], strides[axis]);
            else
                runs.Add((Shape[axis], strides[axis]));
        }
        return runs;
    }

    /// <summary>The view restricted to its leading axes, where the others do not move it; null where they do.</summary>
    public View? TryDropTrailing(int axes)
    {
        for (int axis = axes; axis < Shape.Rank; axis++)
        {
            if (!IsZero(strides[axis]))
                return null;
        }
        return new View(new Shape(Shape.Take(axes)), [.. strides.Take(axes)], [.. Offset]);
    }

    static bool IsZero(Dim dim) => dim.Coefficient == 0;

    public bool Equals(View? other) => ReferenceEquals(this, other) || (other is not null && hash == other.hash
        && Shape.Equals(other.Shape) && strides.AsSpan().SequenceEqual(other.strides) && Offset.SequenceEqual(other.Offset));

    public override bool Equals(object? obj) => Equals(obj as View);

    public override int GetHashCode() => hash;

    public override string ToString() => $"{Shape} strides ({string.Join(", ", strides)})" + (Offset.Count > 0 ? $" from {string.Join(" + ", Offset)}" : "");
}
