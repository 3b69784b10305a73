using GraphCompiler.Generator.Frontend;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;
using Xunit;

namespace GraphCompiler.Generator.Tests.Frontend;

/// <summary>What a graph method makes of state: which version each read sees, and what is left at the end.</summary>
public sealed class StateTests
{
    static Model Accept(string members) => Reading.Accept(Reading.InClass(members));

    [Fact]
    public void States_are_named_by_their_paths_and_owned()
    {
        var model = Reading.Accept("""
            [Module] class Memory
            {
                readonly State mean = new([3], Init.Ones);
                readonly SessionState last = new([2, 3]);
                readonly SessionState idle = new([1000000]);
                public Tensor Forward(Tensor x) { Tensor y = x * mean + last; last.Set(y); return y; }
                public Tensor Never(Tensor x) { idle.Set(x); return idle; }
            }
            [Graph] partial class Net
            {
                readonly Memory[] memories = [new(), new()];
                [Name("count")] readonly State unread = new([]);
                public Tensor F([Shape(2, 3)] Tensor x) { foreach (var memory in memories) x = memory.Forward(x); return x; }
                public Tensor G([Shape(2, 3)] Tensor x) => x;
            }
            """);

        Assert.Equal(
            ["memories.0.mean of Model", "memories.0.last of Session", "memories.1.mean of Model", "memories.1.last of Session", "count of Model"],
            model.States.Select(s => $"{s.Name} of {s.Owner}"));
        Assert.Equal(1, model.States[0].Initialization.First);
        Assert.Equal([true, false], model.Methods.Select(m => m.UsesSession));
        Assert.Empty(model.Parameters);
    }

    /// <summary>A Tensor keeps the value that it was given; the state itself is always the last one.</summary>
    [Fact]
    public void Reads_see_the_value_of_their_time()
    {
        var graph = Accept("""
            readonly SessionState s = new([3]);
            public (Tensor A, Tensor B, Tensor C, Tensor D) F([Shape(3)] Tensor x)
            {
                Tensor first = s;
                s.Set(x);
                Tensor second = s;
                for (int i = 0; i < 2; i++)
                    s.Set(s + first);
                return (first, second, s, Read());
            }
            Tensor Read() => s;
            """).Methods[0].Graph;
        Node x = graph.Nodes.Single(n => n.Op == Op.Input), leaf = graph.Nodes.Single(n => n.Op == Op.State);

        Assert.Equal(leaf, graph.Outputs[0].Node);
        Assert.Equal(x, graph.Outputs[1].Node);
        Assert.Equal(graph.Outputs[3].Node, graph.Outputs[2].Node);
        var kept = graph.Outputs[4];
        Assert.Equal((OutputKind.State, "s", Op.Assign), (kept.Kind, kept.Name, kept.Node.Op));
        Assert.Equal([leaf, graph.Outputs[2].Node], kept.Node.Inputs);
        Assert.Empty(Verifier.Violations(graph));
    }

    [Fact]
    public void Writes_follow_each_other()
    {
        var graph = Accept("""
            readonly SessionState s = new([8, 3]);
            public Tensor F([Shape(2, 3)] Tensor x, [Shape] Tensor<int> at)
            {
                s.Write(x, at);
                s.Set(s + 1);
                s.Write(x, 6);
                return s;
            }
            """).Methods[0].Graph;

        Assert.Equal([Op.WriteAt, Op.Assign, Op.WriteAt, Op.State], Versions(graph.Outputs[1].Node).Select(n => n.Op));
        Assert.Equal(graph.Outputs[0].Node, graph.Outputs[1].Node);
        Assert.Empty(Verifier.Violations(graph));
    }

    static IEnumerable<Node> Versions(Node version)
    {
        for (; version.Kind == OpKind.Update; version = version.Inputs[0])
            yield return version;
        yield return version;
    }

    [Fact]
    public void State_that_is_only_read_is_not_written() => Assert.Single(Accept(
        "readonly SessionState s = new([3]); public Tensor F([Shape(3)] Tensor x) => s * x;").Methods[0].Graph.Outputs);

    /// <summary>Inference reads the model's state and writes nothing; training does both.</summary>
    [Fact]
    public void Training_alone_updates_the_models_state()
    {
        var graph = Accept("""
            readonly State mean = new([3]);
            readonly State rows = new([5, 3]);
            readonly Parameter weight = new([3]);
            [Objective] public Tensor F([Shape(1, 3)] Tensor x, [Shape] Tensor<int> at)
            {
                mean.Set(mean + Sum(x, 0));
                rows.Write(x, at);
                return Sum(weight * mean * rows);
            }
            """).Methods[0].Graph;

        var inference = Specialize.Run(graph, training: false);
        Assert.Single(inference.Outputs);
        Assert.DoesNotContain(inference.Nodes, n => n.Kind == OpKind.Update || n.Op is Op.WhenTraining or Op.Input);
        var training = Specialize.Run(graph, training: true);
        Assert.Equal(["result", "mean", "rows"], training.Outputs.Select(o => o.Name));
        Assert.Equal([Op.Assign, Op.WriteAt], training.Outputs.Skip(1).Select(o => o.Node.Op));
        Assert.Empty(Verifier.Violations(training));
        Assert.Equal(["result", "weight", "mean", "rows"], Differentiation.Run(training).Outputs.Select(o => o.Name));
    }
}
