using GraphCompiler.Generator.Emit.Cpu;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Emit.Ilgpu;

/// <summary>Reads and stores what a thread needs at row r and column c: a view becomes an index into its buffer.</summary>
/// <param name="scope">The names of the method.</param>
/// <param name="domain">The index space.</param>
/// <param name="rowAxes">How many of its axes number the rows.</param>
/// <param name="row">The expression of the row; "" if there is only one.</param>
/// <param name="item">In a batched product, the expression that numbers the axes before the last row axis; otherwise null.</param>
internal sealed class ElementReader(KernelScope scope, Shape domain, int rowAxes, string row, string? item = null)
{
    readonly DomainReader addresses = new(scope, domain, rowAxes, row) { Item = item };

    /// <summary>The expression of a value.</summary>
    public string Read(Access access, string column)
    {
        var (node, view) = access;
        switch (node.Op)
        {
            case Op.Constant when node.Type == ElementType.Bool:
                return node.Attributes.Value != 0 ? "true" : "false";
            case Op.Constant:
                string literal = Literals.Float(node.Attributes.Value);
                return literal.StartsWith("-", System.StringComparison.Ordinal) ? $"({literal})" : literal;
            case Op.Size:
                return $"(float)({scope.Size(node.Attributes.Dim)})";
            case Op.Iota:
                string number = Place(view, column);
                return number.Contains(" ") ? $"(float)({number})" : $"(float){number}";
            case Op.Random:
                return $"DevicePhilox.Uniform({scope.RandomSeed()}, {scope.RandomStep()}, {scope.RandomStream(Literals.Integer(node.Attributes.Numbers[0]))}, (ulong)({Place(view, column)}))";
        }
        string value = $"{scope.Pointer(node)}[{Place(view, column)}]";
        return node.Type == ElementType.Bool ? $"({value} != 0f)"
            : KernelScope.IsInteger(node) ? $"(float){value}"
            : value;
    }

    /// <summary>The statement that stores a value.</summary>
    public string Store(Node node, View view, string column, string value) =>
        $"{scope.Pointer(node)}[{Place(view, column)}] = {IlgpuDialect.Stored(node, value)};";

    /// <summary>The statement that stores a value to a part that begins at an index known when the kernel runs.</summary>
    public string StoreFrom(string start, Node node, View view, string column, string value) =>
        $"{scope.Pointer(node)}[{start} + {Place(view, column)}] = {IlgpuDialect.Stored(node, value)};";

    /// <summary>The index of an element in the buffer that a view reads.</summary>
    public string Place(View view, string column)
    {
        string index = column.Contains(" ") ? $"({column})" : column;
        string place = Literals.Sum(addresses.RowPlace(view), scope.Times(index, addresses.ColumnStride(view)));
        return place.Length == 0 ? "0" : place;
    }
}
