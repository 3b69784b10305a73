using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Tests.Oracles;

// Operations that move, index or contract elements. A view is a shape, a stride for each axis and an offset.
internal sealed partial class Oracle
{
    double[] Layout(Node node, int[] shape, TensorValue[] inputs)
    {
        var x = inputs[0];
        int[] strides = Strides(x.Shape);
        switch (node.Op)
        {
            case Op.Reshape:
                return x.Elements;
            case Op.Broadcast:
                return Read(x.Elements, shape, [.. strides.Select((stride, axis) => x.Shape[axis] == 1 ? 0 : stride)], 0);
            case Op.Permute:
                return Read(x.Elements, shape, [.. node.Order.Select(axis => strides[axis])], 0);
            case Op.Slice:
                int offset = FirstOf(node.Part) * strides[node.Part.Axis];
                strides[node.Part.Axis] *= node.Part.Step;
                return Read(x.Elements, shape, strides, offset);
            case Op.Flip:
                int last = (x.Shape[node.Axis] - 1) * strides[node.Axis];
                strides[node.Axis] *= -1;
                return Read(x.Elements, shape, strides, last);
            case Op.Pad:
                double[] padded = new double[TensorValue.SizeOf(shape)];
                Write(x, padded, shape, node.Part.Axis, FirstOf(node.Part), node.Part.Step);
                return padded;
            case Op.Concat:
                return Concat(inputs, shape, node.Axis);
            default:
                throw Unknown(node.Op);
        }
    }

    int FirstOf(AxisPart part) => part.Start + SizeOf(part.Offset);

    static double[] Concat(TensorValue[] parts, int[] shape, int axis)
    {
        double[] result = new double[TensorValue.SizeOf(shape)];
        int start = 0;
        foreach (var part in parts)
        {
            Write(part, result, shape, axis, start, 1);
            start += part.Shape[axis];
        }
        return result;
    }

    static int[] Strides(int[] shape)
    {
        int[] strides = new int[shape.Length];
        for (int axis = shape.Length - 1, stride = 1; axis >= 0; stride *= shape[axis--])
            strides[axis] = stride;
        return strides;
    }

    static double[] Read(double[] source, int[] shape, int[] strides, int offset) =>
        [.. Offsets(shape, strides, offset).Select(place => source[place])];

    static void Write(TensorValue part, double[] target, int[] shape, int axis, int start, int step)
    {
        int[] strides = Strides(shape);
        int offset = start * strides[axis];
        strides[axis] *= step;
        int[] places = Offsets(part.Shape, strides, offset);
        for (int i = 0; i < places.Length; i++)
            target[places[i]] = part.Elements[i];
    }

    /// <summary>A copy of the target in which a part of one axis, from a position on, is another tensor.</summary>
    static double[] WriteAt(TensorValue target, TensorValue part, double position, int axis)
    {
        double[] result = (double[])target.Elements.Clone();
        Write(part, result, target.Shape, axis, InRange(position, target.Shape[axis] - part.Shape[axis] + 1), 1);
        return result;
    }

    /// <summary>Integers that something is addressed by: each must lie in the range of its use.</summary>
    double[] Index(Node node, TensorValue x)
    {
        var index = node.Get<IndexAttributes>();
        int dim = SizeOf(index.Bound);
        int bound = index.Kind switch
        {
            IndexKind.Row => dim,
            IndexKind.Position => index.AxisSize - dim + 1,
            _ => dim + 1,
        };
        foreach (double element in x.Elements)
            InRange(element, bound);
        return x.Elements;
    }

