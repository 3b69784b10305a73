using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>How many lanes an expression covers: all, or the first of them where a row ends.</summary>
/// <param name="Column">The expression of the first lane's column.</param>
/// <param name="Count">The expression of the number of lanes; null for all.</param>
internal readonly record struct Lanes(Expression Column, string? Count);

/// <summary>
/// Reads what a kernel's loops need at row r and column c. A view becomes a pointer to the row, moved once a row, and a
/// step along the columns: 1 is a vector load, 0 a value spread over the lanes, anything else a strided load.
/// </summary>
/// <param name="scope">The names of the method.</param>
/// <param name="domain">The index space.</param>
/// <param name="rowAxes">How many of its axes number the rows.</param>
/// <param name="row">The variable of the row, or an expression in parentheses; "" if there is only one.</param>
/// <param name="item">In a batched product, the variable that numbers the axes before the last row axis; otherwise null.</param>
internal sealed class DomainReader(KernelScope scope, Shape domain, int rowAxes, string row, string? item = null)
{
    readonly ElementAddresses addresses = new(scope, domain, rowAxes, row, item);
    /// <summary>Whether anything that was read or stored depends on the item of the batch.</summary>
    public bool UsesItem => addresses.UsesItem;

    /// <summary>What the variable of a value is called that all columns have; null where it has the name of what it is read from.</summary>
    public Func<Access, string?> NameOf { get; init; } = _ => null;

    readonly Dictionary<Access, Expression> rowPointers = [];
    readonly Dictionary<Access, string> splats = [];
    readonly Dictionary<Node, string> storePointers = [];

    /// <summary>Says where the memory begins that a value is stored to, if not where the value's own does.</summary>
    public void StoreAt(Node node, string pointer) => storePointers[node] = pointer;

    Expression StorePointer(Node node) => Expression.Primary(storePointers.TryGetValue(node, out string? pointer) ? pointer : scope.Pointer(node));

    /// <summary>Writes, before the loop over the rows, what no row changes.</summary>
    public void WriteInvariants(SourceWriter writer, IEnumerable<Access> accesses)
    {
        foreach (var access in accesses.Distinct().Where(a => !IsVirtual(a.Base) && !MovesWithRow(a)))
            Prepare(writer, access);
    }

    /// <summary>Writes, at the start of a row, the pointers and the values that the row decides.</summary>
    public void WriteRow(SourceWriter writer, IEnumerable<Access> accesses)
    {
        foreach (var access in accesses.Distinct().Where(a => !IsVirtual(a.Base) && MovesWithRow(a)))
            Prepare(writer, access);
    }

    void Prepare(SourceWriter writer, Access access)
    {
        string pointer = scope.Pointer(access.Base);
        var place = Place(access.View);
        if (ColumnStride(access.View).Coefficient == 0)
        {
            string splat = scope.Unique(NameOf(access) ?? pointer + "Value");
            splats[access] = splat;
            string value = place.IsNone ? $"*{pointer}" : $"{pointer}[{place}]";
            writer.Line($"var {splat} = {CpuTypes.Spread(access.Base, value)};");
        }
        else if (place.IsNone)
        {
            rowPointers[access] = Expression.Primary(pointer);
        }
        else
        {
            rowPointers[access] = Expression.Primary(scope.Unique(pointer + (MovesWithRow(access) ? "Row" : "Part")));
            writer.Line($"{CpuTypes.ElementOf(access.Base)}* {rowPointers[access]} = {Expression.Sum(Expression.Primary(pointer), place)};");
        }
    }

    /// <summary>The value at the lanes.</summary>
    public Expression Read(Access access, Lanes lanes)
    {
        if (IsVirtual(access.Base))
            return ReadVirtual(access, lanes);
        if (splats.TryGetValue(access, out string? splat))
            return Expression.Primary(splat);
        var stride = ColumnStride(access.View);
        string address = Expression.Sum(rowPointers[access], scope.Times(lanes.Column, stride));
        return Expression.Primary(CpuTypes.Load(access.Base, address, stride.IsOne ? null : scope.Size(stride), lanes.Count));
    }

    /// <summary>As <see cref="Read"/>, with the whole address in the expression: for operator structs, which have no loops.</summary>
    public Expression ReadDirect(Access access, Lanes lanes)
    {
        if (IsVirtual(access.Base))
            return ReadVirtual(access, lanes);
        string pointer = scope.Pointer(access.Base);
        var place = Place(access.View);
        if (ColumnStride(access.View).Coefficient == 0)
            return Expression.Primary(CpuTypes.Spread(access.Base, place.IsNone ? $"*{pointer}" : $"{pointer}[{place}]"));
        rowPointers[access] = Expression.Sum(Expression.Primary(pointer), place);
        return Read(access, lanes);
    }

