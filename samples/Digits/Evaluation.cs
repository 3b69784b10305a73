using GraphCompiler.Data;

namespace Digits;

/// <summary>What a model makes of a set: the logits of every digit, and how its guesses compare with the labels.</summary>
sealed class Evaluation
{
    const int Classes = DigitClassifier.Classes;

    readonly float[] logits;
    readonly int[,] confusion = new int[Classes, Classes];

    Evaluation(float[] logits)
    {
        this.logits = logits;
    }

    public int Count => logits.Length / Classes;

    public double Accuracy => (double)Enumerable.Range(0, Classes).Sum(c => confusion[c, c]) / Count;

    public static Evaluation Of(DigitClassifier model, ImageSet set)
    {
        Evaluation evaluation = new(new float[set.Count * Classes]);
        float[] batchLogits = new float[DigitClassifier.Batch * Classes];
        int done = 0;
        foreach (ImageBatch batch in set.Batches(DigitClassifier.Batch))
        {
            model.Logits(batch.Images, batchLogits);

            // The last batch is filled up with digits seen before; only the first Count are new.
            batchLogits.AsSpan(0, batch.Count * Classes).CopyTo(evaluation.logits.AsSpan(done * Classes));
            for (int i = 0; i < batch.Count; i++)
                evaluation.confusion[batch.Labels[i], evaluation.Guess(done + i)]++;
            done += batch.Count;
        }

        return evaluation;
    }

    /// <summary>The class with the largest logit.</summary>
    public int Guess(int digit)
    {
        ReadOnlySpan<float> scores = logits.AsSpan(digit * Classes, Classes);
        int best = 0;
        for (int c = 1; c < Classes; c++)
            best = scores[c] > scores[best] ? c : best;
        return best;
    }

    /// <summary>How sure the model is of its guess: the softmax of the largest logit.</summary>
    public double Probability(int digit)
    {
        ReadOnlySpan<float> scores = logits.AsSpan(digit * Classes, Classes);
        double largest = scores[Guess(digit)], sum = 0;
        foreach (float score in scores)
            sum += Math.Exp(score - largest);
        return 1 / sum;
    }

    public bool HasSameLogits(Evaluation other) => logits.AsSpan().SequenceEqual(other.logits);

    public void PrintConfusion(TextWriter output)
    {
        output.WriteLine("digit   guessed as");
        output.WriteLine("      " + string.Concat(Enumerable.Range(0, Classes).Select(c => $"{c,6}")));
        for (int label = 0; label < Classes; label++)
        {
            output.Write($"{label,5} ");
            for (int guess = 0; guess < Classes; guess++)
                output.Write(confusion[label, guess] == 0 ? "     ·" : $"{confusion[label, guess],6}");
            output.WriteLine();
        }
    }

    public void PrintClasses(TextWriter output)
    {
        output.WriteLine("digit     " + string.Concat(Enumerable.Range(0, Classes).Select(c => $"{c,7}")));
        output.WriteLine("accuracy  " + string.Concat(Enumerable.Range(0, Classes).Select(ClassAccuracy)));

        string ClassAccuracy(int label)
        {
            int total = Enumerable.Range(0, Classes).Sum(guess => confusion[label, guess]);
            return total == 0 ? "      -" : $"{(double)confusion[label, label] / total,7:F3}";
        }
    }
}
