using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes.Fusion;

/// <summary>The loop structures that the targets know how to emit.</summary>
internal enum KernelKind
{
    /// <summary>Elementwise over a domain.</summary>
    Map,

    /// <summary>A chain of maps and reductions over the columns, one row at a time: a row stays in the cache.</summary>
    Row,

    /// <summary>A reduction over rows, one result a column, with a map before it.</summary>
    Column,

    /// <summary>A matrix product with a map on its operands (prologue) and on its result (epilogue).</summary>
    MatMul,

    /// <summary>A zeroed table to which rows are added in order.</summary>
    Scatter,

    /// <summary>A linear map, the cross-entropy of its results, and their gradients, some rows at a time.</summary>
    LinearCrossEntropy,

    /// <summary>A tensor put together from parts, zero elsewhere: concatenation and padding.</summary>
    Assemble,

    /// <summary>Attention with the logarithms of its sums, over the axes of the query.</summary>
    Attention,

    /// <summary>The gradients of an attention's operands, over the axes of the query.</summary>
    AttentionGradient,
}

/// <summary>How often a kernel computes a value: for each element of the domain, or once a row.</summary>
internal enum Level
{
    Element,
    Row,
}

/// <summary>A map that a matrix product computes while it packs one operand, over that operand's stored shape.</summary>
internal sealed record Prologue(Shape Domain, IReadOnlyList<Node> Members, IReadOnlyDictionary<Node, Access[]> Operands, Node Result)
{
    /// <summary>Where that lies which is rounded and nothing else; null where more is computed.</summary>
    public Access? Rounded => Members.Count == 1 && Result.Op == Op.Cast && Result.Type.IsFloat() && Result.Inputs[0].Type == ElementType.Float32 ? Operands[Result][0] : null;
}

/// <summary>Nodes that are computed together in one pass over one domain.</summary>
internal sealed class Kernel(int id, KernelKind kind, Shape domain, int rowAxes)
{
    readonly SortedDictionary<int, Node> members = [];
    readonly Dictionary<Node, Level> levels = [];
    readonly Dictionary<Node, Access[]> operands = [];

    public int Id { get; } = id;

    public KernelKind Kind { get; set; } = kind;

    /// <summary>The index space: for a matrix product that of its result, for a reduction that of its operand.</summary>
    public Shape Domain { get; private set; } = domain;

    /// <summary>How many leading axes of the domain number the rows; −1 while nothing decides it.</summary>
    public int RowAxes { get; set; } = rowAxes;

    /// <summary>In a column reduction, the first of the reduced axes; they end where the columns begin.</summary>
    public int FirstReducedAxis { get; set; }

    public int Count => members.Count;

    /// <summary>The nodes in the order they are computed.</summary>
    public IEnumerable<Node> Members => members.Values;

    /// <summary>Members whose values are stored, because another kernel or the caller reads them.</summary>
    public List<Node> Stores { get; } = [];

    /// <summary>Whether the kernel overwrites state: it then stays a map, whose elements are read before they are written.</summary>
    public bool UpdatesState => Members.Any(m => m.Kind == OpKind.Update);

    /// <summary>Maps computed while packing the left and the right operand of a matrix product or of a linear map with cross-entropy; null where there is none.</summary>
    public Prologue?[] Prologues { get; } = new Prologue?[2];

    /// <summary>Kernels that must run earlier.</summary>
    public HashSet<Kernel> Before { get; } = [];

    /// <summary>Kernels that must run later.</summary>
    public HashSet<Kernel> After { get; } = [];

    /// <summary>The length of the longest chain of kernels before this one: what lies no deeper cannot depend on it.</summary>
    public int Depth { get; set; }

    public Shape RowShape => new(Domain.Take(RowAxes));

    public Shape ShapeOf(Level level) => level == Level.Element ? Domain : RowShape;

    public bool Contains(Node node) => levels.ContainsKey(node);

    public Level LevelOf(Node node) => levels[node];

    public Level? LevelInside(Node node) => levels.TryGetValue(node, out var level) ? level : null;

    /// <summary>The operands of a member, viewed over the shape of the member's level.</summary>
    public Access[] OperandsOf(Node node) => operands[node];

    public void Add(Node node, Level level, Access[] views)
    {
        members[node.Id] = node;
        levels[node] = level;
        operands[node] = views;
    }

    /// <summary>Everything the kernel reads that it does not compute.</summary>
    public IEnumerable<Access> Reads() => Members
        .SelectMany(member => operands[member])
        .Where(access => !Contains(access.Base) && !Prologues.Any(p => p?.Result == access.Base))
        .Concat(Prologues.Where(p => p is not null).SelectMany(p => p!.Members.SelectMany(m => p.Operands[m]).Where(a => !p.Operands.ContainsKey(a.Base))))
        .Distinct();

    /// <summary>Describes the same elements under another shape of the domain; false, and nothing changed, where a view cannot.</summary>
    public bool TryChangeDomain(Shape shape)
    {
        if (shape.Equals(Domain))
            return true;
        if (RowAxes >= 0 || Kind != KernelKind.Map)
            return false;
        var changed = new Dictionary<Node, Access[]>();
        foreach (var member in Members)
        {
            var views = operands[member].Select(a => (a.Base, View: a.View.TryReshape(shape))).ToArray();
            if (views.Any(v => v.View is null))
                return false;
            changed[member] = [.. views.Select(v => new Access(v.Base, v.View!))];
        }
        foreach (var pair in changed)
            operands[pair.Key] = pair.Value;
        Domain = shape;
        return true;
    }

    /// <summary>Drops members that no stored value is computed from; whether there were any.</summary>
    public bool KeepWhatStoresNeed()
    {
        var needed = new HashSet<Node>();
        var pending = new Stack<Node>(Stores);
        while (pending.Count > 0)
        {
            var node = pending.Pop();
            if (!Contains(node) || !needed.Add(node))
                continue;
            foreach (var operand in operands[node])
                pending.Push(operand.Base);
        }
        var dead = Members.Where(m => !needed.Contains(m)).ToList();
        foreach (var node in dead)
        {
            members.Remove(node.Id);
            levels.Remove(node);
            operands.Remove(node);
        }
        return dead.Count > 0;
    }

    public override string ToString() => $"{Kind} {Domain}" + (RowAxes >= 0 ? $" rows {RowShape}" : "") + ": "
        + string.Join(", ", Members.Select(m => $"%{m.Id} {m.Op}")) + " stores " + string.Join(", ", Stores.Select(s => "%" + s.Id));
}
