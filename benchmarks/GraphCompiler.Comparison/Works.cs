using GraphCompiler.Comparison.Models;

namespace GraphCompiler.Comparison;

/// <summary>The works of the protocol, each prepared once for a number of threads and then called again and again.</summary>
internal static class Works
{
    const int Batches = 64;
    const int Pixels = 784, Classes = 10;
    const double LearningRate = 1e-6;

    /// <summary>Prepares a work.</summary>
    /// <returns>What one call does; null if there is no work of this name.</returns>
    public static Action? Prepare(string name, int threads)
    {
        var options = new ModelOptions { Threads = threads };
        var random = new Random(1);
        return name switch
        {
            "step-784-16-16-10" => SmallStep(options, random),
            "step-784-512-512-10" => WideStep(options, random),
            "matmul-256" => Product(options, random, 256, (model, a, b, c) => model.Product256(a.Floats, b.Floats, c.Floats)),
            "matmul-512" => Product(options, random, 512, (model, a, b, c) => model.Product512(a.Floats, b.Floats, c.Floats)),
            "matmul-1024" => Product(options, random, 1024, (model, a, b, c) => model.Product1024(a.Floats, b.Floats, c.Floats)),
            "softmax" => Rows(options, random, (model, x, y) => model.Softmax(x.Floats, y.Floats)),
            "layernorm" => Rows(options, random, (model, x, y) => model.LayerNorm(x.Floats, y.Floats)),
            "gelu-tanh" => Rows(options, random, (model, x, y) => model.GeluTanh(x.Floats, y.Floats)),
            "gelu-erf" => Rows(options, random, (model, x, y) => model.GeluErf(x.Floats, y.Floats)),
            "attention" => AttentionForward(options, random),
            "attention-backward" => AttentionBackward(options, random),
            "tinygpt-step" => TinyGptStep(options, random),
            "gpt2-step" => Gpt2Step(options, random),
            _ => null,
        };
    }

    static Action SmallStep(ModelOptions options, Random random)
    {
        var trainer = new SmallClassifier(seed: 1, options).CreateTrainer(Optimizer());
        return InTurn(SmallClassifier.Batch, random, (images, labels) => trainer.Step(images.Floats, labels.Integers));
    }

    static Action WideStep(ModelOptions options, Random random)
    {
        var trainer = new WideClassifier(seed: 1, options).CreateTrainer(Optimizer());
        return InTurn(WideClassifier.Batch, random, (images, labels) => trainer.Step(images.Floats, labels.Integers));
    }

    const int AttentionElements = CausalAttention.Batch * CausalAttention.Heads * CausalAttention.Time * CausalAttention.HeadSize;

    static Action AttentionForward(ModelOptions options, Random random)
    {
        var model = new CausalAttention(seed: 1, options);
        Numbers q = Numbers.Normal(AttentionElements, random), k = Numbers.Normal(AttentionElements, random);
        Numbers v = Numbers.Normal(AttentionElements, random), result = new(AttentionElements);
        return () => model.Forward(q.Floats, k.Floats, v.Floats, result.Floats);
    }

    /// <summary>With an update at a learning rate of 0, which PyTorch's side does not do: a trainer's step has one.</summary>
    static Action AttentionBackward(ModelOptions options, Random random)
    {
        var trainer = new CausalAttention(seed: 1, options).CreateTrainer(new Sgd { LearningRate = 0 });
        Numbers weights = Numbers.Normal(AttentionElements, random);
        return () => trainer.Step(weights.Floats);
    }

    static Action TinyGptStep(ModelOptions options, Random random)
    {
        var trainer = new TinyGpt(seed: 1, options).CreateTrainer(Optimizer());
        return Tokens(TinyGpt.Batch * TinyGpt.Time, TinyGpt.Vocabulary, random, (tokens, next) => trainer.Step(tokens.Integers, next.Integers));
    }

    static Action Gpt2Step(ModelOptions options, Random random)
    {
        var trainer = new Gpt124M(seed: 1, options).CreateTrainer(Optimizer());
        return Tokens(Gpt124M.Batch * Gpt124M.Time, Gpt124M.Vocabulary, random, (tokens, next) => trainer.Step(tokens.Integers, next.Integers));
    }

    static Action Tokens(int count, int vocabulary, Random random, Action<Numbers, Numbers> step)
    {
        var batches = Enumerable.Range(0, Batches)
            .Select(_ => (Tokens: Numbers.Labels(count, vocabulary, random), Next: Numbers.Labels(count, vocabulary, random)))
            .ToArray();
        int turn = 0;
        return () =>
        {
            turn = (turn + 1) % Batches;
            step(batches[turn].Tokens, batches[turn].Next);
        };
    }

    /// <summary>All parameters decay, as PyTorch's do.</summary>
    static AdamW Optimizer() => new() { LearningRate = LearningRate, DecayRule = ParameterRules.All };

    /// <summary>A different batch every call.</summary>
    static Action InTurn(int batch, Random random, Action<Numbers, Numbers> step)
    {
        var batches = Enumerable.Range(0, Batches)
            .Select(_ => (Images: Numbers.Uniform(batch * Pixels, random), Labels: Numbers.Labels(batch, Classes, random)))
            .ToArray();
        int turn = 0;
        return () =>
        {
            turn = (turn + 1) % Batches;
            step(batches[turn].Images, batches[turn].Labels);
        };
    }

    static Action Product(ModelOptions options, Random random, int size, Action<MatrixProducts, Numbers, Numbers, Numbers> multiply)
    {
        var model = new MatrixProducts(seed: 1, options);
        Numbers a = Numbers.Normal(size * size, random), b = Numbers.Normal(size * size, random), c = new(size * size);
        return () => multiply(model, a, b, c);
    }

    static Action Rows(ModelOptions options, Random random, Action<RowOperations, Numbers, Numbers> operation)
    {
        const int Elements = RowOperations.Rows * RowOperations.Columns;
        var model = new RowOperations(seed: 1, options);
        foreach (var parameter in model.Parameters)
        {
            using var values = Numbers.Normal(parameter.Values.Length, random);
            values.Floats.CopyTo(parameter.Values);
        }
        Numbers x = Numbers.Normal(Elements, random), y = new(Elements);
        return () => operation(model, x, y);
    }
}
