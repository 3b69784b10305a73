using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// A matrix product: one call of the Gemm template. What is fused with it becomes operator structs: the epilogue is
/// applied to the register tile before it is stored, a prologue while an operand is packed. The JIT inlines both.
/// </summary>
internal sealed class MatMulKernel
{
    readonly Kernel kernel;
    readonly ProductOperands product;
    readonly KernelScope scope;
    readonly List<string> structs = [];

    MatMulKernel(Kernel kernel)
    {
        this.kernel = kernel;
        scope = new KernelScope(kernel.Stores, CpuNames.OfKernels);
        product = new ProductOperands(kernel);
    }

    public static EmittedKernel Emit(Kernel kernel) => new MatMulKernel(kernel).Emit();

    EmittedKernel Emit()
    {
        if (product.Product.Op == Op.QuantizedMatMul)
            return EmitQuantized(product.Product.Get<QuantizedMatMulAttributes>().Weights);
        var a = Operand(0);
        var b = Operand(1);
        var epilogue = Epilogue();
        string sizes = $"{scope.Size(product.Rows)}, {scope.Size(product.Columns)}, {scope.Size(product.Depth)}";
        var writer = new SourceWriter();
        if (product.IsBatched)
        {
            string fields = string.Join(", ", scope.Parameters.Select(CpuTypes.Declaration));
            var batchWriter = new SourceWriter();
            using (batchWriter.Open($"readonly unsafe struct @Batch({fields}) : IGemmBatch<{a.Type}, {b.Type}, {epilogue.Type}>"))
            {
                batchWriter.Line($"public {a.Type} A(int item) => new({a.Arguments});");
                batchWriter.Line($"public {b.Type} B(int item) => new({b.Arguments});");
                batchWriter.Line($"public {epilogue.Type} Epilogue(int item) => new({epilogue.Arguments});");
            }
            structs.Add(batchWriter.ToString());
            string arguments = string.Join(", ", scope.Parameters.Select(p => p.Name));
            writer.Line($"Gemm.MultiplyBatched<V, {a.Type}, {b.Type}, {epilogue.Type}, @Batch>(worker, {scope.Size(product.Items)}, {sizes}, new({arguments}));");
        }
        else
        {
            writer.Line($"Gemm.Multiply<V, {a.Type}, {b.Type}, {epilogue.Type}>(");
            writer.Line($"    worker, {sizes}, new({a.Arguments}), new({b.Arguments}), new({epilogue.Arguments}));");
        }
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(), string.Join("\n", structs));
    }

    /// <summary>A call of the template for packed weights, which are a pointer to bytes.</summary>
    EmittedKernel EmitQuantized(PackedWeights weights)
    {
        var a = Operand(0);
        string packed = scope.Pointer(product.NodeOf(1));
        var epilogue = Epilogue();
        string sizes = $"{scope.Size(product.Rows)}, {scope.Size(product.Columns)}, {scope.Size(product.Depth)}";
        var writer = new SourceWriter();
        writer.Line($"QuantizedProduct.Multiply<V, {CpuTypes.Weights(weights.Format)}, {a.Type}, {epilogue.Type}>(");
        writer.Line($"    worker, {sizes}, new({a.Arguments}), {packed}, new({epilogue.Arguments}));");
        return new EmittedKernel(KernelNames.Of(kernel), scope.Parameters, writer.ToString(), string.Join("\n", structs));
    }

    /// <summary>The struct that reads one operand, and what it is made with.</summary>
    (string Type, string Arguments) Operand(int side)
    {
        var prologue = kernel.Prologues[side];
        var (node, view) = prologue?.Rounded ?? new Access(product.NodeOf(side), product.ViewOf(side));
        int rank = view.Shape.Rank;
        Dim rowStride = view.Strides[rank - 2], columnStride = view.Strides[rank - 1];
        Dim rows = view.Shape[rank - 2], columns = view.Shape[rank - 1];
        bool isUnit = columns.IsOne || columnStride.IsOne || rows.IsOne || rowStride.IsOne;
        if (prologue is not null && (prologue.Rounded is null || !isUnit))
            return PrologueStruct(side, prologue);
        if (product.IsTransposed(side))
            (rowStride, columnStride, rows, columns) = (columnStride, rowStride, columns, rows);
        bool rowMajor = columns.IsOne || columnStride.IsOne;
        string start = Expression.Sum(Expression.Primary(scope.Pointer(node)), ItemPlace(view)), stride = scope.Size(rowMajor ? rowStride : columnStride);
        return prologue is null ? (CpuTypes.Matrix(node, rowMajor), $"{start}, {stride}")
            : (CpuTypes.RoundedMatrix(prologue.Result.Type, rowMajor), $"{CpuTypes.Rounded(prologue.Result.Type, start)}, {stride}");
    }

    /// <summary>The offset of a product of the batch.</summary>
    Expression ItemPlace(View view) => new ElementAddresses(scope, view.Shape, view.Shape.Rank - 2, "item").RowPlace(view);

    (string Type, string Arguments) Epilogue()
    {
        bool plain = kernel.Members.Count() == 1;
        if (plain)
        {
            var item = product.IsBatched ? scope.Times(Expression.Primary("item"), product.Rows * product.Columns) : Expression.None;
            string start = Expression.Sum(Expression.Primary(scope.Pointer(product.Product)), item);
            return ("StoreTo", $"{start}, {scope.Size(product.Columns)}");
        }
        var inner = new KernelScope(kernel.Stores, CpuNames.OfStructs);
        var writer = new SourceWriter();
        var body = new EpilogueBody(kernel, product, inner);
        string full = body.Write(new Lanes(Expression.Primary("column"), null)), partial = body.Write(new Lanes(Expression.Primary("column"), "count"));
        return WriteStruct(writer, "@Epilogue", "IGemmEpilogue", inner, body.UsesItem, () =>
        {
            WriteMethod(writer, "public void Store<V>(int row, int column, V sum)", full);
            writer.Line();
            WriteMethod(writer, "public void StorePartial<V>(int row, int column, int count, V sum)", partial);
        });
    }

    (string Type, string Arguments) PrologueStruct(int side, Prologue prologue)
    {
        var inner = new KernelScope(kernel.Stores, CpuNames.OfStructs);
        var writer = new SourceWriter();
        bool transposed = product.IsTransposed(side);
        var body = new PrologueBody(prologue, inner, product.IsBatched);
        var (row, column) = transposed ? ("column", "row") : ("row", "column");
        string full = body.Write(row, new Lanes(Expression.Primary(column), null)), partial = body.Write(row, new Lanes(Expression.Primary(column), "count"));
        return WriteStruct(writer, side == 0 ? "@Left" : "@Right", "IGemmOperand", inner, body.UsesItem, () =>
        {
            writer.Line($"public static bool IsRowMajor => {(transposed ? "false" : "true")};");
            writer.Line();
            WriteMethod(writer, "public V Load<V>(int row, int column)", full);
            writer.Line();
            WriteMethod(writer, "public V LoadPartial<V>(int row, int column, int count)", partial);
        });
    }

    (string Type, string Arguments) WriteStruct(SourceWriter writer, string name, string contract, KernelScope inner, bool usesItem, System.Action writeMembers)
    {
        var fields = inner.Parameters.Select(CpuTypes.Declaration).ToList();
        var arguments = inner.Parameters.Select(scope.NameOf).ToList();
        if (usesItem)
        {
            fields.Add("int item");
            arguments.Add("item");
        }
        using (writer.Open($"readonly unsafe struct {name}({string.Join(", ", fields)}) : {contract}"))
            writeMembers();
        structs.Add(writer.ToString());
        return (name, string.Join(", ", arguments));
    }

    static void WriteMethod(SourceWriter writer, string signature, string body)
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveInlining)]");
        writer.Line(signature);
        using (writer.Open("    where V : unmanaged, IVector<V>"))
            writer.Lines(body);
    }
}

