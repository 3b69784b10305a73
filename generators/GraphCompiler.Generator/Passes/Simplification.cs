using System;
using System.Collections.Generic;
using System.Threading;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

/// <summary>
/// Rewrites a graph to a cheaper one of the same values. A sweep builds the new graph from the operands up; each node,
/// its operands already simple, is tried against its operation's rules, and what a rule makes is simplified in turn,
/// until no rule applies. Equal nodes are one by construction. Rules that would compute something twice look at the
/// number of users, which only the next sweep knows for nodes made in this one: sweeps repeat until nothing changes.
/// One sweep visits each node once, so the time is linear in the graph.
///
/// What a rule may do, because it runs before differentiation as well as after:
/// <list type="bullet">
/// <item>values keep to the rounding of one operation; only the sign of a zero may change (x + 0 is x);</item>
/// <item>NaN and infinity stay: x·0 is 0 only where x is known to be finite, and x − x and x/x are left alone;</item>
/// <item>the derivative stays, also at kinks: max(x, 0) is not relu(x), whose derivative at 0 differs;</item>
/// <item>sums are not reordered, and a division becomes a product only where the divisor is a power of two.</item>
/// </list>
/// </summary>
internal static partial class Simplification
{
    /// <summary>A cheaper node of the same shape, type and values, or null.</summary>
    delegate Node? Rule(Simplifier simplifier, Graph graph, Node node);

    /// <summary>A bound on sweeps; real graphs need two or three.</summary>
    const int MaxSweeps = 16;

    static readonly Rule[][] Rules = CreateRules();

    public static Graph Run(Graph graph, CancellationToken cancellation = default)
    {
        for (int sweep = 0; sweep < MaxSweeps; sweep++)
        {
            var next = Rewriting.DropDead(new Simplifier(graph).Sweep(cancellation), cancellation);
            if (next.Equals(graph))
                break;
            graph = next;
        }
        return graph;
    }

    static Rule[][] CreateRules()
    {
        var rules = new List<Rule>[OpTable.All.Count];
        for (int op = 0; op < rules.Length; op++)
            rules[op] = [];
        void Add(Rule rule, params Op[] ops)
        {
            foreach (var op in ops)
                rules[(int)op].Add(rule);
        }
        foreach (var row in OpTable.All)
        {
            if (Computes(row))
                Add(FoldConstants, row.Op);
        }
        AddArithmeticRules(Add);
        AddReductionRules(Add);
        AddLayoutRules(Add);
        AddSliceRules(Add);
        AddMatMulRules(Add);
        foreach (var row in OpTable.All)
        {
            if (Computes(row))
                Add(ComputeBeforeBroadcast, row.Op);
        }
        return Array.ConvertAll(rules, list => list.ToArray());
    }

    /// <summary>Elementwise, but for the copy: that is made for the sake of its memory.</summary>
    static bool Computes(OpDefinition row) => row.Kind == OpKind.Elementwise && row.Op != Op.Copy;

    delegate void AddRule(Rule rule, params Op[] ops);

    /// <summary>One sweep: what each node became, and how often each is used.</summary>
    sealed class Simplifier(Graph source)
    {
        readonly Graph target = new();
        readonly List<Node?> settled = [];
        readonly List<int> uses = [];
        readonly int[] sourceUses = Rewriting.CountUses(source);

        public Graph Sweep(CancellationToken cancellation)
        {
            var built = Rewriting.Append(target, source, Simplify, cancellation);
            foreach (var output in source.Outputs)
                target.AddOutput(output.Name, built[output.Node.Id]!, output.Kind);
            return target;
        }

        /// <summary>Whether the node has one user; false where it is not yet known.</summary>
        public bool IsUsedOnce(Node node) => node.Id < uses.Count && uses[node.Id] == 1;

        Node Simplify(Graph graph, Node node, IReadOnlyList<Node> inputs)
        {
            var result = Resolve(graph.Rebuild(node, inputs));
            while (uses.Count <= result.Id)
                uses.Add(0);
            uses[result.Id] += sourceUses[node.Id];
            return result;
        }

        Node Resolve(Node node)
        {
            while (settled.Count <= node.Id)
                settled.Add(null);
            if (settled[node.Id] is { } known)
                return known;
            settled[node.Id] = node;
            var result = ResolveInputs(node);
            result = result == node ? ApplyRules(node) : Resolve(result);
            settled[node.Id] = result;
            return result;
        }

        Node ResolveInputs(Node node)
        {
            bool changed = false;
            var inputs = new Node[node.Inputs.Count];
            for (int i = 0; i < inputs.Length; i++)
            {
                inputs[i] = Resolve(node.Inputs[i]);
                changed |= inputs[i] != node.Inputs[i];
            }
            return changed ? target.Rebuild(node, inputs) : node;
        }

        Node ApplyRules(Node node)
        {
            foreach (var rule in Rules[(int)node.Op])
            {
                if (rule(this, target, node) is not { } simpler || simpler == node)
                    continue;
                if (simpler.Type != node.Type || !simpler.Shape.Equals(node.Shape))
                    throw new InvalidOperationException($"A simplification of {node} gave {simpler}.");
                return Resolve(simpler);
            }
            return node;
        }
    }
}
