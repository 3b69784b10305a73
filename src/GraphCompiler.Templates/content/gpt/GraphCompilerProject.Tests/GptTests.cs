using GraphCompiler.Text;

namespace GraphCompilerProject.Tests;

public class GptTests
{
    static readonly string Text = string.Concat(Enumerable.Repeat("the quick brown fox jumps over the lazy dog. ", 20));

    [Fact]
    public async Task It_learns_a_sentence_and_goes_on_with_it()
    {
        var tokenizer = CharacterTokenizer.FromText(Text);
        using var model = new Gpt(seed: 1);
        double loss = Training.Run(model, tokenizer, Text, steps: 200);
        Assert.InRange(loss, 0, 0.5);
        Assert.StartsWith("the quick brown fox", await Training.Write(model, tokenizer, "the quick", length: 10));
    }

    [Fact]
    public void Trainings_of_one_seed_are_the_same()
    {
        var tokenizer = CharacterTokenizer.FromText(Text);
        double Loss()
        {
            using var model = new Gpt(seed: 7);
            return Training.Run(model, tokenizer, Text, steps: 5);
        }
        Assert.Equal(Loss(), Loss());
    }
}