/// <summary>
/// The statements that turn sums of the register tile into what is stored. All values are computed before any is
/// stored: a result may lie where an operand lay.
/// </summary>
internal sealed class EpilogueBody
{
    readonly Kernel kernel;
    readonly Node product;
    readonly KernelScope scope;
    /// <summary>A tensor of more numbers, 256 KiB, is not expected to be in a core's caches when an epilogue touches it.</summary>
    const int FarTensor = 1 << 16;

    readonly DomainReader reader, nextRows;
    readonly ExpressionWriter expressions;

    public EpilogueBody(Kernel kernel, ProductOperands operands, KernelScope scope)
    {
        this.kernel = kernel;
        this.scope = scope;
        product = operands.Product;
        string? item = operands.IsBatched ? "item" : null;
        reader = new DomainReader(scope, kernel.Domain, kernel.Domain.Rank - 1, "row", item);
        nextRows = new DomainReader(scope, kernel.Domain, kernel.Domain.Rank - 1, "(row + Prefetch.Rows)", item);
        expressions = new ExpressionWriter(scope, CpuDialect.Instance, kernel.Members, kernel.OperandsOf, kernel.Stores);
    }

    /// <summary>Whether the statements depend on the item of the batch.</summary>
    public bool UsesItem => reader.UsesItem || nextRows.UsesItem;

