using GraphCompiler.Checkpoints;
using GraphCompiler.EndToEnd.Tests.Models;
using GraphCompiler.EndToEnd.Tests.Support;
using GraphCompiler.Tests;
using GraphCompiler.Tests.Reference;
using static GraphCompiler.EndToEnd.Tests.Support.PyTorchTrack;

namespace GraphCompiler.EndToEnd.Tests;

/// <summary>State of the model: training steps change it, inference reads it, files hold it.</summary>
public sealed class BatchNormTests : IDisposable
{
    const int Batch = 6;

    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Ten steps: losses by the batch's statistics, logits by the running ones, which follow PyTorch's.</summary>
    [Fact]
    public void Agrees_with_PyTorch()
    {
        ReferenceFile reference = new("normalized_classifier");
        using NormalizedClassifier model = new();
        PyTorchTrack.Load(model, reference);
        Assert.Equal(reference.Names("states/").Order(), model.States.Select(state => state.Name).Order());
        using var trainer = model.CreateTrainer(OptimizerOf(reference));
        float[] logits = new float[Batch * NormalizedClassifier.Classes];
        for (int step = 0; step < reference.Steps; step++)
        {
            float[] x = reference.Row("inputs/x", step);
            model.Logits(x, logits);
            CompareOutputs(reference, step, ("logits", logits));
            CompareStep(reference, step, model, trainer, trainer.Step(x, reference.Integers("inputs/labels", step)));
            foreach (ModelState state in model.States)
                Numbers.AssertClose(reference.Row("states/" + state.Name, step + 1), state.Values, 1e-4, $"step {step}: {state.Name}");
        }
    }

    [Fact]
    public void State_has_its_names_and_first_values()
    {
        using NormalizedClassifier model = new();
        Assert.Equal(
            ["norm0", "norm1", "norm2"], model.States.Where(state => state.Name.EndsWith(".running_mean", StringComparison.Ordinal)).Select(state => state.Name.Split('.')[0]));
        Assert.Equal([1, 1, 1, 1], State(model, "norm2.running_var"));
        Assert.Equal([0], State(model, "norm1.num_batches_tracked"));
        Assert.DoesNotContain(model.Parameters, parameter => parameter.Name.StartsWith("norm2", StringComparison.Ordinal));
    }

    static float[] State(GraphModel model, string name) => model.States.Single(state => state.Name == name).Values.ToArray();

    static float[] States(GraphModel model) => [.. model.States.SelectMany(state => state.Values.ToArray())];

    static float[] Inputs(int batch, int seed) => Numbers.Floats(batch * NormalizedClassifier.Inputs, seed);

    [Fact]
    public void Inference_changes_nothing()
    {
        using NormalizedClassifier model = new();
        float[] before = States(model), logits = new float[8 * NormalizedClassifier.Classes], again = new float[logits.Length];
        model.Logits(Inputs(8, 1), logits);
        model.Loss(Inputs(8, 1), Numbers.Labels(8, NormalizedClassifier.Classes, 2));
        model.Logits(Inputs(8, 1), again);
        Numbers.AssertSameBits(logits, again, "logits");
        Numbers.AssertSameBits(before, States(model), "states");
    }

    /// <summary>The batch's statistics went into the running ones before its gradient was known to be worthless.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_step_that_is_left_out_gives_the_state_back(int accumulation)
    {
        TrainerOptions options = new() { AccumulationSteps = accumulation };
        using NormalizedClassifier model = new(4), reference = new(4);
        using var trainer = model.CreateTrainer(new AdamW(), options);
        using var undisturbed = reference.CreateTrainer(new AdamW(), options);
        for (int update = 0; update < 4; update++)
        {
            for (int step = 0; step < accumulation; step++)
            {
                float[] x = Inputs(8, update * accumulation + step);
                int[] labels = Numbers.Labels(8, NormalizedClassifier.Classes, update);
                if (update != 2)
                    undisturbed.Step(x, labels);
                else if (step == 0)
                    x[5] = float.NaN;
                trainer.Step(x, labels);
            }
            Numbers.AssertSameBits(States(reference), States(model), $"states after update {update}");
            Numbers.AssertSameBits(reference.AllValues(), model.AllValues(), $"parameters after update {update}");
        }
        Assert.Equal((3, 1), (trainer.UpdateCount, trainer.SkippedUpdates));
    }

    /// <summary>The number of rows that a variance is of is known only at each call.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(32)]
    public void Variance_is_that_of_the_rows_there_are(int batch)
    {
        using NormalizedClassifier model = new(4);
        using var trainer = model.CreateTrainer(new Sgd { LearningRate = 0 });
        float[] x = Inputs(batch, 1);
        trainer.Step(x, Numbers.Labels(batch, NormalizedClassifier.Classes, 1));
        double[] expected = [.. Enumerable.Range(0, NormalizedClassifier.Channels).Select(channel =>
        {
            double[] values = [.. x.Where((_, i) => i / NormalizedClassifier.Length % NormalizedClassifier.Channels == channel).Select(v => (double)v)];
            double average = values.Average();
            return 0.75 + 0.25 * values.Sum(v => (v - average) * (v - average)) / (values.Length - 1);
        })];
        Numbers.AssertClose(expected, State(model, "norm0.running_var"), 1e-5, "variance");
    }

