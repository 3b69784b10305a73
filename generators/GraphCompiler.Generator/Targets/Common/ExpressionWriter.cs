using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// Writes the elementwise members of a kernel as local variables of a dialect, operands first. A product that is only added
/// to something becomes one multiply-add where the dialect has it.
/// </summary>
internal sealed class ExpressionWriter
{
    readonly KernelScope scope;
    readonly Dialect dialect;
    readonly HashSet<Node> fusedProducts = [];
    readonly Func<Node, Access[]> operandsOf;

    /// <param name="scope">The names of the method.</param>
    /// <param name="dialect">How operations are written.</param>
    /// <param name="members">The nodes that the kernel computes.</param>
    /// <param name="operandsOf">Their operands.</param>
    /// <param name="needed">Nodes whose values are wanted for themselves: stored, or reduced.</param>
    public ExpressionWriter(KernelScope scope, Dialect dialect, IEnumerable<Node> members, Func<Node, Access[]> operandsOf, IEnumerable<Node> needed)
    {
        this.scope = scope;
        this.dialect = dialect;
        this.operandsOf = operandsOf;
        if (!dialect.MultipliesAndAdds)
            return;
        var all = members.ToList();
        var wanted = new HashSet<Node>(needed);
        var uses = all.SelectMany(m => operandsOf(m).Select(a => (a.Base, User: m))).ToLookup(u => u.Base, u => u.User);
        foreach (var product in all.Where(m => m.Op == Op.Multiply && m.Type.IsFloat() && !m.Type.IsWide() && !wanted.Contains(m)))
        {
            var users = uses[product].ToList();
            if (users.Count == 1 && users[0].Op == Op.Add && !operandsOf(users[0]).Any(a => fusedProducts.Contains(a.Base)))
                fusedProducts.Add(product);
        }
    }

    /// <summary>Writes the node, and what it needs inside the kernel, unless that is in <paramref name="locals"/> already.</summary>
    /// <param name="read">The expression of an operand that the kernel does not compute here.</param>
    /// <param name="isInside">Whether an operand is computed here.</param>
    public string Write(SourceWriter writer, Node node, Dictionary<Node, string> locals, Func<Access, Expression> read, Func<Node, bool> isInside)
    {
        if (locals.TryGetValue(node, out string? known))
            return known;
        Expression Operand(Access access) => locals.TryGetValue(access.Base, out string? local) ? Expression.Primary(local)
            : isInside(access.Base) ? Expression.Primary(Write(writer, access.Base, locals, read, isInside))
            : read(access);

        // What a state becomes is its new value; where it goes, the store says.
        var first = operandsOf(node)[0];
        if (node.Kind == OpKind.Update && (locals.ContainsKey(first.Base) || isInside(first.Base)))
            return locals[node] = Operand(first);
        Expression expression = node.Kind == OpKind.Update ? Operand(first)
            : MultiplyAdd(node, locals, isInside, Operand) ?? dialect.Write(node, [.. operandsOf(node).Select(Operand)]);
        // An operation that has nothing to do, as a cast of what lanes hold already, needs no variable of its own.
        if (locals.TryGetValue(first.Base, out string? same) && expression.Text == same)
            return locals[node] = same;
        string name = scope.Unique(Literals.Camel(node.Op.ToString()));
        writer.Line($"{dialect.TypeOf(node)} {name} = {expression};");
        locals[node] = name;
        return name;
    }

    /// <summary>A sum of a product that nothing else needs; null where it is none, or the dialect has no such operation.</summary>
    Expression? MultiplyAdd(Node sum, Dictionary<Node, string> locals, Func<Node, bool> isInside, Func<Access, Expression> operand)
    {
        if (sum.Op != Op.Add || operandsOf(sum).FirstOrDefault(a => fusedProducts.Contains(a.Base) && isInside(a.Base) && !locals.ContainsKey(a.Base)) is not { Base: { } product })
        {
            return null;
        }
        var factors = operandsOf(product);
        return Expression.Primary(dialect.MultiplyAdd(operand(factors[0]), operand(factors[1]), operand(operandsOf(sum).First(a => a.Base != product))));
    }
}
