using System.Globalization;
using GraphCompiler.Runtime;

namespace GraphCompiler.Checkpoints;

/// <summary>The trainer's own counters.</summary>
/// <param name="StepCount">The steps that have run, which is also the counter of the random numbers.</param>
/// <param name="Seed">The seed of the random numbers.</param>
internal readonly record struct TrainingCounters(long StepCount, ulong Seed);

/// <summary>
/// All of training in a safetensors file: a block of tensors each for the parameters (<c>parameters.…</c>), the model's
/// state (<c>state.…</c>), the optimizer's state under PyTorch's names (<c>exp_avg.…</c>) and the sum of accumulated gradients
/// (<c>gradient_sum.…</c>); counters and hyper-parameters as metadata. Hyper-parameters must be those of the trainer that
/// loads: with others, the next steps would not be those of the trainer that saved. A schedule is a function and cannot
/// be compared; giving the same one is up to the caller.
/// </summary>
internal static unsafe class TrainingCheckpoint
{
    const string FormatName = "graphcompiler training checkpoint 1";
    const string SettingPrefix = "setting.";

    public static void Save(string path, GraphModel model, OptimizerState state, TrainingCounters counters)
    {
        Dictionary<string, string> metadata = new()
        {
            ["format"] = FormatName,
            ["step_count"] = Text(counters.StepCount),
            ["seed"] = counters.Seed.ToString(CultureInfo.InvariantCulture),
            ["update_count"] = Text(state.UpdateCount),
            ["skipped_updates"] = Text(state.SkippedUpdates),
            ["accumulated"] = Text(state.Accumulated),
            ["gradient_norm"] = BitConverter.DoubleToInt64Bits(state.GradientNorm).ToString(CultureInfo.InvariantCulture),
        };
        foreach ((string name, string value) in Settings(state))
            metadata.Add(SettingPrefix + name, value);

        BlockFile.Save(path, metadata, Blocks(model, state));
    }

    public static TrainingCounters Load(string path, GraphModel model, OptimizerState state)
    {
        Restored restored = default;
        BlockFile.Load(path, metadata =>
        {
            restored = Check(metadata, state);
            return Blocks(model, state);
        });

        state.UpdateCount = restored.UpdateCount;
        state.SkippedUpdates = restored.SkippedUpdates;
        state.Accumulated = restored.Accumulated;
        state.GradientNorm = restored.GradientNorm;
        return restored.Counters;
    }

    static Restored Check(IReadOnlyDictionary<string, string> metadata, OptimizerState state)
    {
        if (!metadata.TryGetValue("format", out string? format) || format != FormatName)
            throw new SafetensorsException($"the file is not a training checkpoint: its format is '{format ?? "not given"}', not '{FormatName}'");

        foreach ((string name, string value) in Settings(state))
        {
            string found = Required(metadata, SettingPrefix + name);
            if (found != value)
                throw new SafetensorsException($"the checkpoint was written with {name} = {found}; this trainer has {value}");
        }

        long accumulated = Number(metadata, "accumulated", state.Options.AccumulationSteps - 1);
        long steps = Number(metadata, "step_count", long.MaxValue);
        return new Restored(
            new TrainingCounters(steps, Seed(metadata)),
            Number(metadata, "update_count", steps),
            Number(metadata, "skipped_updates", steps),
            (int)accumulated,
            BitConverter.Int64BitsToDouble(SignedNumber(metadata, "gradient_norm")));
    }

    /// <summary>What has to be the same for the next steps to be the same.</summary>
    static IEnumerable<(string Name, string Value)> Settings(OptimizerState state) =>
    [
        ("optimizer", state.Optimizer.Kind),
        .. state.Optimizer.Hyperparameters,
        ("decaying_parameters", state.DecayingParameters),
        ("clip_norm", (state.Options.ClipNorm ?? 0).ToString("R", CultureInfo.InvariantCulture)),
        ("accumulation_steps", Text(state.Options.AccumulationSteps)),
    ];

    static NamedBlock[] Blocks(GraphModel model, OptimizerState state)
    {
        List<NamedBlock> blocks =
        [
            new("parameters.", model.ModelLayout, model.ParameterPointer),
            new("state.", model.StateLayout, model.StatePointer),
        ];
        for (int index = 0; index < state.Optimizer.StateNames.Count; index++)
            blocks.Add(new NamedBlock(state.Optimizer.StateNames[index] + ".", model.ModelLayout, state.State(index)));
        if (state.GradientSum != null)
            blocks.Add(new NamedBlock("gradient_sum.", model.ModelLayout, state.GradientSum));
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
        TrainingCounters Counters, long UpdateCount, long SkippedUpdates, int Accumulated, double GradientNorm);
}
