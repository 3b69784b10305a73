using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>
/// A matrix product: one call of a tiled template. What is fused with it becomes operator structs: a prologue is computed
/// while tiles are read, the epilogue on the finished sums. Where the depth is cut into slices, their sums go to the workspace,
/// and a second launch adds them and has the epilogue.
/// </summary>
internal sealed partial class DeviceProduct
{
    readonly Kernel kernel;
    readonly ProductOperands operands;
    readonly KernelScope scope;
    readonly Dim m, n, k, batch;
    readonly ElementType format;
    readonly ProductTemplate template;
    readonly List<string> structs = [];

    DeviceProduct(Kernel kernel)
    {
        this.kernel = kernel;
        scope = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        operands = new ProductOperands(kernel);
        (m, n, k, batch) = (operands.Rows, operands.Columns, operands.Depth, operands.Items);
        format = FormatOfOperands();
        template = operands.Product.Op == Op.QuantizedMatMul ? ProductTemplate.OfPackedWeights
            : ProductTemplate.Choose(format, batch.Max, m.Max, n.Max, k.Max).ForFewRows(m, n, k, IsRowMajor(1));
    }

    public static IReadOnlyList<DeviceKernel> Emit(Kernel kernel)
    {
        var product = new DeviceProduct(kernel);
        if (product.operands.Product is { Op: Op.QuantizedMatMul } packed)
            return EmitPacked(kernel, packed.Get<QuantizedMatMulAttributes>().Weights);
        return product.template.Slices == 1 ? [product.Multiply()] : [product.Multiply(), new DeviceProduct(kernel).AddSlices()];
    }

    DeviceKernel Multiply()
    {
        string left = Operand(0), right = Operand(1);
        string epilogue = template.Slices == 1 ? Epilogue()
            : $"new StoreTo<{Lines(TakesFours)}> {{ Values = {scope.Workspace()}, Stride = {scope.Size(n)}, ItemStride = {scope.Size(m * n)} }}";
        string depth = scope.Size(k);
        var writer = new SourceWriter();
        writer.Line($"{template.Text}.Multiply({scope.Size(m)}, {scope.Size(n)}, {depth},");
        writer.Line($"    {left},");
        writer.Line($"    {right},");
        writer.Line($"    {epilogue}{template.SlicesArgument(depth)});");
        return new DeviceKernel(
            KernelNames.Of(kernel), scope.Parameters, writer.ToString(), text => template.Groups(text(batch), text(m), text(n), text(k)), Structs: string.Join("\n", structs))
        {
            Template = template.Choice,
            ChoiceOfLaunch = text => template.ChoiceOfLaunch(text(m)),
            WorkspaceFloats = FloatsOfParts,
        };
    }

    /// <summary>How the lines lie that a library's epilogue stores.</summary>
    public static string Lines(bool areWholeFours) => areWholeFours ? "LinesOfFours" : "AnyLines";

    long FloatsOfParts => template.FloatsOfParts(batch.Max, m.Max, n.Max);

    DeviceKernel AddSlices()
    {
        string epilogue = Epilogue();
        var writer = new SourceWriter();
        writer.Line($"DepthSlices.Add({scope.Workspace()}, 0, {scope.Size(batch)}, {scope.Size(m)}, {scope.Size(n)}, {template.SlicesOf(scope.Size(k))},");
        writer.Line($"    {epilogue});");
        return new DeviceKernel(
            KernelNames.Of(kernel) + "_AddSlices", scope.Parameters, writer.ToString(), text =>
                $"Elements({text(ElementLanes.Threads(batch * m * n, TakesFours ? ElementLanes.Most : 1))})", Structs: string.Join("\n", structs))
        {
            WorkspaceFloats = FloatsOfParts,
        };
    }

    /// <summary>The format that holds what both operands were rounded to; otherwise tensor cores would have to round them to TF32.</summary>
    ElementType FormatOfOperands()
    {
        ElementType[] formats = [.. kernel.OperandsOf(operands.Product).Select((access, side) =>
            DeviceLibrary.TensorFormatOf(DeviceLibrary.FormatOf(kernel.Prologues[side]?.Result ?? access.Base)))];
        return formats[0] == formats[1] ? formats[0] : ElementType.Float32;
    }

