using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Contracts;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// A linear map with cross-entropy: for each block of rows a product for the logits, a group a row for the loss and, in
/// place of the logits, their gradient, and two products for the gradients of x and the weight. Blocks differ in an
/// argument alone, their first row, so their launches share their kernels and roll up. Where x and the weight were rounded to
/// 16 bits, the gradients of the logits are too, and lie in 16 bits: so all products have both operands in one format.
/// </summary>
internal sealed class DeviceLinearCrossEntropy
{
    /// <summary>How many logits are held at a time, 256 MiB: enough rows to fill a device, and to write the weight's gradient seldom.</summary>
    const long MostLogits = 64 << 20;

    /// <summary>Blocks have multiples of so many rows; of the second where there are many.</summary>
    const int RowGrain = 8, LargeRowGrain = 128;

    readonly Kernel kernel;
    readonly LinearCrossEntropyParts parts;
    readonly LinearCrossEntropyOperands<Access> operands;
    readonly Dim rows, width, classes;
    readonly ElementType format;
    readonly int block;
    readonly string firstRow;
    readonly KernelScope scope;
    readonly SourceWriter writer = new();

    DeviceLinearCrossEntropy(Kernel kernel, int block, long first)
    {
        this.kernel = kernel;
        this.block = block;
        parts = new LinearCrossEntropyParts(kernel);
        operands = parts.Operands;
        (rows, width, classes) = (parts.Rows, parts.Width, parts.Classes);
        format = DeviceLibrary.FormatOf(operands.X.Base);
        if (DeviceLibrary.FormatOf(operands.Weight.Base) != format || !DeviceLibrary.IsTensorFormat(format))
            format = ElementType.Float32;
        scope = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        firstRow = scope.Number("firstRow", first);
    }

    long FloatsOfLogits => block * ((classes.Max + LogitsContract.DeviceStrideFloats - 1) / LogitsContract.DeviceStrideFloats * LogitsContract.DeviceStrideFloats);

    /// <summary>Whether the gradients of the logits are multiplied by a power of two, which lies behind the logits, and its inverse.</summary>
    bool IsScaled => format == ElementType.Float16;

    long FloatsOfBlock => FloatsOfLogits + (IsScaled ? LogitsContract.DeviceStrideFloats : 0);

    string Scale => $"{scope.Workspace()}[{Literals.Integer(FloatsOfLogits)}]";

    string InverseOfScale => $"{scope.Workspace()}[{Literals.Integer(FloatsOfLogits + 1)}]";

