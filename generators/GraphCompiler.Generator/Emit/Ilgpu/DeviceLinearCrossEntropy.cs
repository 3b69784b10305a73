using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Emit.Cpu;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Emit.Ilgpu;

/// <summary>
/// A linear map with cross-entropy: for each block of rows a product for the logits, a group a row for the loss and, in
/// place of the logits, their gradient, and two products for the gradients of x and the weight. Blocks differ in an
/// argument alone, their first row, so their launches share their kernels and roll up.
/// </summary>
internal sealed class DeviceLinearCrossEntropy
{
    /// <summary>How many logits are held at a time, 256 MiB: enough rows to fill a device, and to write the weight's gradient seldom.</summary>
    const long MostLogits = 64 << 20;

    /// <summary>Blocks have multiples of so many rows; of the second where there are many.</summary>
    const int RowGrain = 8, LargeRowGrain = 128;

    /// <summary>Floats from a row of logits to the next are a multiple of this, as the kernels' library says.</summary>
    const int StrideAlignment = 32;

    /// <summary>How many groups keep a large device busy, and how many classes make a slice of a sum worth its own group.</summary>
    const int ManyGroups = 256, FewestClassesOfSlice = 2048, SliceGrain = 64;

    readonly Kernel kernel;
    readonly Node operation;
    readonly Access[] operands;
    readonly Dim rows, width, classes;
    readonly int block;
    readonly string firstRow;
    readonly KernelScope scope;
    readonly SourceWriter writer = new();

    DeviceLinearCrossEntropy(Kernel kernel, int block, long first)
    {
        this.kernel = kernel;
        this.block = block;
        operation = kernel.Members.First();
        operands = kernel.OperandsOf(operation);
        (rows, width, classes) = (operation.Inputs[0].Shape[0], operation.Inputs[0].Shape[1], operation.Inputs[1].Shape[0]);
        scope = new KernelScope(kernel.Stores, [.. DeviceKernels.Reserved, "rowCount", "stride", "start", "label", "loss", "firstClass", "depth"]);
        firstRow = scope.Number("firstRow", first);
    }

    long FloatsOfLogits => block * ((classes.Max + StrideAlignment - 1) / StrideAlignment * StrideAlignment);

    bool HasBias => operation.Inputs.Count > (operation.Op == Op.LinearCrossEntropy ? 3 : 4);

    /// <summary>Whether the weight lies as classes x width.</summary>
    bool IsAlongWidth => operands[1].View is var view && (view.Shape[1].IsOne || view.Strides[1].IsOne);

    public static IReadOnlyList<DeviceKernel> Emit(Kernel kernel)
    {
        var launches = new List<DeviceKernel>();
        var shape = kernel.Members.First().Inputs[0].Shape;
        int block = RowsAtATime(shape[0].Max, kernel.Members.First().Inputs[1].Shape[0].Max);
        for (long first = 0; first < shape[0].Max; first += block)
        {
            long start = first;
            DeviceLinearCrossEntropy Stage() => new(kernel, block, start);
            launches.Add(Stage().Logits());
            launches.Add(Stage().Losses());
            if (GradientOf(kernel, 0) is { } toX)
                launches.AddRange(Stage().ToX(toX, Stage));
            if (GradientOf(kernel, 1) is { } toWeight)
                launches.Add(Stage().ToWeight(toWeight));
            if (GradientOf(kernel, 3) is { } toBias)
                launches.Add(Stage().ToBias(toBias));
        }
        return launches;
    }

    /// <summary>Never all rows, where there are enough for several tiles.</summary>
    static int RowsAtATime(long rows, long classes)
    {
        long half = RoundUp((rows + 1) / 2, rows > 2 * LargeRowGrain ? LargeRowGrain : RowGrain);
        long most = Math.Max(RowGrain, MostLogits / classes);
        most -= most % (most > LargeRowGrain ? LargeRowGrain : RowGrain);
        return (int)Math.Min(rows, Math.Min(half, most));
    }

    static long RoundUp(long size, long grain) => (size + grain - 1) / grain * grain;

    static Node? GradientOf(Kernel kernel, int operand) =>
        kernel.Stores.FirstOrDefault(s => s.Op == Op.LinearCrossEntropyGradient && s.Attributes.Numbers[0] == operand);

    DeviceKernel Logits()
    {
        WriteCount();
        WriteStride();
        string logits = scope.Workspace();
        string epilogue = HasBias
            ? $"new StoreWithBias {{ Values = {logits}, Stride = stride, Bias = {scope.Pointer(operands[3].Base)} }}"
            : $"new StoreTo {{ Values = {logits}, Stride = stride }}";
        return Product("_Logits", "rowCount", scope.Size(classes), scope.Size(width), X(), Weight(transposed: true), epilogue, block, classes);
    }