    /// <summary>Whether an operand's rows, rather than its columns, lie one after the other.</summary>
    bool IsRowMajor(int side) => kernel.Prologues[side] is not null
        ? !operands.IsTransposed(side)
        : IsUnit(operands.ViewOf(side), kernel.Domain.Rank - 1) != operands.IsTransposed(side);

    string Operand(int side)
    {
        string name = side == 0 ? "@Left" : "@Right";
        var inner = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        var writer = new SourceWriter();
        bool transposed = operands.IsTransposed(side);
        string four = "", stride = "0", address = "";
        var (row, column) = transposed ? ("column", "row") : ("row", "column");
        if (kernel.Prologues[side] is { } prologue)
        {
            writer.Lines(Compute(lanes: 1));
            if (ElementLanes.AreNarrow(kernel) && ElementLanes.Of(prologue.Domain[prologue.Domain.Rank - 1], prologue.Domain.Rank - 1, []) > 1)
                four = Compute(ElementLanes.Most);

            string Compute(int lanes)
            {
                using var names = inner.Nested();
                var body = new SourceWriter();
                var reader = new ElementReader(inner, prologue.Domain, prologue.Domain.Rank - 1, row, operands.IsBatched ? "item" : null) { Lanes = lanes };
                var expressions = new ExpressionWriter(inner, new IlgpuDialect(lanes), prologue.Members, node => prologue.Operands[node], [prologue.Result]);
                string value = expressions.Write(body, prologue.Result, [], a => reader.Read(a, column), prologue.Operands.ContainsKey);
                body.Line($"return {value};");
                return body.ToString();
            }
        }
        else
        {
            var (node, view) = (operands.NodeOf(side), operands.ViewOf(side));
            int rank = view.Shape.Rank;
            var place = Expression.Sum(
                new ElementReader(inner, view.Shape, rank - 2, "item").Place(BatchPart(view), "0"),
                inner.Times(Expression.Primary(row), view.Strides[rank - 2]), inner.Times(Expression.Primary(column), view.Strides[rank - 1]));
            place = place.IsNone ? Expression.Zero : place;
            if (IsStoredForTensorCores(node, view))
            {
                string first = new ElementReader(inner, view.Shape, rank - 2, "item").Place(BatchPart(view), "0");
                stride = inner.Size(IsUnit(view, rank - 1) ? view.Strides[rank - 2] : view.Strides[rank - 1]);
                address = $"TensorMemory.Address(ref {inner.Pointer(node)}{(node.Type.IsNarrow() ? ".Bits" : "")}[{first}])";
            }
            writer.Line($"return {inner.Pointer(node)}[{place}];");
            if (IsReadByFours(view))
                four = $"return Four.Load({inner.Pointer(node)}, {place});\n";
        }
        return WriteStruct(name, template.Choice is null ? "IProductOperand" : "ITensorOperand", inner, structWriter =>
        {
            structWriter.Line($"public readonly bool IsRowMajor => {(IsRowMajor(side) ? "true" : "false")};");
            structWriter.Line();
            using (structWriter.Open("public readonly float Load(int item, int row, int column)"))
                structWriter.Lines(writer.ToString());
            structWriter.Line();
            structWriter.Line($"public readonly bool IsVector => {(four.Length == 0 ? "false" : "true")};");
            structWriter.Line();
            using (structWriter.Open("public readonly Four LoadFour(int item, int row, int column)"))
                structWriter.Lines(four.Length == 0 ? "return default;\n" : four);
            if (template.Choice is null)
                return;
            structWriter.Line();
            structWriter.Line($"public readonly bool IsStored => {(address.Length == 0 ? "false" : "true")};");
            structWriter.Line();
            structWriter.Line($"public readonly int Stride => {stride};");
            structWriter.Line();
            structWriter.Line($"public readonly UIntPtr Address(int item) => {(address.Length == 0 ? "0" : address)};");
        });
    }