    public string Write(Lanes lanes)
    {
        var writer = new SourceWriter();
        using (scope.Nested())
        {
            var locals = new Dictionary<Node, string> { [product] = "sum" };
            var values = kernel.Stores.ConvertAll(node => expressions.Write(writer, node, locals, a => reader.ReadDirect(a, lanes), kernel.Contains));
            for (int i = 0; i < values.Count; i++)
                reader.WriteStoreDirect(writer, kernel.Stores[i], View.Contiguous(kernel.Domain), values[i], lanes);
            if (lanes.Count is null && kernel.Domain.Size.Max > FarTensor)
                WritePrefetches(writer, lanes);
        }
        return writer.ToString();
    }

    /// <summary>Tiles are finished faster than memory answers: each asks for what the one below it will touch.</summary>
    void WritePrefetches(SourceWriter writer, Lanes lanes)
    {
        var reads = kernel.Members.Where(m => m != product).SelectMany(kernel.OperandsOf).Where(a => !kernel.Contains(a.Base));
        var stores = kernel.Stores.Select(node => new Access(node, View.Contiguous(kernel.Domain)));
        foreach (string address in reads.Concat(stores).Select(a => nextRows.AddressDirect(a, lanes)).OfType<string>().Distinct())
            writer.Line($"Prefetch.Middle({address});");
    }
}

/// <summary>The statements that compute the elements of an operand while it is packed.</summary>
internal sealed class PrologueBody(Prologue prologue, KernelScope scope, bool isBatched)
{
    readonly ExpressionWriter expressions = new(scope, CpuDialect.Instance, prologue.Members, n => prologue.Operands[n], [prologue.Result]);

    /// <summary>Whether the statements that were written depend on the item of the batch.</summary>
    public bool UsesItem { get; private set; }

    public string Write(string row, Lanes lanes)
    {
        var reader = new DomainReader(scope, prologue.Domain, prologue.Domain.Rank - 1, row, isBatched ? "item" : null);
        var writer = new SourceWriter();
        using (scope.Nested())
        {
            string value = expressions.Write(writer, prologue.Result, [], a => reader.ReadDirect(a, lanes), prologue.Operands.ContainsKey);
            writer.Line($"return {value};");
        }
        UsesItem |= reader.UsesItem;
        return writer.ToString();
    }
}