    /// <summary>The gradient of the block's rows, cut into slices of classes where there are few tiles; and their addition.</summary>
    IReadOnlyList<DeviceKernel> ToX(Node result, Func<DeviceLinearCrossEntropy> another)
    {
        int slices = SlicesOf(block, width, classes.Max);
        long depth = RoundUp((classes.Max + slices - 1) / slices, SliceGrain);
        WriteCount();
        WriteStride();
        string ownDepth = scope.Size(classes), firstClass = "";
        string epilogue = $"new StoreTo {{ Values = {scope.Pointer(result)}, Offset = {firstRow} * {Factor(width)}, Stride = {scope.Size(width)} }}";
        if (slices > 1)
        {
            (ownDepth, firstClass) = ("depth", "firstClass");
            epilogue = $"new StoreTo {{ Values = {scope.Workspace()}, Offset = {Literals.Integer(FloatsOfLogits)}, Stride = {scope.Size(width)}, ItemStride = {Literals.Integer(block * width.Max)} }}";
        }
        var product = Product(
            "_ToX", "rowCount", scope.Size(width), ownDepth, Gradients(transposed: false, firstClass), Weight(transposed: false, firstClass), epilogue, block, width, slices, depth);
        return slices > 1 ? [product, another().AddSlices(result, slices)] : [product];
    }

    DeviceKernel AddSlices(Node result, int slices)
    {
        WriteCount();
        DeviceKernels.WriteElementNumber(writer, $"rowCount * {Factor(width)}", "i");
        writer.Line($"{scope.Pointer(result)}[{firstRow} * {Factor(width)} + i] = LinearCrossEntropy.AddSlices({scope.Workspace()}, {Literals.Integer(FloatsOfLogits)}, "
            + $"{Literals.Integer(slices)}, {Literals.Integer(block * width.Max)}, i);");
        return Kernel("_AddSlices", text => $"Elements({Literals.Integer(block)} * {Parenthesised(text(width))})", slices);
    }

    DeviceKernel ToWeight(Node result)
    {
        WriteCount();
        WriteStride();
        string epilogue = $"new AddTo {{ Values = {scope.Pointer(result)}, Stride = {scope.Size(width)}, IsFirst = {firstRow} == 0 }}";
        return Product("_ToWeight", scope.Size(classes), scope.Size(width), "rowCount", Gradients(transposed: true), X(), epilogue, classes, width);
    }

    DeviceKernel ToBias(Node result)
    {
        DeviceKernels.WriteElementNumber(writer, scope.Size(classes), "i");
        WriteCount();
        WriteStride();
        string toBias = scope.Pointer(result);
        writer.Line($"float sum = LinearCrossEntropy.SumOfRows({scope.Workspace()}, stride, rowCount, i);");
        writer.Line($"if ({firstRow} > 0)");
        writer.Line($"    sum += {toBias}[i];");
        writer.Line($"{toBias}[i] = sum;");
        return Kernel("_ToBias", text => $"Elements({text(classes)})");
    }

    /// <summary>A group a row: the loss, then the gradient of the logits in their place.</summary>
    DeviceKernel Losses()
    {
        WriteCount();
        writer.Line("if (Grid.IdxX >= rowCount)");
        writer.Line("    return;");
        WriteStride();
        var labels = operands[2].Base;
        string logits = scope.Workspace(), row = $"{firstRow} + Grid.IdxX", size = scope.Size(classes);
        writer.Line("var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);");
        writer.Line("int start = Grid.IdxX * stride;");
        writer.Line($"int label = {(KernelScope.IsInteger(labels) ? "" : "(int)")}{scope.Pointer(labels)}[{row}];");
        writer.Line($"var loss = LinearCrossEntropy.Loss(default(TReduction), shared, {logits}, start, {size}, label);");
        if (kernel.Stores.FirstOrDefault(s => s.Op == Op.LinearCrossEntropy) is { } losses)
        {
            writer.Line("if (Group.IdxX == 0)");
            writer.Line($"    {scope.Pointer(losses)}[{row}] = loss.Value;");
        }
        if (kernel.Members.FirstOrDefault(m => m.Op == Op.LinearCrossEntropyGradient) is { } gradient)
        {
            // The label's logit has been read before any thread overwrites it.
            writer.Line("Group.Barrier();");
            writer.Line($"LinearCrossEntropy.ToGradients(loss, {logits}, start, {size}, label, {scope.Pointer(kernel.OperandsOf(gradient).Last().Base)}[{row}]);");
        }
        return Kernel("_Losses", text => $"Rows({Literals.Integer(block)}, {text(classes)})") with { Reduces = true };
    }

