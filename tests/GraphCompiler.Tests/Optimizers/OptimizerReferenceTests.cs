using System.Text.Json;

namespace GraphCompiler.Tests.Optimizers;

/// <summary>Our optimizers against the values in tests/reference/optimizers.json, which PyTorch computed.</summary>
public sealed class OptimizerReferenceTests
{
    static readonly JsonElement Reference = Read();

    static readonly Dictionary<string, (Func<Optimizer> Optimizer, TrainerOptions Options)> Cases = new()
    {
        ["sgd"] = (() => new Sgd { LearningRate = 0.05 }, new()),
        ["sgd decay"] = (() => new Sgd { LearningRate = 0.05, WeightDecay = 0.1 }, new()),
        ["sgd momentum"] = (() => new Sgd { LearningRate = 0.05, Momentum = 0.9 }, new()),
        ["sgd momentum dampening decay"] =
            (() => new Sgd { LearningRate = 0.05, Momentum = 0.8, Dampening = 0.3, WeightDecay = 0.1 }, new()),
        ["sgd nesterov"] =
            (() => new Sgd { LearningRate = 0.05, Momentum = 0.9, Nesterov = true, WeightDecay = 0.01 }, new()),
        ["adam"] = (() => new Adam(), new()),
        ["adam decay"] =
            (() => new Adam { LearningRate = 0.02, Beta1 = 0.8, Beta2 = 0.95, Epsilon = 1e-6, WeightDecay = 0.1 }, new()),
        ["adamw"] = (() => new AdamW { LearningRate = 0.02, DecayRule = ParameterRules.All }, new()),
        ["adamw large decay"] =
            (() => new AdamW { LearningRate = 0.02, Beta2 = 0.95, WeightDecay = 0.5, DecayRule = ParameterRules.All }, new()),
        ["adamw matrices"] = (() => new AdamW { LearningRate = 0.02, WeightDecay = 0.5 }, new()),
        ["adamw clip"] =
            (() => new AdamW { LearningRate = 0.02, DecayRule = ParameterRules.All }, new() { ClipNorm = 0.7 }),
        ["sgd clip"] = (() => new Sgd { LearningRate = 0.05 }, new() { ClipNorm = 0.7 }),
        ["sgd accumulate"] = (() => new Sgd { LearningRate = 0.05, Momentum = 0.9 }, new() { AccumulationSteps = 2 }),
        ["adamw groups"] = (() => new AdamW
        {
            LearningRate = 0.02,
            WeightDecay = 0.5,
            Groups = [new("bias") { LearningRate = 0.1, WeightDecay = 0.2 }],
        }, new()),
        ["sgd groups clip"] = (() => new Sgd
        {
            LearningRate = 0.05,
            Momentum = 0.9,
            Groups = [new("bias") { LearningRate = 0.2, ClipNorm = 0.2 }],
        }, new() { ClipNorm = 0.5 }),
        ["adamw cosine"] =
            (() => new AdamW { LearningRate = 0.02, DecayRule = ParameterRules.All },
            new() { Schedule = LearningRateSchedule.Cosine(10) }),
    };

    public static TheoryData<string> CaseNames
    {
        get
        {
            TheoryData<string> names = [];
            foreach (JsonProperty property in Reference.GetProperty("cases").EnumerateObject())
                names.Add(property.Name);
            return names;
        }
    }

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Agrees_with_PyTorch(string name)
    {
        (Func<Optimizer> optimizer, TrainerOptions options) = Cases[name];
        using TestModel model = new(TestModel.LayoutOf(("weight", [3, 7]), ("bias", [3])));
        float[] initial = Floats(Reference.GetProperty("initial"));
        initial.AsSpan(0, 21).CopyTo(model.Parameters[0].Values);
        initial.AsSpan(21).CopyTo(model.Parameters[1].Values);
        using GivenGradients.Trainer trainer = model.TrainOnGiven(optimizer(), options);

        int step = 0;
        foreach (JsonElement gradients in Reference.GetProperty("gradients").EnumerateArray())
        {
            trainer.Step(Floats(gradients));
            step++;
            if (Reference.GetProperty("cases").GetProperty(name).TryGetProperty($"{step}", out JsonElement expected))
                AssertClose(Floats(expected), model.Values(), initial, step);
        }

        Assert.Equal(10, step);
    }

    static void AssertClose(float[] expected, float[] actual, float[] initial, int step)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int index = 0; index < expected.Length; index++)
        {
            // One rounding of the largest value on the way, for each of ten updates.
            double allowed = 1e-6 * Math.Max(0.1, Math.Max(Math.Abs(expected[index]), Math.Abs(initial[index])));
            Assert.True(
                Math.Abs(expected[index] - actual[index]) <= allowed,
                $"update {step}, value {index}: {expected[index]:R} expected, {actual[index]:R} found");
        }
    }

    static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(value => (float)value.GetDouble())];

    static JsonElement Read()
    {
        using Stream stream = typeof(OptimizerReferenceTests).Assembly.GetManifestResourceStream("optimizers.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
