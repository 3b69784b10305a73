namespace GraphCompilerProject.Tests;

public class ClassifierTests
{
    [Fact]
    public void It_learns_the_spirals()
    {
        using var model = new Classifier(seed: 1);
        Training.Run(model, new Spirals(4096, seed: 1), epochs: 60);
        Assert.InRange(Training.Accuracy(model, new Spirals(1000, seed: 2)), 0.95, 1);
    }

    [Fact]
    public void Trainings_of_one_seed_are_the_same()
    {
        double Loss()
        {
            using var model = new Classifier(seed: 7);
            return Training.Run(model, new Spirals(640, seed: 1), epochs: 3);
        }
        Assert.Equal(Loss(), Loss());
    }

    [Fact]
    public void Saved_weights_give_the_same_probabilities()
    {
        string file = Path.GetTempFileName();
        try
        {
            using Classifier model = new(seed: 1), restored = new(seed: 2);
            model.Save(file);
            restored.Load(file);
            float[] points = [0.5f, 0.25f], one = new float[3], other = new float[3];
            model.Probabilities(points, one);
            restored.Probabilities(points, other);
            Assert.Equal(one, other);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
