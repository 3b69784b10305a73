using System.Collections.Generic;
using System.Linq;

namespace GraphCompiler.Generator.Graphs;

// Elementwise operations with NumPy broadcasting, and reductions.
internal sealed partial class Graph
{
    /// <summary>An elementwise operation of one operand.</summary>
    public Node Unary(Op op, Node x)
    {
        var type = op == Op.Not ? ElementType.Bool : op == Op.Negate && x.Type == ElementType.Int32 ? ElementType.Int32 : ElementType.Float32;
        return Make(op, [Require(op, x, type)], x.Shape, type);
    }

    /// <summary>An elementwise operation of two operands, broadcast against each other; comparisons give Bool, sums and products the operands' type.</summary>
    public Node Binary(Op op, Node left, Node right)
    {
        bool logical = op is Op.And or Op.Or;
        bool comparison = op is Op.Less or Op.LessOrEqual or Op.Greater or Op.GreaterOrEqual or Op.Equal or Op.NotEqual;
        if (left.Type != right.Type)
            throw new ShapeException($"{op} takes two tensors of one element type, not {left.Type} and {right.Type}");
        if (logical)
            Require(op, left, ElementType.Bool);
        else if (!comparison && !(left.Type == ElementType.Int32 && IsIntegral(op)))
            Require(op, left, ElementType.Float32);
        var shape = BroadcastShapes(op.ToString(), left.Shape, right.Shape);
        return Make(op, [BroadcastTo(left, shape), BroadcastTo(right, shape)], shape, comparison || logical ? ElementType.Bool : left.Type);
    }

    /// <summary>Operations whose result on integers is an integer.</summary>
    static bool IsIntegral(Op op) => op is Op.Add or Op.Subtract or Op.Multiply or Op.Maximum or Op.Minimum;

    public Node Add(Node left, Node right) => Binary(Op.Add, left, right);

    public Node Subtract(Node left, Node right) => Binary(Op.Subtract, left, right);

    public Node Multiply(Node left, Node right) => Binary(Op.Multiply, left, right);

    public Node Divide(Node left, Node right) => Binary(Op.Divide, left, right);

    /// <summary>A scalar times every element.</summary>
    public Node Scale(Node x, double factor) => Multiply(x, Constant(factor));

    /// <summary>Takes <paramref name="whenTrue"/> where the condition holds, else <paramref name="whenFalse"/>.</summary>
    public Node Select(Node condition, Node whenTrue, Node whenFalse)
    {
        Require(Op.Select, condition, ElementType.Bool);
        if (whenTrue.Type != whenFalse.Type)
            throw new ShapeException($"Select takes two branches of one element type, not {whenTrue.Type} and {whenFalse.Type}");
        var shape = BroadcastShapes("Select", BroadcastShapes("Select", condition.Shape, whenTrue.Shape), whenFalse.Shape);
        return Make(Op.Select, [BroadcastTo(condition, shape), BroadcastTo(whenTrue, shape), BroadcastTo(whenFalse, shape)], shape, whenTrue.Type);
    }

    /// <summary>
    /// The same value in another type. True is 1; what is not 0 is true; a float becomes the integer next to it towards 0, and of a
    /// narrower format the nearest number, ties to even, beyond its largest number infinity.
    /// </summary>
    public Node Cast(Node x, ElementType type) =>
        x.Type == type ? x : Make(Op.Cast, [x], x.Shape, type);

    /// <summary>
    /// The same value in memory of its own, in row-major order. Copies with different names stay apart; layout
    /// legalization makes them where a buffer must be contiguous.
    /// </summary>
    public Node Copy(Node x, string name = "") => Make(Op.Copy, [x], x.Shape, x.Type, new NamedAttributes(name));

    /// <summary>ReduceSum, ReduceMax, ReduceMin or ReduceMean over axes that stay with size 1.</summary>
    public Node Reduce(Op op, Node x, IEnumerable<int> axes)
    {
        Require(op, x, ElementType.Float32);
        var normal = NormalizeAxes(axes, x.Shape.Rank);
        if (normal.Count == 0)
            return x;
        return Make(op, [x], WithoutAxes(x.Shape, normal), ElementType.Float32, new AxesAttributes(normal));
    }

    /// <summary>A shape with size 1 in place of some axes.</summary>
    static Shape WithoutAxes(Shape shape, IReadOnlyList<int> axes) => new(shape.Select((d, axis) => axes.Contains(axis) ? (Dim)1 : d));

    /// <summary>As <see cref="Reduce"/>, with the reduced axes removed unless they are to be kept; no axes mean all.</summary>
    public Node Reduce(Op op, Node x, IEnumerable<int> axes, bool keepDimensions)
    {
        var normal = NormalizeAxes(axes, x.Shape.Rank);
        if (normal.Count == 0)
            normal = new(Enumerable.Range(0, x.Shape.Rank));
        var reduced = Reduce(op, x, normal);
        return keepDimensions ? reduced : Reshape(reduced, new Shape(x.Shape.Where((_, axis) => !normal.Contains(axis))));
    }

    /// <summary>The arithmetic mean over axes; no axes mean all. Of equal numbers it is that number.</summary>
    public Node Mean(Node x, IEnumerable<int> axes, bool keepDimensions) => Reduce(Op.ReduceMean, x, axes, keepDimensions);

    /// <summary>The sum over axes, which stay with size 1, divided by how many elements it has: a mean of what lies around zero.</summary>
    public Node MeanBySum(Node x, IReadOnlyList<int> axes) =>
        DivideByCount(Reduce(Op.ReduceSum, x, axes), CountAlong(x.Shape, axes));

    /// <summary>x divided by a number of elements.</summary>
    public Node DivideByCount(Node x, Dim count) => count.IsConstant ? Scale(x, 1.0 / count.Value) : Divide(x, Size(count, Shape.Scalar));

    /// <summary>How many elements a shape has along some axes.</summary>
    public static Dim CountAlong(Shape shape, IReadOnlyList<int> axes) =>
        axes.Aggregate((Dim)1, (count, axis) => count * shape[NormalizeAxis(axis, shape.Rank)]);

    /// <summary>The common shape of two operands by NumPy's rule: aligned at the last axis, 1 stretches.</summary>
    public static Shape BroadcastShapes(string what, Shape left, Shape right)
    {
        int rank = System.Math.Max(left.Rank, right.Rank);
        var dims = new Dim[rank];
        for (int fromEnd = 1; fromEnd <= rank; fromEnd++)
        {
            Dim a = fromEnd <= left.Rank ? left[left.Rank - fromEnd] : 1;
            Dim b = fromEnd <= right.Rank ? right[right.Rank - fromEnd] : 1;
            if (a != b && !a.IsOne && !b.IsOne)
                throw new ShapeException($"{what}: {left} and {right} do not broadcast: {AxisName(fromEnd)} is {a} on the left and {b} on the right");
            dims[rank - fromEnd] = a.IsOne ? b : a;
        }
        return new Shape(dims);
    }

    static string AxisName(int fromEnd) => fromEnd == 1 ? "the last axis" : $"axis -{fromEnd}";

    /// <summary>What products, attention and the fused loss read: numbers of any floating-point format.</summary>
    static Node RequireFloat(Op op, Node x) => x.Type.IsFloat()
        ? x
        : throw new ShapeException($"{op} takes a tensor of {ElementType.Float32}, not of {x.Type}");

    static Node Require(Op op, Node x, ElementType type) => x.Type == type
        ? x
        : throw new ShapeException($"{op} takes a tensor of {type}, not of {x.Type}");
}
