using GraphCompiler;
using static GraphCompiler.Ops;

namespace Steps;

// A transformer, written out: tokens and their places become vectors; in each block every position looks at itself and
// earlier ones (attention), then thinks for itself (feed-forward); the last vectors become logits of the next token.
// Its task: six digits, a separator, the six digits again in the reverse order.
[Graph]
public sealed partial class Reverser
{
    public const int Batch = 64, Digits = 6, Time = 2 * Digits, Vocabulary = 11, Width = 32, Heads = 2;

    readonly Embedding tokens = new(Vocabulary, Width);
    readonly Parameter places = new([Time, Width], Init.Normal(0, 1));
    readonly Layer[] layers = [new(Width, Heads), new(Width, Heads)];
    readonly LayerNorm norm = new(Width);
    readonly Linear output = new(Width, Vocabulary);

    public Tensor Logits([Shape(Batch, Time)] Tensor<int> input)
    {
        var x = tokens.Forward(input) + places;
        foreach (var layer in layers)
            x = layer.Forward(x);
        return output.Forward(norm.Forward(x));
    }

    // Only the second half can be foretold.
    [Objective]
    public Tensor Loss([Shape(Batch, Time)] Tensor<int> input, [Shape(Batch, Digits)] Tensor<int> reversed) =>
        CrossEntropy(Logits(input)[.., Digits..], reversed);
}

[Module]
public sealed class Layer(int width, int heads)
{
    readonly LayerNorm norm1 = new(width), norm2 = new(width);
    readonly Linear query = new(width, width), key = new(width, width), value = new(width, width), mix = new(width, width);
    readonly Linear expand = new(width, 4 * width), project = new(4 * width, width);

    public Tensor Forward(Tensor x)
    {
        x += Attend(norm1.Forward(x));
        return x + project.Forward(Gelu(expand.Forward(norm2.Forward(x))));
    }

    Tensor Attend(Tensor x)
    {
        Tensor q = InHeads(query.Forward(x)), k = InHeads(key.Forward(x)), v = InHeads(value.Forward(x));
        var scores = MatMul(q, k.Transpose(2, 3)) / Math.Sqrt(width / heads);

        // What comes later may not be looked at: such a score is so low that its weight is zero.
        var places = Arange(x.Shape[1]);
        scores = Select(places <= places.Unsqueeze(1), scores, -1e9f);
        return mix.Forward(MatMul(Softmax(scores), v).Permute(0, 2, 1, 3).Reshape(x.Shape));
    }

    // [batch, time, width] to [batch, heads, time, width / heads].
    Tensor InHeads(Tensor x) => x.Reshape(x.Shape[0], x.Shape[1], heads, width / heads).Permute(0, 2, 1, 3);
}

static class CompleteTransformer
{
    const int Separator = 10, Steps = 300;

    public static void Run(TextWriter output)
    {
        using Reverser model = new(seed: 1);
        using var trainer = model.CreateTrainer(
            new AdamW { LearningRate = 3e-3 },
            new TrainerOptions { ClipNorm = 1, Schedule = LearningRateSchedule.WarmUp(50).Then(LearningRateSchedule.Cosine(Steps - 50)) });
        output.WriteLine($"{model.ParameterCount:N0} parameters");

        Random random = new(1);
        int[] input = new int[Reverser.Batch * Reverser.Time], reversed = new int[Reverser.Batch * Reverser.Digits];
        for (int step = 1; step <= Steps; step++)
        {
            Draw(random, input, reversed);
            float loss = trainer.Step(input, reversed);
            if (step is 1 or 50 or 100 or 200 or Steps)
                output.WriteLine($"step {step,3}  loss {loss:F3}");
        }

        // Digits never seen: the likeliest token, six times, each read again before the next.
        Draw(random, input, reversed);
        float[] logits = new float[Reverser.Batch * Reverser.Time * Reverser.Vocabulary];
        for (int row = 0; row < Reverser.Batch; row++)
            input.AsSpan(row * Reverser.Time + Reverser.Digits + 1, Reverser.Digits - 1).Clear();
        for (int place = Reverser.Digits; place < Reverser.Time; place++)
        {
            model.Logits(input, logits);
            for (int row = 0; row < Reverser.Batch && place + 1 < Reverser.Time; row++)
                input[row * Reverser.Time + place + 1] = Likeliest(logits, row, place);
        }

        int right = 0;
        for (int row = 0; row < Reverser.Batch; row++)
        {
            int[] written = [.. Enumerable.Range(Reverser.Digits, Reverser.Digits).Select(place => Likeliest(logits, row, place))];
            right += written.AsSpan().SequenceEqual(reversed.AsSpan(row * Reverser.Digits, Reverser.Digits)) ? 1 : 0;
            if (row < 3)
                output.WriteLine($"{string.Join(' ', input.Skip(row * Reverser.Time).Take(Reverser.Digits))} | {string.Join(' ', written)}");
        }

        output.WriteLine($"{right} of {Reverser.Batch} reversed");
    }

    static void Draw(Random random, int[] input, int[] reversed)
    {
        for (int row = 0; row < Reverser.Batch; row++)
        {
            Span<int> line = input.AsSpan(row * Reverser.Time, Reverser.Time);
            Span<int> target = reversed.AsSpan(row * Reverser.Digits, Reverser.Digits);
            for (int i = 0; i < Reverser.Digits; i++)
                line[i] = target[^(i + 1)] = random.Next(10);
            line[Reverser.Digits] = Separator;
            target[..^1].CopyTo(line[(Reverser.Digits + 1)..]);
        }
    }

    static int Likeliest(float[] logits, int row, int place)
    {
        ReadOnlySpan<float> scores = logits.AsSpan((row * Reverser.Time + place) * Reverser.Vocabulary, Reverser.Vocabulary);
        int best = 0;
        for (int token = 1; token < scores.Length; token++)
            best = scores[token] > scores[best] ? token : best;
        return best;
    }
}
