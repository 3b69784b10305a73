using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// The names of one kernel method. Parameters get the name of their role ("weight", "pixels", "relu"), not of their
/// place in the model, so that equal layers give equal texts and share one method.
/// </summary>
/// <param name="results">The values that the kernel stores.</param>
/// <param name="reserved">Words that the target's templates write.</param>
internal sealed class KernelScope(IReadOnlyCollection<Node> results, IReadOnlyCollection<string> reserved)
{
    /// <summary>Names declared in blocks that are closed: free in the next block, but not around them.</summary>
    HashSet<string> closed = [];

    HashSet<string> taken = [.. reserved];
    readonly Dictionary<Node, string> pointers = [];
    readonly Dictionary<Node, string> nodeLocals = [];
    readonly List<KernelParameter> parameters = [];

    public IReadOnlyList<KernelParameter> Parameters => parameters;

    /// <summary>A name like the wanted one that nothing else has.</summary>
    public string Unique(string wanted)
    {
        string name = Literals.Identifier(wanted);
        for (int i = 2; closed.Contains(name) || !taken.Add(name); i++)
            name = Literals.Identifier(wanted) + Literals.Integer(i);
        return name;
    }

    /// <summary>A local variable that belongs to a node, the same name whenever asked for.</summary>
    public string LocalOf(Node node, string wanted)
    {
        if (!nodeLocals.TryGetValue(node, out string? name))
            nodeLocals[node] = name = Unique(wanted);
        return name;
    }

    /// <summary>Opens a block: names declared from here on are free for later blocks when the result is disposed.</summary>
    public Locals Nested()
    {
        var locals = new Locals(this, [.. taken], closed);
        closed = [];
        return locals;
    }

    internal readonly struct Locals(KernelScope scope, HashSet<string> taken, HashSet<string> closed) : IDisposable
    {
        public void Dispose()
        {
            closed.UnionWith(scope.closed);
            closed.UnionWith(scope.taken.Except(taken));
            taken.UnionWith(scope.parameters.Select(p => p.Name));
            scope.taken = taken;
            scope.closed = closed;
        }
    }

    /// <summary>The pointer to the memory of a value.</summary>
    public string Pointer(Node node)
    {
        if (!pointers.TryGetValue(node, out string? name))
        {
            pointers[node] = name = Unique(EmittedNames.OfUsers(RoleOf(node)));
            parameters.Add(new BufferParameter(name, node));
        }
        return name;
    }

    /// <summary>The pointer to integers by which a kernel addresses memory: nothing else is in range for certain.</summary>
    public string Indices(Node node) => node.Op == Op.Index
        ? Pointer(node)
        : throw new InvalidOperationException($"A kernel would address memory by {node}, which nothing has checked.");

    /// <summary>A dimension's size, with the parameters that its names need.</summary>
    public string Size(Dim dim) => Literals.Size(dim, DimensionName);

    /// <summary>As <see cref="Size"/>, as a factor of a product, or a divisor.</summary>
    public string Factor(Dim dim) => Literals.Factor(dim, DimensionName);

    /// <summary>As <see cref="Size"/>, as a part of a larger expression.</summary>
    public Expression SizeExpression(Dim dim) => Expression.Size(dim, DimensionName);

    /// <summary>A product of an index and a stride: "r", "r * 16", none for a stride of 0.</summary>
    public Expression Times(Expression index, Dim stride) => index.Times(stride, Size);

    string DimensionName(string dimension) =>
        NameOf<DimensionParameter>(p => p.Dimension == dimension, EmittedNames.OfUsers(dimension), name => new DimensionParameter(name, dimension));

    /// <summary>The memory that the kernel is given to work in.</summary>
    public string Workspace() => NameOf<WorkspaceParameter>(_ => true, "workspace", name => new WorkspaceParameter(name));

    public string RandomSeed() => NameOf<RandomSeedParameter>(_ => true, "randomSeed", name => new RandomSeedParameter(name));

    public string RandomStep() => NameOf<RandomStepParameter>(_ => true, "randomStep", name => new RandomStepParameter(name));

    /// <summary>A stream of random numbers: a parameter, so that layers which differ in nothing else share a method.</summary>
    public string RandomStream(int stream) => NameOf<RandomStreamParameter>(p => p.Stream == stream, "stream", name => new RandomStreamParameter(name, stream));

    /// <summary>A number that differs from launch to launch of one method.</summary>
    public string Number(string wanted, long number) =>
        NameOf<LaunchNumberParameter>(p => p.Number == number, wanted, name => new LaunchNumberParameter(name, number));

    /// <summary>The name here of what another method of the same kernel has as a parameter.</summary>
    public string NameOf(KernelParameter parameter) => parameter switch
    {
        BufferParameter buffer => Pointer(buffer.Node),
        DimensionParameter dimension => DimensionName(dimension.Dimension),
        RandomStreamParameter stream => RandomStream(stream.Stream),
        RandomSeedParameter => RandomSeed(),
        RandomStepParameter => RandomStep(),
        WorkspaceParameter => Workspace(),
        LaunchNumberParameter number => Number(number.Name, number.Number),
        _ => throw new InvalidOperationException($"{parameter} is no parameter of a kernel."),
    };

    string NameOf<TParameter>(Func<TParameter, bool> isSame, string wanted, Func<string, TParameter> create)
        where TParameter : KernelParameter
    {
        if (parameters.OfType<TParameter>().FirstOrDefault(isSame) is { } known)
            return known.Name;
        string name = Unique(wanted);
        parameters.Add(create(name));
        return name;
    }

    /// <summary>
    /// What a value is to the kernel. Which kernel computed an operand is not said: the last layer's cotangent comes from
    /// another place than those of the others, which read it all the same.
    /// </summary>
    string RoleOf(Node node)
    {
        if (node.Op == Op.AttentionGradient)
            return Literals.Camel(node.Get<AttentionGradientAttributes>().Operand.ToString()) + "Gradient";
        if (node.Op == Op.AttentionLogSumExp)
            return "logSumExp";
        if (results.Contains(node))
            return results.Count == 1 ? "result" : Literals.Camel(node.Op.ToString()) + "Result";
        if (node.Op == Op.Index)
            return node.Inputs[0].Op == Op.Input ? RoleOf(node.Inputs[0]) : "indices";
        if (node.Op is not (Op.Parameter or Op.State or Op.Input or Op.LossScale or Op.ConstantArray))
            return "operand";
        string name = node.Name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        string last = name.Substring(name.LastIndexOf('.') + 1);
        return last.Length == 0 ? "element" : last;
    }
}
