using GraphCompiler.Generation;

namespace TinyGpt;

/// <summary>Text by a trained model.</summary>
static class Writing
{
    public static async Task Run(Gpt model, Corpus corpus, Settings settings, CancellationToken cancellation)
    {
        int[] padded = new int[Gpt.Context];
        float[] logits = new float[Gpt.Context * Gpt.Vocabulary];
        TokenGenerator generator = TokenGenerator.WithoutCache(
            (tokens, next) =>
            {
                tokens.CopyTo(padded);
                model.Next(padded, logits);
                logits.AsSpan((tokens.Length - 1) * Gpt.Vocabulary, next.Length).CopyTo(next);
            },
            corpus.Tokenizer.VocabularySize, Gpt.Context);
        GenerationOptions options = new()
        {
            MaximumTokens = settings.Length,
            KeptTokens = Gpt.Context,
            Sampling = new() { Temperature = 0.8, TopK = 40, Seed = (ulong)settings.Seed },
        };
        string prompt = corpus.Known(settings.Prompt);
        Console.Write(prompt);
        await foreach (string text in generator.GenerateTextAsync(corpus.Tokenizer, prompt, options, cancellation))
            Console.Write(text);
        Console.WriteLine();
    }
}