    [Fact]
    public void Files_hold_the_state()
    {
        using NormalizedClassifier model = Trained(1, 3), other = new(2);
        string path = folder.File("weights.safetensors");
        model.Save(path);
        other.Load(path);
        Numbers.AssertSameBits(States(model), States(other), "states");
        Numbers.AssertSameBits(model.AllValues(), other.AllValues(), "parameters");
    }

    /// <summary>PyTorch stores the number of batches as an I64.</summary>
    [Fact]
    public void Counts_may_be_whole_numbers()
    {
        using NormalizedClassifier model = Trained(1, 3), other = new(2);
        string path = folder.File("weights.safetensors");
        model.Save(path);
        File.WriteAllBytes(path, WithWholeNumbers(File.ReadAllBytes(path), "norm1.num_batches_tracked", 3_000_000));
        other.Load(path);
        Assert.Equal([3_000_000], State(other, "norm1.num_batches_tracked"));
        Assert.Equal([3], State(other, "norm2.num_batches_tracked"));

        File.WriteAllBytes(path, WithWholeNumbers(File.ReadAllBytes(path), "norm1.weight", 1));
        Assert.Throws<SafetensorsException>(() => other.Load(path));
    }

    /// <summary>The file with a tensor replaced by whole numbers, which lie behind all other data.</summary>
    static byte[] WithWholeNumbers(byte[] file, string name, long value)
    {
        int headerLength = (int)BitConverter.ToInt64(file);
        var header = System.Text.Json.Nodes.JsonNode.Parse(file.AsSpan(8, headerLength))!.AsObject();
        byte[] data = file[(8 + headerLength)..];
        var tensor = header[name]!;
        int begin = (int)tensor["data_offsets"]![0]!, end = (int)tensor["data_offsets"]![1]!, count = (end - begin) / 4;
        byte[] rest = [.. data[..begin], .. data[end..]], whole = [.. Enumerable.Repeat(value, count).SelectMany(BitConverter.GetBytes)];
        foreach (var (_, other) in header.Where(entry => entry.Key != "__metadata__"))
        {
            int[] offsets = [(int)other!["data_offsets"]![0]!, (int)other["data_offsets"]![1]!];
            if (offsets[0] >= end)
                other["data_offsets"] = new System.Text.Json.Nodes.JsonArray(offsets[0] - (end - begin), offsets[1] - (end - begin));
        }

        tensor["dtype"] = "I64";
        tensor["data_offsets"] = new System.Text.Json.Nodes.JsonArray(rest.Length, rest.Length + whole.Length);
        byte[] json = System.Text.Encoding.UTF8.GetBytes(header.ToJsonString());
        return [.. BitConverter.GetBytes((long)json.Length), .. json, .. rest, .. whole];
    }

    static NormalizedClassifier Trained(ulong seed, int steps)
    {
        NormalizedClassifier model = new(seed);
        using var trainer = model.CreateTrainer(new Sgd());
        Train(trainer, 0, steps);
        return model;
    }

    static float[] Train(NormalizedClassifier.Trainer trainer, int first, int count) =>
        [.. Enumerable.Range(first, count).Select(step => trainer.Step(Inputs(9, step), Numbers.Labels(9, NormalizedClassifier.Classes, step)))];

    [Fact]
    public void A_training_that_is_resumed_gives_the_same_bits()
    {
        string path = folder.File("checkpoint.safetensors");
        using NormalizedClassifier whole = new(1), resumed = new(99);
        using var wholeTrainer = whole.CreateTrainer(new AdamW());
        using var resumedTrainer = resumed.CreateTrainer(new AdamW());
        Train(wholeTrainer, 0, 5);
        wholeTrainer.SaveCheckpoint(path);
        Train(resumedTrainer, 3, 2);
        resumedTrainer.LoadCheckpoint(path);
        Numbers.AssertSameBits(States(whole), States(resumed), "states");
        Numbers.AssertSameBits(Train(wholeTrainer, 5, 5), Train(resumedTrainer, 5, 5), "losses");
        Numbers.AssertSameBits(States(whole), States(resumed), "states after more steps");
        Numbers.AssertSameBits(whole.AllValues(), resumed.AllValues(), "parameters");
    }

    /// <summary>One row is one value of each hidden feature, which has no variance; inference takes it.</summary>
    [Fact]
    public void A_step_of_one_row_is_refused_and_changes_nothing()
    {
        using NormalizedClassifier model = new(5);
        using var trainer = model.CreateTrainer(new AdamW());
        trainer.Step(Inputs(2, 1), [0, 1]);
        float[] states = States(model), parameters = [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())];

        ArgumentException refused = Assert.Throws<ArgumentException>(() => trainer.Step(Inputs(1, 1), [2]));

        Assert.Equal("norm1 (BatchNorm): training needs at least 2 values of each feature, and this step has 1: the size of batch.", refused.Message);
        Numbers.AssertSameBits(states, States(model), "states");
        Numbers.AssertSameBits(parameters, [.. model.Parameters.SelectMany(parameter => parameter.Values.ToArray())], "parameters");
        Assert.Equal(1, trainer.StepCount);
        float[] logits = new float[NormalizedClassifier.Classes];
        model.Logits(Inputs(1, 1), logits);
        Assert.All(logits, logit => Assert.True(float.IsFinite(logit)));
        Assert.True(float.IsFinite(model.Loss(Inputs(1, 1), [2])));
    }
}
