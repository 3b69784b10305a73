using System.Globalization;
using GraphCompiler.Contracts;
using GraphCompiler.Runtime;

namespace GraphCompiler.Checkpoints;

/// <summary>What a checkpoint gives its trainer beside what lies in memory.</summary>
/// <param name="Counters">The trainer's own counters.</param>
/// <param name="OtherSettings">The settings that the file has other values of, for the user.</param>
internal readonly record struct LoadedCheckpoint(TrainingCounters Counters, IReadOnlyList<string> OtherSettings);

/// <summary>The trainer's own counters.</summary>
/// <param name="StepCount">The steps that have run, which is also the counter of the random numbers.</param>
/// <param name="Seed">The seed of the random numbers.</param>
internal readonly record struct TrainingCounters(long StepCount, ulong Seed);

/// <summary>
/// All of training in a safetensors file: a block of tensors each for the parameters (<c>parameters.…</c>), the model's
/// state (<c>state.…</c>), the optimizer's state under PyTorch's names (<c>exp_avg.…</c>) and the sum of accumulated gradients
/// (<c>gradient_sum.…</c>), where an update has several steps also the model's state before the first of them
/// (<c>state_before_update.…</c>); counters and settings as metadata. Settings must be those of the trainer that
/// loads: with others, the next steps would not be those of the trainer that saved. So they are refused, or listed where the
/// user allows them. A schedule is a function, and compared by its description.
/// </summary>
internal static unsafe class TrainingCheckpoint
{
    const string FormatName = "graphcompiler training checkpoint 1";
    const string SettingPrefix = "setting.";

    /// <summary>Settings that files without them have none of.</summary>
    const string Groups = "parameter_groups", LossScaling = "loss_scaling", None = "none";

    /// <summary>The scale of the loss, where it has one.</summary>
    const string LossScale = "loss_scale", GoodUpdates = "good_updates";

    const string Weights = "accumulated_weights", SkippedSteps = "skipped_steps", RateFactor = "learning_rate_factor";

    /// <summary>No training gets there, and whoever counts on from it does not overflow.</summary>
    const long MostSteps = 1L << 62;

    /// <summary>Settings that say which blocks there are, and what is in them.</summary>
    static readonly string[] FixedSettings = ["optimizer", "accumulation_steps"];

    /// <summary>Whether a file's metadata are a checkpoint's.</summary>
    public static bool IsOne(IReadOnlyDictionary<string, string> metadata) => metadata.GetValueOrDefault("format") == FormatName;

    public static void Save(string path, GraphModel model, TrainingState state, TrainingCounters counters)
    {
        Dictionary<string, string> metadata = new()
        {
            ["format"] = FormatName,
            ["step_count"] = Text(counters.StepCount),
            ["seed"] = counters.Seed.ToString(CultureInfo.InvariantCulture),
            ["update_count"] = Text(state.UpdateCount),
            ["skipped_updates"] = Text(state.SkippedUpdates),
            [SkippedSteps] = Text(state.SkippedSteps),
            ["accumulated"] = Text(state.Accumulated),
            [Weights] = BitConverter.DoubleToInt64Bits(state.SumOfWeights).ToString(CultureInfo.InvariantCulture),
            ["gradient_norm"] = BitConverter.DoubleToInt64Bits(state.GradientNorm).ToString(CultureInfo.InvariantCulture),
        };
        if (state.RateFactor != 1)
            metadata.Add(RateFactor, Text(BitConverter.DoubleToInt64Bits(state.RateFactor)));
        if (state.Scaler is { } scaler)
        {
            metadata.Add(LossScale, Text(BitConverter.SingleToInt32Bits(scaler.Scale)));
            metadata.Add(GoodUpdates, Text(scaler.GoodUpdates));
        }
        foreach ((string name, string value) in Settings(state))
            metadata.Add(SettingPrefix + name, value);

        BlockFile.Save(path, metadata, Blocks(model, state));
    }