    /// <summary>Whether rows are whole groups of four neighbours, and begin at multiples of four floats as buffers do.</summary>
    static bool IsReadByFours(View view)
    {
        int last = view.Shape.Rank - 1;
        return view.Strides[last].IsOne && ElementLanes.IsWhole(view.Shape[last]) && view.Strides.Take(last).All(ElementLanes.IsWhole) && view.Offset.All(ElementLanes.IsWhole);
    }

    static bool IsUnit(View view, int axis) => view.Shape[axis].IsOne || view.Strides[axis].IsOne;

    /// <summary>Whether the elements lie as tensor cores take them, in lines that begin at multiples of 16 bytes as buffers do.</summary>
    bool IsStoredForTensorCores(Node node, View view)
    {
        if (format != DeviceLibrary.FormatOf(node))
            return false;
        int rank = view.Shape.Rank, unit = IsUnit(view, rank - 1) ? rank - 1 : rank - 2, elements = format == ElementType.Float32 ? 4 : 8;
        return view.Strides.Where((_, axis) => axis != unit).All(s => ElementLanes.IsWhole(s, elements)) && view.Offset.All(o => ElementLanes.IsWhole(o, elements));
    }

    /// <summary>The view of the batch's axes alone: where each item begins.</summary>
    View BatchPart(View view) => view.Part(view.Shape.Rank - 2, 0, 1).Part(view.Shape.Rank - 1, 0, 1);

    /// <summary>Takes the sums one by one, and where rows are whole fours, four columns at a time.</summary>
    string Epilogue()
    {
        var inner = new KernelScope(kernel.Stores, DeviceNames.OfKernels);
        string one = Store(inner, "sum", lanes: 1), four = TakesFours ? Store(inner, "sums", ElementLanes.Most) : "";
        return WriteStruct("@Epilogue", "IProductEpilogue", inner, structWriter =>
        {
            using (structWriter.Open("public readonly void Store(int item, int row, int column, float sum)"))
                structWriter.Lines(one);
            structWriter.Line();
            structWriter.Line($"public readonly bool IsVector => {(TakesFours ? "true" : "false")};");
            structWriter.Line();
            const string StoreFour = "public readonly void StoreFour(int item, int row, int column, Four sums)";
            if (!TakesFours)
            {
                structWriter.Line(StoreFour + " { }");
                return;
            }
            using (structWriter.Open(StoreFour))
                structWriter.Lines(four);
        });
    }

    bool TakesFours => ElementLanes.Of(kernel, n, kernel.Domain.Rank - 1, [View.Contiguous(kernel.Domain)]) > 1;

    /// <summary>All values are computed before any is stored: a result may lie where an operand lay.</summary>
    string Store(KernelScope inner, string sum, int lanes)
    {
        using var names = inner.Nested();
        var writer = new SourceWriter();
        var reader = new ElementReader(inner, kernel.Domain, kernel.Domain.Rank - 1, "row", operands.IsBatched ? "item" : null) { Lanes = lanes };
        var expressions = new ExpressionWriter(inner, new IlgpuDialect(lanes), kernel.Members, kernel.OperandsOf, kernel.Stores);
        var locals = new Dictionary<Node, string> { [operands.Product] = sum };
        var read = new OperandValues(inner, kernel);
        var values = kernel.Stores.ConvertAll(node => expressions.Write(writer, node, locals, a => read.Read(writer, reader, a, "column"), kernel.Contains));
        for (int i = 0; i < values.Count; i++)
            writer.Line(reader.Store(kernel.Stores[i], View.Contiguous(kernel.Domain), "column", Expression.Primary(values[i])));
        return writer.ToString();
    }

    string WriteStruct(string name, string contract, KernelScope inner, Action<SourceWriter> writeMembers)
    {
        var writer = new SourceWriter();
        using (writer.Open($"public struct {name} : {contract}"))
        {
            foreach (var parameter in inner.Parameters)
                writer.Line($"public {DeviceLibrary.TypeOf(parameter)} {parameter.Name};");
            if (inner.Parameters.Count > 0)
                writer.Line();
            writeMembers(writer);
        }
        structs.Add(writer.ToString());
        return $"new {name} {{ {string.Join(", ", inner.Parameters.Select(p => $"{p.Name} = {scope.NameOf(p)}"))} }}";
    }
}
