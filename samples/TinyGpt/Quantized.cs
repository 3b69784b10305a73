using GraphCompiler;

namespace TinyGpt;

/// <summary>The trained model with packed weights, which <c>--weights</c> asks for: what it loses, and what writes the text.</summary>
static class Quantized
{
    /// <summary>Makes the model where the trained one runs, and prints what has become of its weights and of the perplexity of the validation text.</summary>
    /// <returns>The model, and what gives the logits of the next character.</returns>
    public static (GraphModel Model, NextLogits Next) Of(Gpt model, Target target, WeightFormat weights, Corpus corpus, Settings settings)
    {
        ModelOptions options = new() { Threads = settings.Threads };
        if (weights == WeightFormat.Int8)
        {
            GptOfInt8 int8 = target.CreateInt8(options);
            Report(int8, (text, next) => int8.Loss(text, next));
            return (int8, int8.CreateSession().Next);
        }

        GptOfInt4 int4 = target.CreateInt4(options);
        Report(int4, (text, next) => int4.Loss(text, next));
        return (int4, int4.CreateSession().Next);

        void Report(GraphModel quantized, BatchLoss loss) => Console.WriteLine(quantized.Quantize(
            model, new("perplexity", () => Perplexity((text, next) => model.Loss(text, next)), () => Perplexity(loss))));

        double Perplexity(BatchLoss loss) => Math.Exp(corpus.ValidationLoss(loss));
    }
}

/// <summary>The mean loss of a batch.</summary>
delegate double BatchLoss(ReadOnlySpan<int> text, ReadOnlySpan<int> next);

/// <summary>The logits of the character after a text that goes on one of so many.</summary>
delegate void NextLogits(ReadOnlySpan<int> text, int position, Span<float> logits);