    public static LoadedCheckpoint Load(string path, GraphModel model, TrainingState state, CheckpointOptions options)
    {
        Restored restored = default;
        BlockFile.Load(path, Blocks(model, state), metadata => restored = Check(metadata, state, options));

        state.UpdateCount = restored.UpdateCount;
        state.SkippedUpdates = restored.SkippedUpdates;
        state.SkippedSteps = restored.SkippedSteps;
        state.Accumulated = restored.Accumulated;
        state.SumOfWeights = restored.SumOfWeights;
        state.GradientNorm = restored.GradientNorm;
        state.RateFactor = restored.RateFactor;
        if (restored.Scale is { } scale)
            state.Scaler!.Restore(scale.Scale, scale.GoodUpdates);
        return new LoadedCheckpoint(restored.Counters, restored.OtherSettings);
    }

    static Restored Check(IReadOnlyDictionary<string, string> metadata, TrainingState state, CheckpointOptions options)
    {
        if (!IsOne(metadata))
            throw new SafetensorsException(NoCheckpoint(metadata.GetValueOrDefault("format")));

        List<string> others = OtherSettings(metadata, state, options);
        long accumulated = Number(metadata, "accumulated", state.Options.AccumulationSteps - 1);
        long steps = Number(metadata, "step_count", MostSteps), skippedUpdates = Number(metadata, "skipped_updates", steps);
        return new Restored(
            new TrainingCounters(steps, Seed(metadata)),
            Number(metadata, "update_count", steps),
            skippedUpdates,
            // Files without it are of trainers whose updates all had as many steps.
            metadata.ContainsKey(SkippedSteps) ? Number(metadata, SkippedSteps, steps) : skippedUpdates * state.Options.AccumulationSteps,
            (int)accumulated,
            SumOfWeights(metadata, accumulated),
            Scale(metadata, state, isWithinUpdate: accumulated > 0),
            BitConverter.Int64BitsToDouble(SignedNumber(metadata, "gradient_norm")),
            RateFactorIn(metadata),
            others);
    }

    /// <summary>In files without it every step counts 1.</summary>
    static double SumOfWeights(IReadOnlyDictionary<string, string> metadata, long accumulated)
    {
        double sum = metadata.ContainsKey(Weights) ? BitConverter.Int64BitsToDouble(SignedNumber(metadata, Weights)) : accumulated;
        return sum >= 0 && double.IsFinite(sum) ? sum : throw new SafetensorsException($"the metadata has a '{Weights}' that is no sum of weights");
    }

    static double RateFactorIn(IReadOnlyDictionary<string, string> metadata)
    {
        double factor = metadata.ContainsKey(RateFactor) ? BitConverter.Int64BitsToDouble(SignedNumber(metadata, RateFactor)) : 1;
        return factor >= 0 && double.IsFinite(factor) ? factor : throw new SafetensorsException($"the metadata has a '{RateFactor}' that is no factor");
    }

    static string NoCheckpoint(string? format) => format == "pt"
        ? "the file is not a training checkpoint: it holds parameters alone, as a model's Save or PyTorch writes them, and a model's Load reads it"
        : $"the file is not a training checkpoint: its format is '{SafetensorsHeader.Shown(format ?? "not given")}', not '{FormatName}'";

    /// <summary>The settings that differ, as far as they may.</summary>
    static List<string> OtherSettings(IReadOnlyDictionary<string, string> metadata, TrainingState state, CheckpointOptions options)
    {
        List<string> others = [];
        foreach ((string name, string value) in Settings(state))
        {
            string found = name is Groups or LossScaling ? metadata.GetValueOrDefault(SettingPrefix + name, None) : Required(metadata, SettingPrefix + name);
            if (found == value)
                continue;
            string shown = SafetensorsHeader.Shown(found);
            bool isFixed = FixedSettings.Contains(name);
            if (isFixed || !options.AllowOtherSettings)
            {
                throw new SafetensorsException($"the checkpoint was written with {name} = {shown}; this trainer has {value}"
                    + (isFixed ? "" : ", which CheckpointOptions { AllowOtherSettings = true } allows"));
            }
            others.Add($"{name}: {shown} in the checkpoint, {value} from here on");
        }
        return others;
    }