    /// <summary>Where the lanes of a value lie; null where they are not neighbours, or the same for all rows.</summary>
    public string? AddressDirect(Access access, Lanes lanes) =>
        IsVirtual(access.Base) || !MovesWithRow(access) || !ColumnStride(access.View).IsOne
            ? null
            : Expression.Sum(Expression.Primary(scope.Pointer(access.Base)), Place(access.View), lanes.Column);

    public void WriteStoreDirect(SourceWriter writer, Node node, View view, string value, Lanes lanes)
    {
        var place = new Access(node, view);
        rowPointers[place] = Expression.Sum(Expression.Primary(scope.Pointer(node)), Place(view));
        WriteStore(writer, node, place, value, lanes);
    }

    /// <summary>Writes, at the start of a row, where its stored values go.</summary>
    public void WriteStoreRows(SourceWriter writer, IEnumerable<Access> stores)
    {
        foreach (var store in stores)
        {
            var place = Place(store.View);
            if (place.IsNone)
                continue;
            rowPointers[store] = Expression.Primary(scope.Unique(scope.Pointer(store.Base) + "Row"));
            writer.Line($"{CpuTypes.ElementOf(store.Base)}* {rowPointers[store]} = {Expression.Sum(StorePointer(store.Base), place)};");
        }
    }

    /// <summary>Stores a value at the lanes.</summary>
    public void WriteStore(SourceWriter writer, Node node, Access place, string value, Lanes lanes)
    {
        var row = rowPointers.TryGetValue(place, out var known) ? known : StorePointer(node);
        string address = Expression.Sum(row, scope.Times(lanes.Column, ColumnStride(place.View)));
        writer.Line(CpuTypes.Store(node, address, lanes.Count, value));
    }

    /// <summary>Where a row of a stored value begins; for a value of the row, where it goes.</summary>
    public string RowAddress(Access place) => rowPointers.TryGetValue(place, out var known) ? known : scope.Pointer(place.Base);

    static bool IsVirtual(Node node) => LayoutResolution.IsVirtual(node);

    bool MovesWithRow(Access access) => addresses.MoveWithRow(access.View);

    public Dim ColumnStride(View view) => addresses.ColumnStride(view);

    /// <summary>The offset of a row's first element.</summary>
    Expression Place(View view) => addresses.RowPlace(view);

    Expression ReadVirtual(Access access, Lanes lanes)
    {
        var (node, view) = access;
        switch (node.Op)
        {
            case Op.Constant when node.Type == ElementType.Bool:
                return Expression.Primary(node.Value != 0 ? "V.Equal(V.Zero, V.Zero)" : "V.Zero");
            case Op.Constant:
                return Expression.Primary(node.Value == 0 ? CpuTypes.LanesOf(node.Type) + ".Zero"
                    : CpuTypes.Splat(node, Expression.Number(node.Value, node.Type).Text));
            case Op.Size:
                return Expression.Primary(CpuTypes.Splat(node, scope.Size(node.Get<SizeAttributes>().Dim)));
        }
        var stride = ColumnStride(view);
        var place = Expression.Sum(Place(view), scope.Times(lanes.Column, stride));
        if (place.IsNone)
            place = Expression.Zero;
        return Expression.Primary(node.Op == Op.Random ? ReadRandom(node, stride, place)
            : stride.Coefficient == 0 ? CpuTypes.Splat(node, place)
            : stride.IsOne ? $"V.IotaBits({place})"
            : $"V.AddBits(V.MultiplyBits(V.IotaBits(0), V.SplatBits({scope.Size(stride)})), V.SplatBits({place}))");
    }

    string ReadRandom(Node node, Dim stride, Expression place)
    {
        string state = $"{scope.RandomSeed()}, {scope.RandomStep()}, {scope.RandomStream(node.Get<RandomAttributes>().Stream)}, {Expression.Convert("ulong", place)}";
        return stride.IsOne ? $"Philox.Uniform<V>({state})"
            : stride.Coefficient == 0 ? $"V.Splat(Philox.Uniform({state}))"
            : $"Philox.UniformStrided<V>({state}, {scope.Size(stride)})";
    }
}