    string X() => $"new {Aligned(ElementLanes.IsWhole(width))}RowMajorMatrix {{ Values = {scope.Pointer(operands[0].Base)}, Offset = {firstRow} * {Factor(width)}, Stride = {scope.Size(width)} }}";

    /// <summary>The gradients of the logits, rows x classes, from a class on; or their transpose.</summary>
    string Gradients(bool transposed, string firstClass = "") =>
        $"new {Aligned(true)}{(transposed ? "ColumnMajorMatrix" : "RowMajorMatrix")} {{ Values = {scope.Workspace()}, {(firstClass.Length > 0 ? $"Offset = {firstClass}, " : "")}Stride = stride }}";

    /// <summary>The weight, classes x width, from a class on; or its transpose.</summary>
    string Weight(bool transposed, string firstClass = "")
    {
        var (node, view) = operands[1];
        string offset = Literals.Sum([.. view.Offset.Select(scope.Size), firstClass.Length > 0 ? scope.Times(firstClass, view.Strides[0]) : ""]);
        bool isAligned = view.Offset.Concat(view.Strides.Where(stride => !stride.IsOne)).All(ElementLanes.IsWhole) && view.Strides.Any(stride => stride.IsOne);
        return $"new {Aligned(isAligned)}{(IsAlongWidth != transposed ? "RowMajorMatrix" : "ColumnMajorMatrix")} {{ Values = {scope.Pointer(node)}, "
            + $"{(offset.Length > 0 ? $"Offset = {offset}, " : "")}Stride = {scope.Size(view.Strides[IsAlongWidth ? 0 : 1])} }}";
    }

    /// <summary>Buffers and lines of logits begin at multiples of four floats; of operands, lines whose lengths are.</summary>
    static string Aligned(bool isAligned) => isAligned ? "Aligned" : "";

    void WriteCount() => writer.Line($"int rowCount = LinearCrossEntropy.RowsOfBlock({scope.Size(rows)}, {firstRow}, {Literals.Integer(block)});");

    void WriteStride() => writer.Line($"int stride = LinearCrossEntropy.Stride({scope.Size(classes)});");

    string Factor(Dim size) => Parenthesised(scope.Size(size));

    static string Parenthesised(string size) => size.Contains(" ") ? $"({size})" : size;

    static int SlicesOf(long rows, Dim columns, long depth)
    {
        long tile = ProductTemplate.TileOf(ProductTemplate.Choose(1, rows, columns.Max));
        long tiles = (rows + tile - 1) / tile * ((columns.Max + tile - 1) / tile);
        return (int)Math.Max(1, Math.Min(ManyGroups / tiles, depth / FewestClassesOfSlice));
    }

    /// <summary>A launch of a product; it has groups for a whole block, of which the last block may need fewer.</summary>
    DeviceKernel Product(string suffix, string m, string n, string k, string left, string right, string epilogue, Dim mostRows, Dim columns, int slices = 1, long depthOfSlice = 0)
    {
        string template = ProductTemplate.Choose(1, mostRows.Max, columns.Max);
        writer.Line($"if (Grid.IdxX >= {(slices > 1 ? Literals.Integer(slices) + " * " : "")}LinearCrossEntropy.Tiles({m}, {n}, {template}.Tile))");
        writer.Line("    return;");
        if (slices > 1)
        {
            writer.Line($"int firstClass = Grid.IdxX / LinearCrossEntropy.Tiles({m}, {n}, {template}.Tile) * {Literals.Integer(depthOfSlice)};");
            writer.Line($"int depth = LinearCrossEntropy.RowsOfBlock({scope.Size(classes)}, firstClass, {Literals.Integer(depthOfSlice)});");
        }
        writer.Line($"{template}.Multiply({m}, {n}, {k},");
        writer.Line($"    {left},");
        writer.Line($"    {right},");
        writer.Line($"    {epilogue});");
        return Kernel(suffix, text => $"Tiles({Literals.Integer(slices)}, {text(mostRows)}, {text(columns)}, {template}.Tile, {template}.Threads)", slices);
    }

    DeviceKernel Kernel(string suffix, Func<Func<Dim, string>, string> launch, int slices = 1) =>
        new(KernelNames.Of(kernel) + suffix, scope.Parameters, writer.ToString(), launch)
        {
            WorkspaceFloats = FloatsOfLogits + (slices > 1 ? slices * block * width.Max : 0),
        };
}