    /// <summary>What has to be the same for the next steps to be the same.</summary>
    static IEnumerable<(string Name, string Value)> Settings(TrainingState state) =>
    [
        ("optimizer", state.Optimizer.Kind),
        .. state.Optimizer.Hyperparameters,
        ("decaying_parameters", state.DecayingParameters),
        (Groups, state.Optimizer.Groups.Count == 0 ? None : string.Join("; ", state.Optimizer.Groups)),
        ("schedule", (state.Options.Schedule ?? LearningRateSchedule.Constant()).Description),
        ("clip_norm", (state.Options.ClipNorm ?? 0).ToString("R", CultureInfo.InvariantCulture)),
        ("accumulation_steps", Text(state.Options.AccumulationSteps)),
        (LossScaling, state.Scaler is null ? None : state.Options.LossScaling.ToString()),
    ];

    /// <summary>The scale of the loss to go on with; null where file or trainer have none, which a sum of gradients under way does not allow.</summary>
    static (float Scale, int GoodUpdates)? Scale(IReadOnlyDictionary<string, string> metadata, TrainingState state, bool isWithinUpdate)
    {
        bool has = metadata.ContainsKey(LossScale);
        if (isWithinUpdate && has != state.Scaler is not null)
            throw new SafetensorsException("the checkpoint was written in the midst of an update, with gradients of " + (has ? "a scaled loss" : "a loss that is not scaled"));
        if (!has || state.Scaler is null)
            return null;
        float scale = BitConverter.Int32BitsToSingle((int)Number(metadata, LossScale, int.MaxValue));
        return LossScaleContract.IsScale(scale)
            ? (scale, (int)Number(metadata, GoodUpdates, int.MaxValue))
            : throw new SafetensorsException($"the metadata has a {LossScale} that is none: {scale.ToString(CultureInfo.InvariantCulture)}");
    }

    static NamedBlock[] Blocks(GraphModel model, TrainingState state)
    {
        List<NamedBlock> blocks =
        [
            new("parameters.", model.ModelLayout, model.ParameterPointer),
            new("state.", model.StateLayout, model.StatePointer),
        ];
        for (int index = 0; index < state.Optimizer.StateNames.Count; index++)
            blocks.Add(new NamedBlock(state.Optimizer.StateNames[index] + ".", model.ModelLayout.Trainable, (byte*)state.State(index)));
        if (state.GradientSum != null)
            blocks.Add(new NamedBlock("gradient_sum.", model.ModelLayout.Trainable, (byte*)state.GradientSum));
        if (state.StateBeforeUpdate != null)
            blocks.Add(new NamedBlock("state_before_update.", model.StateLayout, state.StateBeforeUpdate));
        return [.. blocks];
    }

    static string Required(IReadOnlyDictionary<string, string> metadata, string key)
        => metadata.TryGetValue(key, out string? value)
            ? value
            : throw new SafetensorsException($"the metadata has no '{key}'");

    static long Number(IReadOnlyDictionary<string, string> metadata, string key, long most)
    {
        long number = SignedNumber(metadata, key);
        return number >= 0 && number <= most
            ? number
            : throw new SafetensorsException($"the metadata has {key} = {number}, which is not from 0 to {most}");
    }

    static long SignedNumber(IReadOnlyDictionary<string, string> metadata, string key)
        => long.TryParse(Required(metadata, key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new SafetensorsException($"the metadata has a '{key}' that is not a whole number");

    static ulong Seed(IReadOnlyDictionary<string, string> metadata)
        => ulong.TryParse(Required(metadata, "seed"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw new SafetensorsException("the metadata has a 'seed' that is not a whole number");

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    readonly record struct Restored(
        TrainingCounters Counters, long UpdateCount, long SkippedUpdates, long SkippedSteps, int Accumulated, double SumOfWeights,
        (float Scale, int GoodUpdates)? Scale, double GradientNorm, double RateFactor, IReadOnlyList<string> OtherSettings);
}
