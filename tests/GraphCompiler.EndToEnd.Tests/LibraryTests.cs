namespace GraphCompiler.EndToEnd.Tests;

/// <summary>A model of modules from another project computes the bits of the same model with the modules in its own.</summary>
public sealed class LibraryTests
{
    [Fact]
    public void Foreign_modules_train_to_the_same_bits()
    {
        const int Batch = 13;
        using var library = new LibraryNet(seed: 5);
        using var own = new OwnNet(seed: 5);
        Assert.Equal(own.Parameters.Select(p => p.Name), library.Parameters.Select(p => p.Name));
        Assert.Contains("tower.layers.2.norm.weight", library.Parameters.Select(p => p.Name));
        using var libraryTrainer = library.CreateTrainer(new AdamW { LearningRate = 1e-2 });
        using var ownTrainer = own.CreateTrainer(new AdamW { LearningRate = 1e-2 });
        var random = new Random(3);
        float[] x = [.. Enumerable.Range(0, Batch * LibraryNet.Features).Select(_ => random.NextSingle() * 2 - 1)];
        int[] labels = [.. Enumerable.Range(0, Batch).Select(_ => random.Next(LibraryNet.Classes))];

        float first = 0, last = 0;
        for (int step = 0; step < 60; step++)
        {
            last = libraryTrainer.Step(x, labels);
            first = step == 0 ? last : first;
            Assert.Equal(BitConverter.SingleToUInt32Bits(ownTrainer.Step(x, labels)), BitConverter.SingleToUInt32Bits(last));
        }

        Assert.True(last < first / 2, $"The loss went from {first} to {last}.");
        float[] logits = new float[Batch * LibraryNet.Classes], expected = new float[Batch * LibraryNet.Classes];
        library.Logits(x, logits);
        own.Logits(x, expected);
        Assert.Equal(expected.Select(BitConverter.SingleToUInt32Bits), logits.Select(BitConverter.SingleToUInt32Bits));
    }
}
