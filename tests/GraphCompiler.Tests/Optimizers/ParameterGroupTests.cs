namespace GraphCompiler.Tests.Optimizers;

/// <summary>Groups of parameters are updated as an optimizer with their numbers would update them.</summary>
public sealed class ParameterGroupTests
{
    static readonly float[] Gradients = [.. Enumerable.Range(0, 300 * 170 + 13 + 40 + 7).Select(index => MathF.Sin(index))];

    static TestModel Model(int threads = 1)
        => new(TestModel.LayoutOf(("layer.weight", [300, 170]), ("layer.bias", [13]), ("head.weight", [8, 5]), ("head.bias", [7])), 3, new ModelOptions { Threads = threads });

    static Dictionary<string, float[]> After(Optimizer optimizer, int threads = 1)
    {
        using TestModel model = Model(threads);
        using GivenGradients.Trainer trainer = model.TrainOnGiven(optimizer, new TrainerOptions { Schedule = LearningRateSchedule.WarmUp(2) });
        for (int step = 0; step < 3; step++)
            trainer.Step(Gradients);
        return model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Values.ToArray());
    }

    static AdamW Optimizer(double rate = 1e-3, double decay = 0.1) => new() { LearningRate = rate, WeightDecay = decay, DecayRule = ParameterRules.All };

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_group_has_the_rate_and_decay_that_it_says_and_the_first_one_counts(int threads)
    {
        var plain = After(Optimizer());
        var grouped = After(
            new AdamW
            {
                WeightDecay = 0.1,
                Groups = [new("head") { LearningRate = 0.05 }, new("*.bias", "layer.weight") { WeightDecay = 0 }],
            },
            threads);

        Assert.Equal(After(Optimizer(decay: 0))["layer.bias"], grouped["layer.bias"]);
        Assert.Equal(After(Optimizer(decay: 0))["layer.weight"], grouped["layer.weight"]);
        Assert.Equal(After(Optimizer(rate: 0.05))["head.weight"], grouped["head.weight"]);
        Assert.Equal(After(Optimizer(rate: 0.05, decay: 0))["head.bias"], grouped["head.bias"]);
        Assert.NotEqual(plain["head.weight"], grouped["head.weight"]);
        Assert.NotEqual(plain["layer.weight"], grouped["layer.weight"]);
    }

    /// <summary>The norms are those that PyTorch's clip_grad_norm_ takes of lists of parameters, whose gradients lie between each other here.</summary>
    [Theory]
    [InlineData(1, null)]
    [InlineData(3, 5.0)]
    public void A_group_is_clipped_by_itself_and_the_others_without_it(int threads, double? clipNorm)
    {
        using TestModel model = Model(threads);
        using GivenGradients.Trainer trainer = model.TrainOnGiven(
            new Sgd { LearningRate = 1, Groups = [new("*.bias") { ClipNorm = 0.25 }, new("head") { LearningRate = 0.5 }] }, new TrainerOptions { ClipNorm = clipNorm });
        Dictionary<string, float[]> before = model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Values.ToArray());
        trainer.Step(Gradients);

        double Norm(params string[] names) => Math.Sqrt(names.Sum(name => Given(name).Sum(gradient => (double)gradient * gradient)));
        double ofBiases = Math.Min(1, 0.25 / (Norm("layer.bias", "head.bias") + 1e-6));
        double ofOthers = Math.Min(1, (clipNorm ?? double.PositiveInfinity) / (Norm("layer.weight", "head.weight") + 1e-6));
        Assert.Equal(Norm([.. before.Keys]), trainer.GradientNorm, 1e-3);
        foreach (ModelParameter parameter in model.Parameters)
        {
            double scale = parameter.Name.EndsWith("bias", StringComparison.Ordinal) ? ofBiases : parameter.Name == "head.weight" ? 0.5 * ofOthers : ofOthers;
            float[] given = Given(parameter.Name), values = parameter.Values.ToArray();
            for (int index = 0; index < values.Length; index++)
                Assert.Equal(before[parameter.Name][index] - scale * given[index], values[index], 1e-6);
        }
    }

    static float[] Given(string name) => name switch
    {
        "layer.weight" => Gradients[..51000],
        "layer.bias" => Gradients[51000..51013],
        "head.weight" => Gradients[51013..51053],
        _ => Gradients[51053..],
    };

    [Fact]
    public void A_gradient_of_a_group_that_is_not_finite_leaves_the_update_out()
    {
        using TestModel model = Model();
        using GivenGradients.Trainer trainer = model.TrainOnGiven(new Sgd { Groups = [new("head") { ClipNorm = 1 }] });
        float[] before = model.Values(), spoilt = [.. Gradients];
        spoilt[51020] = float.NaN;
        trainer.Step(spoilt);
        Assert.Equal((0, 1), (trainer.UpdateCount, trainer.SkippedUpdates));
        Assert.Equal(before, model.Values());
    }

    [Fact]
    public void A_decay_that_a_group_says_needs_no_rule()
        => Assert.Equal(After(Optimizer())["head.bias"], After(new AdamW { Groups = [new("*.bias") { WeightDecay = 0.1 }] })["head.bias"]);

    [Fact]
    public void A_pattern_that_fits_nothing_is_refused()
    {
        using TestModel model = Model();
        var exception = Assert.Throws<ArgumentException>(() => model.TrainOnGiven(new AdamW { Groups = [new("head"), new("tail", "*.bias")] }));
        Assert.Equal("The pattern 'tail' of a group of parameters fits none of the model's.", exception.Message);
        Assert.Throws<ArgumentException>(() => new ParameterGroup());
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("head") { LearningRate = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ParameterGroup("head") { ClipNorm = 0 });
        Assert.Equal("head: learning_rate of the optimizer, weight_decay of the optimizer, clip_norm 0.5", new ParameterGroup("head") { ClipNorm = 0.5 }.ToString());
    }

    [Fact]
    public void Checkpoints_know_groups_as_settings()
    {
        using TemporaryFolder folder = new();
        using TestModel model = Model();
        using (GivenGradients.Trainer trainer = model.TrainOnGiven(new AdamW { Groups = [new("head") { LearningRate = 0.05 }] }))
        {
            trainer.Step(Gradients);
            trainer.SaveCheckpoint(folder.File("checkpoint.safetensors"));
        }
        using (GivenGradients.Trainer same = model.TrainOnGiven(new AdamW { Groups = [new("head") { LearningRate = 0.05 }] }))
            same.LoadCheckpoint(folder.File("checkpoint.safetensors"));
        using GivenGradients.Trainer other = model.TrainOnGiven(new AdamW());
        var refused = Assert.Throws<SafetensorsException>(() => other.LoadCheckpoint(folder.File("checkpoint.safetensors")));
        Assert.Contains("parameter_groups = head: learning_rate 0.05", refused.Message, StringComparison.Ordinal);
        Assert.Equal(
            "parameter_groups: head: learning_rate 0.05, weight_decay of the optimizer in the checkpoint, none from here on",
            Assert.Single(other.LoadCheckpoint(folder.File("checkpoint.safetensors"), new CheckpointOptions { AllowOtherSettings = true })));
    }
}
