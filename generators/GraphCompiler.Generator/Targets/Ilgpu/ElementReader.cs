using System.Collections.Generic;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>Reads and stores what a thread needs at row r and from column c on: a view becomes an index into its buffer.</summary>
/// <param name="scope">The names of the method.</param>
/// <param name="domain">The index space.</param>
/// <param name="rowAxes">How many of its axes number the rows.</param>
/// <param name="row">The expression of the row; "" if there is only one.</param>
/// <param name="item">In a batched product, the expression that numbers the axes before the last row axis; otherwise null.</param>
internal sealed class ElementReader(KernelScope scope, Shape domain, int rowAxes, string row, string? item = null)
{
    readonly ElementAddresses addresses = new(scope, domain, rowAxes, row, item);

    /// <summary>How many elements are read and stored at a time.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>The condition under which memory may be touched; null where all threads may.</summary>
    public string? Guard { get; init; }

    /// <summary>The expression of a value: one number where all columns have the same.</summary>
    public string Read(Access access, string column)
    {
        var (node, view) = access;
        Dim stride = addresses.ColumnStride(view);
        bool isOne = IsOne(access);
        switch (node.Op)
        {
            case Op.Constant when node.Type == ElementType.Bool:
                return node.Value != 0 ? "true" : "false";
            case Op.Constant:
                string literal = node.Type == ElementType.Int32 ? Literals.WrappedInteger(node.Value) : Literals.Float(node.Value);
                return literal.StartsWith("-", System.StringComparison.Ordinal) ? $"({literal})" : literal;
            case Op.Size:
                return $"{(node.Type == ElementType.Int32 ? "" : "(float)")}({scope.Size(node.Get<SizeAttributes>().Dim)})";
            case Op.Iota:
                string number = Place(view, column);
                return !isOne ? $"FourIntegers.Iota({number}, {scope.Size(stride)})" : number.Contains(" ") ? $"({number})" : number;
            case Op.Random:
                string state = $"{scope.RandomSeed()}, {scope.RandomStep()}, {scope.RandomStream(node.Get<RandomAttributes>().Stream)}";
                return $"DevicePhilox.Uniform({state}, (ulong)({Place(view, column)}){(isOne ? "" : ", " + scope.Size(stride))})";
        }
        string value = isOne ? ReadOne(node, view, column) : ReadFour(node, view, stride, column);
        return node.Type != ElementType.Bool ? value : isOne ? $"({value} != 0f)" : $"Four.NotEqual({value}, 0f)";
    }

    /// <summary>Whether all elements that a thread reads at a time are one.</summary>
    public bool IsOne(Access access) => Lanes == 1 || addresses.ColumnStride(access.View).Coefficient == 0;

    string ReadOne(Node node, View view, string column)
    {
        string value = $"{scope.Pointer(node)}[{Place(view, column)}]";
        return Guard is null ? value : $"({Guard} ? {value} : {(node.Type == ElementType.Int32 ? "0" : "0f")})";
    }

    string ReadFour(Node node, View view, Dim stride, string column)
    {
        string guard = Guard is null ? "" : ", " + Guard, place = $"{scope.Pointer(node)}, {Place(view, column)}";
        string four = ElementLanes.FourOf(node.Type);
        return stride.IsOne && ElementLanes.IsAligned(view, rowAxes)
            ? $"{four}.Load({place}{guard})"
            : $"{four}.LoadStrided({place}, {scope.Size(stride)}{guard})";
    }

    /// <summary>The type of a variable that holds what <see cref="Read"/> gives.</summary>
    public string TypeOf(Access access) =>
        ElementLanes.TypeOf(access.Base.Type, IsOne(access) ? 1 : Lanes);

    /// <summary>The statement that stores a value.</summary>
    public string Store(Node node, View view, string column, string value) => StoreTo(node, Place(view, column), value);

    /// <summary>The statement that stores a value to a part that begins at an index known when the kernel runs.</summary>
    public string StoreFrom(string start, Node node, View view, string column, string value) =>
        StoreTo(node, $"{start} + {Place(view, column)}", value);

    string StoreTo(Node node, string place, string value)
    {
        string stored = IlgpuDialect.Stored(node, value, Lanes);
        return Lanes > 1 ? $"{ElementLanes.FourOf(node.Type)}.Store({scope.Pointer(node)}, {place}, {stored});"
            : DeviceLibrary.FormatOf(node) != ElementType.Float32 ? $"{scope.Pointer(node)}.Store({place}, {stored});"
            : $"{scope.Pointer(node)}[{place}] = {stored};";
    }

    /// <summary>The index of an element in the buffer that a view reads.</summary>
    public string Place(View view, string column)
    {
        string index = column.Contains(" ") ? $"({column})" : column;
        string place = Literals.Sum(addresses.RowPlace(view), scope.Times(index, addresses.ColumnStride(view)));
        return place.Length == 0 ? "0" : place;
    }
}

/// <summary>What several members of a kernel read from the same place is read once, into a variable.</summary>
internal sealed class OperandValues
{
    readonly KernelScope scope;
    readonly Dictionary<Access, int> uses = [];
    readonly Dictionary<Access, string> names = [];

    public OperandValues(KernelScope scope, Kernel kernel)
    {
        this.scope = scope;
        foreach (var member in kernel.Members)
        {
            foreach (var access in kernel.OperandsOf(member))
                uses[access] = uses.TryGetValue(access, out int known) ? known + 1 : 1;
        }
    }

    /// <summary>The expression of an operand's value; where it is used again, the variable that it is read into.</summary>
    public string Read(SourceWriter writer, ElementReader reader, Access access, string column)
    {
        if (names.TryGetValue(access, out string? known))
            return known;
        string value = reader.Read(access, column);
        if (access.Base.Op is Op.Constant or Op.Size or Op.Iota || !uses.TryGetValue(access, out int count) || count == 1)
            return value;
        string name = scope.Unique(access.Base.Op == Op.Random ? "uniform" : scope.Pointer(access.Base).TrimStart('@') + "Value");
        writer.Line($"{reader.TypeOf(access)} {name} = {value};");
        return names[access] = name;
    }

    /// <summary>Forgets the variables: another pass begins.</summary>
    public void Clear() => names.Clear();
}
