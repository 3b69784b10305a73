using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Tests.Graphs;
using Xunit;

namespace GraphCompiler.Generator.Tests.Targets;

/// <summary>Attention of random shapes, masks and head layouts, emitted and run, forward and backward, against the dense formula.</summary>
public class AttentionEmissionTests
{
    const int Seeds = 200, SeedsInBlock = 50;

    /// <summary>What the dense formula has time for, in multiply-adds of one product.</summary>
    const int LargestWork = 500_000;

    /// <summary>
    /// A query that sees one key has no gradient there, exactly; computed, it is the difference of two sums over a head.
    /// </summary>
    const double ScaleOfSums = 0.5;

    public static TheoryData<int> Blocks => [.. Enumerable.Range(0, Seeds / SeedsInBlock).Select(block => block * SeedsInBlock)];

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Forward_and_backward_agree(int first) => EmissionCheck.Gradients(
        [.. Enumerable.Range(first, SeedsInBlock).Select(seed => new RandomAttention(seed)).Select(a => (a.Name, a.Graph, a.Bindings))], ScaleOfSums, sumCancels: true);

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void The_log_sum_exp_is_computed_where_nothing_wants_the_result(int queryLength)
    {
        var sketch = new GraphSketch(queryLength);
        Node query = sketch.Parameter(new Shape([2, queryLength, 4, 3])), key = sketch.Parameter(new Shape([2, 20, 2, 3]));
        var sums = sketch.Graph.AttentionLogSumExp(query, key, sketch.Parameter(key.Shape), new AttentionForm { Scale = 0.5 });
        sketch.Graph.AddOutput("sums", sums);

        EmissionCheck.Results([("sums", sketch.Graph, sketch.Bindings)]);
    }

    [Fact]
    public void The_seeds_meet_every_form()
    {
        var forms = Enumerable.Range(0, Seeds)
            .SelectMany(seed => new RandomAttention(seed).Graph.Nodes)
            .Where(n => n.Op == Op.Attention).Select(n => (Node: n, Form: n.Get<AttentionAttributes>().Form)).ToList();

        Assert.Equal(Seeds, forms.Count);
        foreach (var (what, holds) in new (string, Func<AttentionForm, bool>)[]
        {
            ("causal", f => f.IsCausal && f.Window == 0), ("window", f => !f.IsCausal && f.Window > 0), ("causal window", f => f.IsCausal && f.Window > 0),
            ("mask", f => f.HasKeyMask), ("count", f => f.HasKeyCount), ("both", f => f.HasKeyMask && f.HasKeyCount), ("dropout", f => f.Dropout > 0),
        })
        {
            Assert.True(forms.Count(f => holds(f.Form)) >= 5, what);
        }
        Assert.True(forms.Count(f => SizesOf(f.Node).Heads != SizesOf(f.Node).KeyHeads) >= 20, "shared keys");
        Assert.True(forms.Count(f => SizesOf(f.Node).QueryLength != SizesOf(f.Node).KeyLength) >= 20, "lengths that differ");
        Assert.True(forms.Count(f => f.Node.Shape.Any(d => !d.IsConstant)) >= 20, "named lengths");
    }

    static AttentionSizes SizesOf(Node attention) => new(attention.Inputs[0].Shape, attention.Inputs[1].Shape);

    internal sealed class RandomAttention
    {
        readonly GraphSketch sketch;
        readonly Random random;
        readonly Dim queryLength, keyLength;
        readonly Dim[] batch;
        readonly int heads, keyHeads, headSize;

        public RandomAttention(int seed)
        {
            Name = $"seed {seed}";
            sketch = new GraphSketch(seed);
            random = new Random(seed);
            int[] sizes;
            do
            {
                batch = [.. Enumerable.Range(0, random.Next(3)).Select(_ => (Dim)random.Next(1, 4))];
                keyHeads = random.Next(1, 4);
                heads = keyHeads * random.Next(1, 4);
                headSize = random.Next(4) == 0 ? Pick(16, 32, 64, 128) : random.Next(1, 40);
                sizes = [Length(), Length()];
            }
            while (batch.Aggregate(heads * headSize * sizes[0] * sizes[1], (product, size) => product * size.Value) > LargestWork);
            bool sameLength = random.Next(2) == 0;
            queryLength = random.Next(3) == 0 && sizes[0] <= 8 ? sketch.Named("time", sizes[0]) : sizes[0];
            keyLength = sameLength ? queryLength : sizes[1];
            Graph = Build();
        }

        public string Name { get; }

        public Graph Graph { get; }

        public Bindings Bindings => sketch.Bindings;

        int Pick(params int[] choices) => choices[random.Next(choices.Length)];

        int Length() => random.Next(4) switch
        {
            0 => random.Next(1, 9),
            1 => Pick(16, 32, 64, 128),
            _ => random.Next(1, 80),
        };

        Graph Build()
        {
            var form = new AttentionForm { Scale = 1 / Math.Sqrt(headSize), IsCausal = random.Next(2) == 0 };
            if (random.Next(3) == 0)
                form = form with { Window = random.Next(1, 40) };
            if (random.Next(4) == 0)
                form = form with { Dropout = 0.25, Stream = random.Next(5) };
            int keys = sketch.SizeOf(keyLength);
            var mask = random.Next(3) == 0
                ? sketch.Graph.Binary(Op.Greater, sketch.Labels(new Shape([.. batch, keyLength]), 4), sketch.Graph.Constant(0, Shape.Scalar, ElementType.Int32))
                : null;
            var count = random.Next(4) == 0 ? sketch.Labels(Shape.Scalar, keys + 1) : null;
            var (query, key, value) = Operands();
            return sketch.Objective(sketch.Graph.Attention(query, key, value, form, mask, count));
        }

        (Node Query, Node Key, Node Value) Operands()
        {
            switch (random.Next(5))
            {
                case 0:
                    return (TimeFirst(queryLength, heads), TimeFirst(keyLength, keyHeads), TimeFirst(keyLength, keyHeads));
                case 1:
                    return (HeadsFirst(queryLength, heads), HeadsFirst(keyLength, keyHeads), HeadsFirst(keyLength, keyHeads));
                case 2 when queryLength == keyLength:
                    var all = Parts(queryLength, heads, keyHeads, keyHeads);
                    return (all[0], all[1], all[2]);
                case 3:
                    var pair = Parts(keyLength, keyHeads, keyHeads);
                    return (HeadsFirst(queryLength, heads), pair[0], pair[1]);
                default:
                    var key = TimeFirst(keyLength, keyHeads);
                    return (sketch.Graph.Scale(TimeFirst(queryLength, heads), 0.5), key, key);
            }
        }

        Node TimeFirst(Dim time, int count) => sketch.Parameter(new Shape([.. batch, time, count, headSize]));

        Node HeadsFirst(Dim time, int count) => sketch.Graph.SwapTimeAndHeads(sketch.Parameter(new Shape([.. batch, count, time, headSize])));

        /// <summary>Parts of one projection, which lie side by side at each time.</summary>
        Node[] Parts(Dim time, params int[] heads)
        {
            int width = heads.Sum() * headSize, start = 0;
            var projection = sketch.Parameter(new Shape([.. batch, time, width]));
            var parts = new Node[heads.Length];
            for (int i = 0; i < heads.Length; i++)
            {
                int size = heads[i] * headSize;
                var part = sketch.Graph.Slice(projection, batch.Length + 1, start, size);
                parts[i] = sketch.Graph.Reshape(part, new Shape([.. batch, time, heads[i], headSize]));
                start += size;
            }
            return parts;
        }
    }
}
