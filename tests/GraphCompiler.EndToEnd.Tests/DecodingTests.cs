using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>A text that comes in parts gives at each end what the whole text up to there gives.</summary>
public class DecodingTests
{
    const double Tolerance = 1e-5;

    /// <summary>Parts of a text: a long one first as in a prompt, single tokens, some at once, then to the end of the context.</summary>
    static IEnumerable<Range> Parts(int context)
    {
        int[] lengths = [5, 1, 1, 1, 3, 1];
        int start = 0;
        foreach (int length in lengths.Where(length => start + length <= context))
        {
            yield return start..(start + length);
            start += length;
        }
        for (; start < context; start++)
            yield return start..(start + 1);
    }

    [Fact]
    public void A_gpt()
    {
        using TinyGpt2 model = new(3);
        using var session = model.CreateSession();
        int[] ids = Numbers.Labels(TinyGpt2.Context, TinyGpt2.Vocabulary, 1);
        float[] whole = new float[ids.Length * TinyGpt2.Vocabulary], next = new float[TinyGpt2.Vocabulary];
        model.Logits(ids, 1, whole);
        foreach (Range part in Parts(ids.Length))
        {
            session.Next(ids[part], part.Start.Value, next);
            AssertIsRow(whole, part, next);
        }
    }

    [Fact]
    public void A_llama_with_grouped_heads_rotary_positions_and_a_window()
    {
        using TinyLlama model = new(4);
        using var session = model.CreateSession();
        using var other = model.CreateSession();
        int[] ids = Numbers.Labels(TinyLlama.Context, TinyLlama.Vocabulary, 1), otherIds = Numbers.Labels(TinyLlama.Context, TinyLlama.Vocabulary, 2);
        float[] whole = new float[ids.Length * TinyLlama.Vocabulary], otherWhole = new float[whole.Length], next = new float[TinyLlama.Vocabulary];
        model.Logits(ids, 1, whole);
        model.Logits(otherIds, 1, otherWhole);
        for (int time = 0; time < 2; time++)
        {
            foreach (Range part in Parts(ids.Length))
            {
                session.Next(ids[part], part.Start.Value, next);
                AssertIsRow(whole, part, next);
                other.Next(otherIds[part], part.Start.Value, next);
                AssertIsRow(otherWhole, part, next);
            }
            session.Reset();
            other.Reset();
        }
    }

    [Fact]
    public void Stacks_of_built_in_blocks()
    {
        using CausalStacks model = new(5);
        using var session = model.CreateSession();
        int[] ids = Numbers.Labels(CausalStacks.Context, CausalStacks.Vocabulary, 1);
        float[] preNorm = new float[ids.Length * CausalStacks.Vocabulary], postNorm = new float[preNorm.Length];
        float[] nextPreNorm = new float[CausalStacks.Vocabulary], nextPostNorm = new float[CausalStacks.Vocabulary];
        model.Scores(ids, preNorm, postNorm);
        foreach (Range part in Parts(ids.Length))
        {
            session.Next(ids[part], part.Start.Value, nextPreNorm, nextPostNorm);
            AssertIsRow(preNorm, part, nextPreNorm);
            AssertIsRow(postNorm, part, nextPostNorm);
        }
    }

    [Fact]
    public void A_decoder_that_attends_to_an_encoder()
    {
        using TinyTranslator model = new(6);
        using var session = model.CreateSession();
        int[] source = Numbers.Labels(7, TinyTranslator.Vocabulary, 1), target = Numbers.Labels(8, TinyTranslator.Vocabulary, 2);
        float[] whole = new float[8 * TinyTranslator.Vocabulary], next = new float[TinyTranslator.Vocabulary];
        float[] memory = new float[7 * TinyTranslator.Width];
        model.Logits(source, [1, 1, 1, 1, 1, 1, 1], target, 1, whole);
        model.Memory(source, memory);
        foreach (Range part in Parts(target.Length))
        {
            session.Next(memory, target[part], part.Start.Value, next);
            AssertIsRow(whole, part, next);
        }
    }

    [Fact]
    public void A_position_beyond_the_context_is_refused()
    {
        using TinyLlama model = new(4);
        using var session = model.CreateSession();
        float[] next = new float[TinyLlama.Vocabulary];
        Assert.ThrowsAny<ArgumentException>(() => session.Next([1], TinyLlama.Context, next));
        Assert.ThrowsAny<ArgumentException>(() => session.Next([1, 2], TinyLlama.Context - 1, next));
        Assert.ThrowsAny<ArgumentException>(() => session.Next([1], -1, next));
        session.Next([1], TinyLlama.Context - 1, next);
    }

    static void AssertIsRow(float[] whole, Range part, float[] next)
    {
        int last = part.End.Value - 1;
        Numbers.AssertClose(whole.AsSpan(last * next.Length, next.Length), next, Tolerance, $"after {last + 1} tokens");
    }
}