    public static IReadOnlyList<DeviceKernel> Emit(Kernel kernel)
    {
        var launches = new List<DeviceKernel>();
        var wanted = new LinearCrossEntropyParts(kernel);
        int block = RowsAtATime(wanted.Rows.Max, wanted.Classes.Max);
        for (long first = 0; first < wanted.Rows.Max; first += block)
        {
            long start = first;
            DeviceLinearCrossEntropy Stage() => new(kernel, block, start);
            if (Stage() is { IsScaled: true } scaled && wanted.Cotangent is { } cotangent)
                launches.Add(scaled.FindScale(cotangent));
            launches.AddRange(Products(Stage, s => s.Logits()));
            launches.Add(Stage().Losses());
            if (wanted.GradientOf(LinearCrossEntropyOperand.X) is { } toX)
                launches.AddRange(Products(Stage, s => s.ToX(toX)));
            if (wanted.GradientOf(LinearCrossEntropyOperand.Weight) is { } toWeight)
                launches.AddRange(Products(Stage, s => s.ToWeight(toWeight)));
            if (wanted.GradientOf(LinearCrossEntropyOperand.Bias) is { } toBias)
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

    /// <summary>A product, as the text of a kernel has it.</summary>
    /// <param name="Suffix">What it computes.</param>
    /// <param name="Rows">The rows of its result; null for those of a block.</param>
    /// <param name="Columns">The columns of its result.</param>
    /// <param name="Depth">How many products a sum has; null for one for each row of a block.</param>
    /// <param name="Epilogue">What takes the sums.</param>
    /// <param name="Left">The left operand.</param>
    /// <param name="Right">The right operand.</param>
    sealed record Product(string Suffix, Dim? Rows, Dim Columns, Dim? Depth, Func<string> Epilogue, Func<string> Left, Func<string> Right);

    /// <summary>Rows of logits have memory for whole fours; a bias may end where the classes do.</summary>
    Product Logits() => new("_Logits", null, classes, width,
        () => operands.HasBias
            ? $"new StoreWithBias<{DeviceProduct.Lines(ElementLanes.IsWhole(classes))}> {{ Values = {scope.Workspace()}, Stride = stride, Bias = {scope.Pointer(operands.Bias.Base)} }}"
            : $"new StoreTo<LinesOfFours> {{ Values = {scope.Workspace()}, Stride = stride }}",
        X, () => Weight(transposed: true));

    Product ToX(Node result) => new("_ToX", null, width, classes,
        () => Unscaled($"StoreTo<{LinesOfWidth}>", $"{{ Values = {scope.Pointer(result)}, Offset = {firstRow} * {scope.Factor(width)}, Stride = {scope.Size(width)} }}"),
        () => Gradients(transposed: false), () => Weight(transposed: false));

    Product ToWeight(Node result) => new("_ToWeight", classes, width, null,
        () => Unscaled($"AddTo<{LinesOfWidth}>", $"{{ Values = {scope.Pointer(result)}, Stride = {scope.Size(width)}, IsFirst = {firstRow} == 0 }}"),
        () => Gradients(transposed: true), X);

    string LinesOfWidth => DeviceProduct.Lines(ElementLanes.IsWhole(width));

    /// <summary>The epilogue of a product of the gradients of the logits.</summary>
    string Unscaled(string epilogue, string members) =>
        IsScaled ? $"new ScaledBy<{epilogue}> {{ Epilogue = new() {members}, Factor = {InverseOfScale} }}" : $"new {epilogue} {members}";

    /// <summary>One group finds what the gradients of the block are multiplied by.</summary>
    DeviceKernel FindScale(Node cotangent)
    {
        WriteCount();
        writer.Line("var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);");
        writer.Line($"LinearCrossEntropy.FindScale(default(TReduction), shared, {scope.Pointer(cotangent)}, {firstRow}, rowCount, {LargestTarget()}, {scope.Workspace()}, {Literals.Integer(FloatsOfLogits)});");
        return Kernel("_FindScale", text => $"Rows(1, {Literals.Integer(block)})") with { Reduces = true };
    }

    /// <summary>What no number of a row's target exceeds.</summary>
    string LargestTarget() => parts.Smoothing == 0 ? "1f"
        : $"LinearCrossEntropy.LargestWeight(default(TReduction), shared, {scope.Pointer(operands.ClassWeights.Base)}, {scope.Size(classes)})";

    DeviceKernel ToBias(Node result)
    {
        DeviceKernels.WriteElementNumber(writer, scope.Size(classes), "i");
        WriteCount();
        WriteStride();
        string toBias = scope.Pointer(result);
        writer.Line($"float sum = LinearCrossEntropy.SumOfRows({GradientNumbers}, {GradientStride}, rowCount, i){(IsScaled ? " * " + InverseOfScale : "")};");
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
        string logits = scope.Workspace(), row = $"{firstRow} + Grid.IdxX", size = scope.Size(classes);
        writer.Line("var shared = SharedMemory.Allocate<float>(GroupSizes.Largest);");
        writer.Line("int start = Grid.IdxX * stride;");
        writer.Line($"int label = {scope.Indices(operands.Labels.Base)}[{row}];");
        writer.Line($"var loss = LinearCrossEntropy.Loss(default(TReduction), shared, {logits}, start, {size}, label);");
        string weights = parts.Smoothing > 0 ? scope.Pointer(operands.ClassWeights.Base) : "";
        if (parts.Smoothing > 0)
            writer.Line($"var target = LinearCrossEntropy.Smooth(default(TReduction), shared, ref loss, {logits}, start, {size}, label, {Literals.Float(parts.Smoothing)}, {weights});");
        if (parts.Losses is { } losses)
        {
            writer.Line("if (Group.IdxX == 0)");
            writer.Line($"    {scope.Pointer(losses)}[{row}] = loss.Value;");
        }
        if (parts.Cotangent is { } cotangent)
        {
            string first = format == ElementType.Float32 ? "start"
                : "2 * start", lossGradient =
                $"{scope.Pointer(cotangent)}[{row}]{(IsScaled ? " * " + Scale : "")}";
            writer.Line($"LinearCrossEntropy.ToGradients(loss, {logits}, start, {GradientNumbers}, {first}, {size}, label, {lossGradient}{(parts.Smoothing > 0 ? $", target, {weights}" : "")});");
        }
        return Kernel("_Losses", text => $"Rows({Literals.Integer(block)}, {text(classes)})") with { Reduces = true };
    }

    string X() => Matrix(operands.X.Base, isRowMajor: true, width, isWhole: elements => ElementLanes.IsWhole(width, elements), $"{firstRow} * {scope.Factor(width)}");

    /// <summary>The gradients of the logits, rows x classes, or their transpose; lines begin at multiples of 128 bytes.</summary>
    string Gradients(bool transposed) =>
        $"new {(transposed ? "Column" : "Row")}MajorMatrix<{DeviceLibrary.ViewOf(format)}, CopiedLines> {{ Numbers = {GradientNumbers}, Line = {GradientStride} }}";

    /// <summary>The memory of the logits, read in the gradients' format.</summary>
    string GradientNumbers => format == ElementType.Float32
        ? $"new Float32View {{ Values = {scope.Workspace()} }}"
        : $"new {DeviceLibrary.ViewOf(format)} {{ Bits = {scope.Workspace()}.Cast<ushort>() }}";

    string GradientStride => format == ElementType.Float32 ? "stride" : "2 * stride";

    /// <summary>The weight, classes x width, or its transpose.</summary>
    string Weight(bool transposed)
    {
        var (node, view) = operands.Weight;
        return Matrix(node, parts.IsAlongWidth != transposed, parts.WeightStride,
            elements => view.Offset.Concat(view.Strides.Where(stride => !stride.IsOne)).All(size => ElementLanes.IsWhole(size, elements))
                && view.Strides.Any(stride => stride.IsOne),
            Expression.Sum([.. view.Offset.Select(scope.SizeExpression)]));
    }

    /// <summary>A matrix that lies in memory.</summary>
    /// <param name="node">Its value.</param>
    /// <param name="isRowMajor">Whether its rows, rather than its columns, lie one after the other.</param>
    /// <param name="stride">How far they lie apart.</param>
    /// <param name="isWhole">Whether they begin at multiples of so many elements.</param>
    /// <param name="offset">Where it begins.</param>
    string Matrix(Node node, bool isRowMajor, Dim stride, Func<int, bool> isWhole, string offset)
    {
        var stored = DeviceLibrary.FormatOf(node);
        string lines = stored == format && isWhole(format == ElementType.Float32 ? 4 : 8) ? "CopiedLines" : isWhole(4) ? "LinesOfFours" : "AnyLines";
        string numbers = stored == ElementType.Float32 ? $"new Float32View {{ Values = {scope.Pointer(node)} }}" : scope.Pointer(node);
        return $"new {(isRowMajor ? "Row" : "Column")}MajorMatrix<{DeviceLibrary.ViewOf(stored)}, {lines}> {{ Numbers = {numbers}, "
            + $"{(offset.Length > 0 ? $"Offset = {offset}, " : "")}Line = {scope.Size(stride)} }}";
    }

    void WriteCount() => writer.Line($"int rowCount = LinearCrossEntropy.RowsOfBlock({scope.Size(rows)}, {firstRow}, {Literals.Integer(block)});");

    void WriteStride() => writer.Line($"int stride = LinearCrossEntropy.Stride({scope.Size(classes)});");

    /// <summary>The launch of a product, and where its depth is cut into slices, the one that adds them.</summary>
    static IReadOnlyList<DeviceKernel> Products(Func<DeviceLinearCrossEntropy> stage, Func<DeviceLinearCrossEntropy, Product> product)
    {
        DeviceLinearCrossEntropy first = stage(), second = stage();
        var multiply = first.Multiply(product(first), out var template);
        return template.Slices == 1 ? [multiply] : [multiply, second.AddSlices(product(second), template)];
    }

    /// <summary>A block has groups for all its rows, of which the last block may need fewer.</summary>
    DeviceKernel Multiply(Product product, out ProductTemplate template)
    {
        template = ProductTemplate.Choose(format, 1, Largest(product.Rows).Max, product.Columns.Max, Largest(product.Depth).Max);
        WriteCount();
        WriteStride();
        string rows = Size(product.Rows), columns = Size(product.Columns), depth = Size(product.Depth), slices = template.Slices == 1 ? "" : template.SlicesOf(depth) + " * ";
        writer.Line($"if (Grid.IdxX >= {slices}LinearCrossEntropy.Tiles({rows}, {columns}, {template.Text}.Tile))");
        writer.Line("    return;");
        string epilogue = template.Slices == 1 ? product.Epilogue()
            : $"new StoreTo<{DeviceProduct.Lines(ElementLanes.IsWhole(product.Columns))}> {{ Values = {scope.Workspace()}, Offset = {Literals.Integer(FloatsOfBlock)}, Stride = {columns}, ItemStride = {rows} * {scope.Factor(product.Columns)} }}";
        writer.Line($"{template.Text}.Multiply({rows}, {columns}, {depth},");
        writer.Line($"    {product.Left()},");
        writer.Line($"    {product.Right()},");
        writer.Line($"    {epilogue}{template.SlicesArgument(depth)});");
        var chosen = template;
        return Kernel(product.Suffix, text => chosen.Groups(Expression.One, text(Largest(product.Rows)), text(product.Columns), text(Largest(product.Depth))),
            FloatsOfParts(product, template)) with
        {
            Template = template.Choice,
        };
    }

    DeviceKernel AddSlices(Product product, ProductTemplate template)
    {
        WriteCount();
        WriteStride();
        string rows = Size(product.Rows), columns = Size(product.Columns);
        writer.Line($"DepthSlices.Add({scope.Workspace()}, {Literals.Integer(FloatsOfBlock)}, 1, {rows}, {columns}, {template.SlicesOf(Size(product.Depth))},");
        writer.Line($"    {product.Epilogue()});");
        return Kernel(product.Suffix + "_AddSlices", text => $"Elements({text(ElementLanes.Threads(Largest(product.Rows) * product.Columns, ElementLanes.IsWhole(product.Columns) ? ElementLanes.Most : 1))})", FloatsOfParts(product, template));
    }

    long FloatsOfParts(Product product, ProductTemplate template) => template.FloatsOfParts(1, Largest(product.Rows).Max, product.Columns.Max);

    /// <summary>A size of a product in a kernel's text, where the last block may have fewer rows.</summary>
    string Size(Dim? size) => size is { } known ? scope.Size(known) : "rowCount";

    Dim Largest(Dim? size) => size ?? block;

    DeviceKernel Kernel(string suffix, Func<Func<Dim, Expression>, string> launch, long floatsOfParts = 0) =>
        new(KernelNames.Of(kernel) + suffix, scope.Parameters, writer.ToString(), launch) { WorkspaceFloats = FloatsOfBlock + floatsOfParts };
}
