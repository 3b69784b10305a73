using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Passes;

// What is not chosen gets no gradient, whatever the slopes on the way to it. A rule that multiplies the 0 of a branch not taken
// by an infinite slope gives NaN: √x at 0 under Select(x > 0, √x, 0). So the walk knows which gradients come through a choice,
// and there a product with a slope that may be infinite is 0 where the gradient is 0. Gradients that are 0 for another reason,
// as under a mask that is multiplied, are multiplied as they are (PyTorch's choice), and nothing is added to models
// in which no choice meets such a slope.
//
//   Select, whatever lies under it:  every factor that is not surely finite; operations on rows and matrices see zeros in place
//                                    of the rows that get no gradient.
//   Clamp and what is written like it, Relu, Maximum, Minimum, Max, Min, slices, lookups:  elementwise operations at their poles alone, so that
//                                    layers before an activation cost nothing.
internal static partial class Differentiation
{
    /// <summary>One side of a choice through which a gradient comes.</summary>
    /// <param name="Choice">What chooses: a condition, or the operation.</param>
    /// <param name="Side">Which side, 0 or 1; others have no counterpart.</param>
    /// <param name="Outer">The side through which the gradient of the choice itself came.</param>
    /// <param name="From">The doubt about a slope from which on it is guarded.</param>
    sealed record Branch(Node Choice, int Side, Branch? Outer, Doubt From)
    {
        public bool IsSame(Branch other) => Choice == other.Choice && Side == other.Side && ReferenceEquals(Outer, other.Outer);

        /// <summary>Whether the two are all that the choice can take: what both lead to gets its gradient in any case.</summary>
        public bool IsOther(Branch other) => Choice == other.Choice && Side == 1 - other.Side && ReferenceEquals(Outer, other.Outer);
    }

    /// <summary>The choices through which the gradient of every node comes.</summary>
    sealed class Choices(Graph graph)
    {
        readonly Dictionary<int, (List<Branch> Open, List<Branch> Closed)> branches = [];
        readonly Finiteness finiteness = new(graph);

        /// <summary>The choices that a node's gradient has come through as one; null where there is none.</summary>
        public Branch? Of(Node node)
        {
            if (!branches.TryGetValue(node.Id, out var found) || found.Open.Count == 0)
                return null;
            return found.Open.Count == 1 ? found.Open[0] : new Branch(node, -1, null, found.Open.Min(b => b.From));
        }

        /// <summary>Takes note that a contribution to a node comes through a branch.</summary>
        public void Add(Node node, Branch? branch)
        {
            if (branch is null)
                return;
            if (!branches.TryGetValue(node.Id, out var found))
                branches.Add(node.Id, found = ([], []));
            if (found.Closed.Any(c => c.IsSame(branch) || c.IsOther(branch)))
            {
                Add(node, branch.Outer);
            }
            else if (found.Open.FirstOrDefault(branch.IsOther) is { } other)
            {
                found.Open.Remove(other);
                found.Closed.Add(other);
                Add(node, branch.Outer);
            }
            else if (!found.Open.Any(branch.IsSame))
            {
                found.Open.Add(branch);
            }
        }

        /// <summary>The choices through which a node's operand gets its gradient, given the node's own.</summary>
        public static Branch? Into(Node node, int operand, Branch? outer)
        {
            switch (node.Op.Info().Choice)
            {
                case ChoiceRule.Condition:
                    Node condition = node.Inputs[0];
                    bool isNegated = condition.Op == Op.Not;
                    return new Branch(
                        isNegated ? condition.Inputs[0] : condition, (operand == 1) == isNegated ? 1 : 0, outer,
                        IsBound(node) ? Doubt.Singular : Doubt.Overflow).Under(outer);
                case ChoiceRule.Operands:
                    return new Branch(node, operand, outer, Doubt.Singular).Under(outer);
                case ChoiceRule.Elements:
                    return new Branch(node, -1, outer, Doubt.Singular).Under(outer);
                default:
                    return outer;
            }
        }

        /// <summary>x or a constant, by a comparison of x: a clamp, or an activation written out.</summary>
        static bool IsBound(Node select) => select.Inputs[0].Inputs.Count == 2
            && select.Inputs.Skip(1).Any(i => i.Op == Op.Constant)
            && select.Inputs.Skip(1).Any(i => select.Inputs[0].Inputs.Contains(i) && i.Op != Op.Constant);

        /// <summary>The contributions of a node, 0 where its gradient is 0 because something else was chosen.</summary>
        public Node?[] Contributions(GradientRule rule, Node node, Node gradient, Branch? branch)
        {
            if (branch is null)
                return rule(graph, node, gradient);
            var definition = node.Op.Info();
            if (definition.IsOfElements)
                return Guarded(rule(graph, node, gradient), node, gradient, branch);
            bool seesZeros = definition.LiveRows is not null && branch.From < Doubt.Singular
                && (definition.DoubtOfRows is { } doubt ? doubt(finiteness, node) : node.Inputs.Max(finiteness.Of)) >= Doubt.Given;
            return rule(graph, seesZeros ? OnLiveRows(graph, node, gradient) : node, gradient);
        }

        Node?[] Guarded(Node?[] contributions, Node node, Node gradient, Branch branch)
        {
            Node? isLive = null;
            for (int i = 0; i < contributions.Length; i++)
            {
                if (contributions[i] is { } contribution && finiteness.OfSlope(node, i) is not Doubt.None and var doubt && doubt >= branch.From)
                {
                    isLive ??= graph.Binary(Op.NotEqual, gradient, graph.Zero(gradient.Type));
                    contributions[i] = graph.Select(isLive, contribution, graph.Zero(contribution.Type));
                }
            }
            return contributions;
        }
    }

    /// <summary>The branch, guarded from no higher a doubt than the one around it.</summary>
    static Branch Under(this Branch branch, Branch? outer) => outer is { } around && around.From < branch.From ? branch with { From = around.From } : branch;

    /// <summary>
    /// An operation on rows or matrices with other numbers in place of the rows that get no gradient: its gradients are the same where
    /// there is one, and finite elsewhere.
    /// </summary>
    static Node OnLiveRows(Graph graph, Node node, Node gradient)
    {
        var isLive = graph.Cast(graph.Binary(Op.NotEqual, gradient, graph.Constant(0)), ElementType.Float32);
        return graph.Rebuild(node, node.Op.Info().LiveRows!(graph, node, isLive));
    }
}
