using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Passes.Fusion;
using GraphCompiler.Generator.Targets.Common;

namespace GraphCompiler.Generator.Targets.Cpu;

/// <summary>
/// Writes the elementwise members of a kernel as local variables, operands first. A product that is only added to
/// something becomes one fused multiply-add.
/// </summary>
internal sealed class ExpressionWriter
{
    readonly KernelScope scope;
    readonly HashSet<Node> fusedProducts = [];
    readonly Func<Node, Access[]> operandsOf;

    /// <param name="scope">The names of the method.</param>
    /// <param name="members">The nodes that the kernel computes.</param>
    /// <param name="operandsOf">Their operands.</param>
    /// <param name="needed">Nodes whose values are wanted for themselves: stored, or reduced.</param>
    public ExpressionWriter(KernelScope scope, IEnumerable<Node> members, Func<Node, Access[]> operandsOf, IEnumerable<Node> needed)
    {
        this.scope = scope;
        this.operandsOf = operandsOf;
        var all = members.ToList();
        var wanted = new HashSet<Node>(needed);
        var uses = all.SelectMany(m => operandsOf(m).Select(a => (a.Base, User: m))).ToLookup(u => u.Base, u => u.User);
        foreach (var product in all.Where(m => m.Op == Op.Multiply && m.Type.IsFloat() && !wanted.Contains(m)))
        {
            var users = uses[product].ToList();
            if (users.Count == 1 && users[0].Op == Op.Add && !operandsOf(users[0]).Any(a => fusedProducts.Contains(a.Base)))
                fusedProducts.Add(product);
        }
    }

    /// <summary>Writes the node, and what it needs inside the kernel, unless that is in <paramref name="locals"/> already.</summary>
    /// <param name="read">The expression of an operand that the kernel does not compute here.</param>
    /// <param name="isInside">Whether an operand is computed here.</param>
    public string Write(SourceWriter writer, Node node, Dictionary<Node, string> locals, Func<Access, string> read, Func<Node, bool> isInside)
    {
        if (locals.TryGetValue(node, out string? known))
            return known;
        string Operand(Access access) => isInside(access.Base) ? Write(writer, access.Base, locals, read, isInside) : read(access);

        string expression;
        if (node.Kind == OpKind.Update)
        {
            expression = Operand(operandsOf(node)[0]);
        }
        else if (node.Op == Op.Add && operandsOf(node).FirstOrDefault(a => fusedProducts.Contains(a.Base) && isInside(a.Base) && !locals.ContainsKey(a.Base)) is { Base: { } product })
        {
            var addend = operandsOf(node).First(a => a.Base != product);
            var factors = operandsOf(product);
            expression = $"V.FusedMultiplyAdd({Operand(factors[0])}, {Operand(factors[1])}, {Operand(addend)})";
        }
        else
        {
            expression = CpuDialect.Expression(node, [.. operandsOf(node).Select(Operand)]);
        }
        string name = scope.Unique(Literals.Camel(node.Op.ToString()));
        writer.Line($"var {name} = {expression};");
        locals[node] = name;
        return name;
    }
}
