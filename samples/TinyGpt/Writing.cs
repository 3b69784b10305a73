using GraphCompiler.Generation;

namespace TinyGpt;

/// <summary>Text by a trained model.</summary>
static class Writing
{
    public static async Task Run(NextLogits logitsOf, Corpus corpus, Settings settings, CancellationToken cancellation)
    {
        float[] logits = new float[Gpt.Vocabulary];
        TokenGenerator generator = TokenGenerator.WithCache(
            (tokens, position, next) =>
            {
                // The text has fewer characters than the model has room for.
                logitsOf(tokens, position, logits);
                logits.AsSpan(0, next.Length).CopyTo(next);
            },
            corpus.Tokenizer.VocabularySize, Gpt.Context);
        GenerationOptions options = new()
        {
            MaximumTokens = settings.Length,
            KeptTokens = Gpt.Context * 3 / 4,
            Sampling = new() { Temperature = 0.8, TopK = 40, Seed = settings.Seed },
        };
        string prompt = corpus.Known(settings.Prompt);
        Console.Write(prompt);
        await foreach (string text in generator.GenerateTextAsync(corpus.Tokenizer, prompt, options, cancellation))
            Console.Write(text);
        Console.WriteLine();
    }
}
