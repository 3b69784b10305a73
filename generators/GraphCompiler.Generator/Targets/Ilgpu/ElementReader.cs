using System;
using System.Collections.Generic;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Ilgpu;

/// <summary>Reads and stores what a thread needs at row r and from column c on: a view becomes an index into its buffer.</summary>
/// <param name="scope">The names of the method.</param>
/// <param name="domain">The index space.</param>
/// <param name="rowAxes">How many of its axes number the rows.</param>
/// <param name="row">The variable of the row, or an element of one; "" if there is only one.</param>
/// <param name="item">In a batched product, the variable that numbers the axes before the last row axis; otherwise null.</param>
internal sealed class ElementReader(KernelScope scope, Shape domain, int rowAxes, string row, string? item = null)
{
    readonly ElementAddresses addresses = new(scope, domain, rowAxes, row, item);

    /// <summary>How many elements are read and stored at a time.</summary>
    public int Lanes { get; init; } = 1;

    /// <summary>The condition under which memory may be touched; null where all threads may.</summary>
    public string? Guard { get; init; }

    /// <summary>A value: one number where all columns have the same.</summary>
    /// <param name="access">What is read.</param>
    /// <param name="column">The variable of the first column, or its number.</param>
    public Expression Read(Access access, string column)
    {
        var (node, view) = access;
        Dim stride = addresses.ColumnStride(view);
        bool isOne = IsOne(access);
        switch (node.Op)
        {
            case Op.Constant when node.Type == ElementType.Bool:
                return Expression.Primary(node.Value != 0 ? "true" : "false");
            case Op.Constant:
                return Expression.Number(node.Value, node.Type);
            case Op.Size:
                var size = scope.SizeExpression(node.Get<SizeAttributes>().Dim);
                return node.Type.IsInteger() ? size : Expression.Convert("float", size);
            case Op.Iota:
                var number = Place(view, column);
                return isOne ? number : Expression.Primary($"FourIntegers.Iota({number}, {scope.Size(stride)})");
            case Op.Random:
                string state = $"{scope.RandomSeed()}, {scope.RandomStep()}, {scope.RandomStream(node.Get<RandomAttributes>().Stream)}";
                return Expression.Primary($"DevicePhilox.Uniform({state}, {Expression.Convert("ulong", Place(view, column))}{(isOne ? "" : ", " + scope.Size(stride))})");
        }
        return isOne ? ReadOne(node, view, column) : ReadFour(node, view, stride, column);
    }

    /// <summary>Whether all elements that a thread reads at a time are one.</summary>
    public bool IsOne(Access access) => Lanes == 1 || addresses.ColumnStride(access.View).Coefficient == 0;

    Expression ReadOne(Node node, View view, string column)
    {
        var value = Expression.Primary($"{scope.Pointer(node)}[{Place(view, column)}]");
        return Guard is null ? value
            : Expression.Choice(Expression.Primary(Guard), value, Expression.Primary(ElementLanes.Zero(node.Type)));
    }

    Expression ReadFour(Node node, View view, Dim stride, string column)
    {
        string guard = Guard is null ? "" : ", " + Guard, place = $"{scope.Pointer(node)}, {Place(view, column)}";
        string four = ElementLanes.FourOf(node.Type);
        return Expression.Primary(stride.IsOne && ElementLanes.IsAligned(view, rowAxes)
            ? $"{four}.Load({place}{guard})"
            : $"{four}.LoadStrided({place}, {scope.Size(stride)}{guard})");
    }

    /// <summary>The type of a variable that holds what <see cref="Read"/> gives.</summary>
    public string TypeOf(Access access) =>
        ElementLanes.TypeOf(access.Base.Type, IsOne(access) ? 1 : Lanes);

    /// <summary>The statement that stores a value.</summary>
    public string Store(Node node, View view, string column, Expression value) => StoreTo(node, Place(view, column), value);

    /// <summary>The statement that stores a value to a part that begins at an index known when the kernel runs.</summary>
    public string StoreFrom(string start, Node node, View view, string column, Expression value) =>
        StoreTo(node, $"{start} + {Place(view, column)}", value);

    string StoreTo(Node node, string place, Expression value)
    {
        return Lanes > 1 ? $"{ElementLanes.FourOf(node.Type)}.Store({scope.Pointer(node)}, {place}, {value});"
            : DeviceLibrary.HasView(node.Type) ? $"{scope.Pointer(node)}.Store({place}, {value});"
            : $"{scope.Pointer(node)}[{place}] = {value};";
    }

    /// <summary>The index of an element in the buffer that a view reads.</summary>
    public Expression Place(View view, string column)
    {
        var place = Expression.Sum(addresses.RowPlace(view), scope.Times(Expression.Primary(column), addresses.ColumnStride(view)));
        return place.IsNone ? Expression.Zero : place;
    }
}

/// <summary>What several members of a kernel read from the same place is read once, into a variable.</summary>
internal sealed class OperandValues
{
    readonly KernelScope scope;
    readonly Dictionary<Access, int> uses = [];
    readonly Dictionary<Access, string> names = [];

    readonly Func<Access, string?> nameOf;

    /// <param name="scope">The names of the method.</param>
    /// <param name="kernel">The kernel.</param>
    /// <param name="nameOf">What the variable of an operand is called, however often it is used; null where it needs none.</param>
    public OperandValues(KernelScope scope, Kernel kernel, Func<Access, string?>? nameOf = null)
    {
        this.scope = scope;
        this.nameOf = nameOf ?? (_ => null);
        foreach (var member in kernel.Members)
        {
            foreach (var access in kernel.OperandsOf(member))
                uses[access] = uses.TryGetValue(access, out int known) ? known + 1 : 1;
        }
    }

    /// <summary>The expression of an operand's value; where it is used again, the variable that it is read into.</summary>
    public Expression Read(SourceWriter writer, ElementReader reader, Access access, string column)
    {
        if (names.TryGetValue(access, out string? known))
            return Expression.Primary(known);
        var value = reader.Read(access, column);
        string? given = nameOf(access);
        if (given is null && (access.Base.Op is Op.Constant or Op.Size or Op.Iota || !uses.TryGetValue(access, out int count) || count == 1))
            return value;
        string name = scope.Unique(given ?? (access.Base.Op == Op.Random ? "uniform" : scope.Pointer(access.Base).TrimStart('@') + "Value"));
        writer.Line($"{reader.TypeOf(access)} {name} = {value};");
        return Expression.Primary(names[access] = name);
    }

    /// <summary>Forgets the variables: another pass begins.</summary>
    public void Clear() => names.Clear();
}
