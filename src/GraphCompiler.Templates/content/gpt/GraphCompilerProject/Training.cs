using GraphCompiler;
using GraphCompiler.Data;
using GraphCompiler.Generation;
using GraphCompiler.Text;

namespace GraphCompilerProject;

public static class Training
{
    /// <summary>Trains for some steps on random pieces of a text; gives the mean loss of the last tenth of them.</summary>
    public static double Run(Gpt model, CharacterTokenizer tokenizer, string text, int steps, Action<int, double>? report = null)
    {
        int warmUp = Math.Max(1, steps / 10);
        using var trainer = model.CreateTrainer(new AdamW { LearningRate = 3e-3 }, new TrainerOptions
        {
            ClipNorm = 1,
            Schedule = LearningRateSchedule.WarmUp(warmUp).Then(LearningRateSchedule.Cosine(steps - warmUp, floor: 0.1)),
        });
        var windows = new TokenSequence(tokenizer.Encode(text), Gpt.Vocabulary).RandomWindows(Gpt.Batch, Gpt.Context, trainer.Seed);
        var last = new List<double>();
        for (int step = 1; step <= steps; step++)
        {
            TokenBatch batch = windows.Batch(step);
            double loss = trainer.Step(batch.Inputs, batch.Targets);
            report?.Invoke(step, loss);
            if (step > steps - warmUp)
                last.Add(loss);
        }
        return last.Average();
    }

    /// <summary>Goes on with a text, character by character.</summary>
    public static async Task<string> Write(Gpt model, CharacterTokenizer tokenizer, string prompt, int length)
    {
        using Gpt.Session session = model.CreateSession();
        var logits = new float[Gpt.Vocabulary];
        var generator = TokenGenerator.WithCache(
            (tokens, position, next) =>
            {
                // The text has fewer characters than the model has room for.
                session.Next(tokens, position, logits);
                logits.AsSpan(0, next.Length).CopyTo(next);
            },
            tokenizer.VocabularySize, Gpt.Context);
        var options = new GenerationOptions
        {
            MaximumTokens = length,
            KeptTokens = Gpt.Context * 3 / 4,
            Sampling = new() { Temperature = 0.8, TopK = 40, Seed = 1 },
        };
        string text = prompt;
        await foreach (string part in generator.GenerateTextAsync(tokenizer, prompt, options, CancellationToken.None))
            text += part;
        return text;
    }
}