    /// <summary>A whole number from 0 to a bound, exclusive. Whole numbers are exact below 2⁵³.</summary>
    static int InRange(double index, int bound) => index >= 0 && index < bound
        ? (int)index
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"An index is from 0 to {bound - 1}.");

    /// <summary>The place of every element of a view, in row-major order.</summary>
    static int[] Offsets(int[] shape, int[] strides, int offset)
    {
        int[] places = new int[TensorValue.SizeOf(shape)];
        for (int i = 0; i < places.Length; i++)
        {
            int place = offset;
            for (int axis = shape.Length - 1, rest = i; axis >= 0; rest /= shape[axis--])
                place += rest % shape[axis] * strides[axis];
            places[i] = place;
        }
        return places;
    }

    static double[] Reduce(Op op, TensorValue x, IReadOnlyList<int> axes, int[] shape)
    {
        double start = op switch
        {
            Op.ReduceSum or Op.ReduceMean => 0,
            Op.ReduceMax => double.NegativeInfinity,
            Op.ReduceMin => double.PositiveInfinity,
            _ => throw Unknown(op),
        };
        double[] result = [.. Enumerable.Repeat(start, TensorValue.SizeOf(shape))];
        int[] places = Offsets(x.Shape, StridesWithout(shape, axes), 0);
        for (int i = 0; i < places.Length; i++)
        {
            ref double place = ref result[places[i]];
            place = op switch
            {
                Op.ReduceSum or Op.ReduceMean => place + x.Elements[i],
                Op.ReduceMax => Math.Max(place, x.Elements[i]),
                _ => Math.Min(place, x.Elements[i]),
            };
        }
        return op == Op.ReduceMean ? [.. result.Select(sum => sum / (places.Length / result.Length))] : result;
    }

    /// <summary>The strides of a shape, 0 along some axes.</summary>
    static int[] StridesWithout(int[] shape, IReadOnlyList<int> axes) => [.. Strides(shape).Select((stride, axis) => axes.Contains(axis) ? 0 : stride)];

    static double[] MatMul(TensorValue left, TensorValue right, bool transposeLeft, bool transposeRight, int[] shape)
    {
        int rank = shape.Length, rows = shape[rank - 2], columns = shape[rank - 1];
        int inner = left.Shape[transposeLeft ? rank - 2 : rank - 1];
        var (leftRow, leftInner) = transposeLeft ? (1, rows) : (inner, 1);
        var (rightInner, rightColumn) = transposeRight ? (1, inner) : (columns, 1);
        int[] batch = [.. shape.Take(rank - 2)];
        int[] leftItems = Offsets(batch, BatchStrides(left.Shape), 0), rightItems = Offsets(batch, BatchStrides(right.Shape), 0);
        double[] result = new double[TensorValue.SizeOf(shape)];
        for (int i = 0; i < result.Length; i++)
        {
            int item = i / (rows * columns), row = i / columns % rows, column = i % columns;
            int a = leftItems[item] + (row * leftRow), b = rightItems[item] + (column * rightColumn);
            for (int k = 0; k < inner; k++)
                result[i] += left.Elements[a + (k * leftInner)] * right.Elements[b + (k * rightInner)];
        }
        return result;
    }

    static int[] BatchStrides(int[] shape) =>
        [.. Strides(shape).Take(shape.Length - 2).Select((stride, axis) => shape[axis] == 1 ? 0 : stride)];

    static double[] Gather(TensorValue table, TensorValue indices)
    {
        int row = RowSize(table.Shape);
        double[] result = new double[indices.Elements.Length * row];
        for (int i = 0; i < indices.Elements.Length; i++)
            Array.Copy(table.Elements, InRange(indices.Elements[i], table.Shape[0]) * row, result, i * row, row);
        return result;
    }

    static double[] ScatterAdd(TensorValue[] inputs, int[] shape)
    {
        int row = RowSize(shape);
        double[] updates = inputs[1].Elements;
        double[] result = inputs.Length > 2 ? [.. inputs[2].Elements] : new double[TensorValue.SizeOf(shape)];
        for (int i = 0; i < updates.Length; i++)
            result[(InRange(inputs[0].Elements[i / row], shape[0]) * row) + (i % row)] += updates[i];
        return result;
    }

    static int RowSize(int[] shape) => shape.Skip(1).Aggregate(1, (product, size) => product * size);
}
