using System.Runtime.InteropServices;
using GraphCompiler.Ilgpu.Launching;
using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Runtime;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// The optimizer on the device: its state lies there, and an update is one kernel over the whole block. Before it sums over the gradients are
/// taken, in two stages, of which the second decides whether there is an update, and clipping follows from them; norms and scales stay on the device. A
/// gradient that is not finite leaves the update out, and gives back the model's state, which was copied before the update's first step. Only the
/// device knows that at first: it counts these updates, and chooses the coefficients of the next one among those that the host worked out for each
/// case. The norms come back to the host behind the updates.
/// </summary>
sealed unsafe class DeviceUpdate : IRemoteUpdate
{
    /// <summary>
    /// Where the device has the count of updates left out, a one, the scale of the loss, the good updates since it changed, and the weight of a step.
    /// What the host sends for each update follows: how many of these it had seen, what makes the sum of gradients a mean, and the coefficients for each
    /// case; then the coefficients chosen.
    /// </summary>
    const int Skipped = 0, Whole = 1, LossScale = 2, GoodUpdates = 3, Weight = 4, Sent = 5;

    /// <summary>What is sent before the coefficients.</summary>
    const int SkippedBefore = 0, MeanOfSteps = 1, Candidates = 2;

    /// <summary>Where a block of the host has the norm that comes back, and what is sent.</summary>
    const int NormThere = 0, SentThere = 1;

    /// <summary>How many updates may be open when the next one is prepared.</summary>
    const int OpenAtOnce = 3;

    readonly DeviceProgram program;
    readonly TrainingState state;
    readonly DeviceBlock blocks, small;
    readonly ParameterParts parts;
    readonly DeviceClipping clipping;
    readonly HostBlock?[] exchanged = new HostBlock?[OpenAtOnce + 1];
    readonly UpdateFormula formula;
    readonly LaunchSequence update;
    readonly long floats;
    readonly int stateBlocks;
    readonly Action<AcceleratorStream, KernelConfig, UpdateArguments> apply, sumForClipping, clip;
    readonly Action<AcceleratorStream, KernelConfig, UpdateArguments>? accumulate, sum;
    readonly Action<AcceleratorStream, KernelConfig, SumArguments>? sumOfParameters;
    readonly Action<AcceleratorStream, KernelConfig, DecisionArguments> decide;
    readonly Action<AcceleratorStream, KernelConfig, StateArguments>? restore;
    readonly DeviceBlock? stateBefore, sums;
    readonly UpdateArguments updateArguments, sumArguments;
    readonly SumArguments sumsOfParameters;
    readonly DecisionArguments decisionArguments;
    bool hostIsNewer = true, deviceIsNewer, lossScaleIsNewer;
    long asked, settled;
    int skippedBefore;
    float weightThere = 1;

    public DeviceUpdate(DeviceProgram program, TrainingState state)
    {
        this.program = program;
        this.state = state;
        var device = program.Model.Device;
        floats = program.Model.Model.ModelLayout.Trainable.TotalFloats;
        stateBlocks = state.Blocks;
        bool hasSets = state.Settings.Length > 1;
        formula = state.Optimizer.Formula;
        var kernels = DeviceFormulas.KernelsOf(state.Optimizer, program.Model.Model.GetType(), hasSets);
        var ofClipping = DeviceFormulas.KernelsOf(new GradientClipping(), GetType(), hasGroups: true);
        apply = device.Load(kernels.Apply);
        sum = kernels.Sum is { } ofFormula ? device.Load(ofFormula) : null;
        sumOfParameters = sum is null ? null : device.Load<SumArguments>(UpdateKernels.SumsOfParameters);
        accumulate = Accumulates ? device.Load(DeviceFormulas.KernelsOf(GradientSum.Instance, GetType(), hasGroups: false).Apply) : null;
        restore = StateFloats > 0 ? device.Load<StateArguments>(UpdateKernels.RestoreState) : null;
        sumForClipping = device.Load(DeviceFormulas.KernelsOf(new GradientClipping(), GetType(), hasGroups: false).Sum!);
        decide = device.Load<DecisionArguments>(UpdateKernels.Decide);
        clip = device.Load(ofClipping.Apply);
        update = new LaunchSequence(device, LaunchUpdate);
        var layout = program.Model.Model.ModelLayout.Trainable;
        try
        {
            blocks = device.Allocate(sizeof(float) * (floats * stateBlocks + (hasSets ? Places : 0) + (sum is null ? 0 : Places)), "The optimizer's state");
            small = device.Allocate(sizeof(float) * (Chosen + Coefficients), "The coefficients of the update");
            stateBefore = StateFloats > 0 ? device.Allocate(StateFloats * sizeof(float), "The copy of the model's state") : null;
            parts = new ParameterParts(device, layout, state.Settings, state.SettingsOfParameters);
            sums = sum is null ? null : device.Allocate((long)sizeof(float) * formula.Sums * (parts.Count + parts.Parameters), "The sums of the update");
            small.Clear(0, Sent);
            small.Write(Whole, [1f]);
            small.Write(Weight, [weightThere]);
            SendLossScale();
            program.ScaleOfLoss = small.Part(LossScale, 1);
            if (hasSets)
                WriteNumbers(layout, floats * stateBlocks, parameter => state.SettingsOfParameters[parameter]);
            if (sum is not null)
                WriteNumbers(layout, blocks.All.Length - Places, parameter => parameter);
            clipping = new DeviceClipping(device, parts, state.Settings, MeanOfGradients, small.Part(Whole, 1));
        }
        catch
        {
            Dispose();
            throw;
        }
        decisionArguments = ArgumentsOfDecision();
        updateArguments = ArgumentsOfUpdate(hasSets);
        sumsOfParameters = new SumArguments
        {
            PartSums = updateArguments.PartSums,
            Ranges = parts.OfParameters,
            Sums = updateArguments.Sums,
            Count = formula.Sums,
        };
        sumArguments = new UpdateArguments { Parameters = MeanOfGradients, Gradients = program.Gradients, Scale = small.Part(Weight, 1) };
    }

    public int MostOpen => OpenAtOnce;

    public int Open => (int)(asked - settled);

    bool Accumulates => state.Options.AccumulationSteps > 1;

    /// <summary>The floats that the coefficients of an update take, a set for each of the settings.</summary>
    int Coefficients => state.Settings.Length * formula.Coefficients;

    int FloatsSent => Candidates + Coefficients * (OpenAtOnce + 1);

    int Chosen => Sent + FloatsSent;

    /// <summary>The places where parameters could begin.</summary>
    long Places => floats / UpdateArguments.ElementsOfSet;

    /// <summary>The block of the host for the next update; the update that had it last is settled.</summary>
    HostBlock Exchanged => exchanged[asked % exchanged.Length] ??= new HostBlock(program.Model.Device.Queue, SentThere + FloatsSent + state.Options.AccumulationSteps);

    long StateFloats => program.Model.Model.StateLayout.TotalFloats;

    /// <summary>What is clipped and applied: the step's gradients, or their sum.</summary>
    ArrayView<float> MeanOfGradients => Accumulates ? Block(state.Optimizer.StateNames.Count) : program.Gradients;

    DecisionArguments ArgumentsOfDecision() => new()
    {
        Gradients = clipping.Sums,
        Scale = clipping.Scale,
        Mean = clipping.Mean,
        Norm = clipping.Norm,
        Coefficients = small.Part(Chosen, Coefficients),
        Candidates = small.Part(Sent + Candidates, Coefficients * (OpenAtOnce + 1)),
        Skipped = small.Part(Skipped, 1).Cast<int>(),
        SkippedBefore = small.Part(Sent + SkippedBefore, 1).Cast<int>(),
        MeanOfSteps = small.Part(Sent + MeanOfSteps, 1),
        LossScale = small.Part(LossScale, 1),
        GoodUpdates = small.Part(GoodUpdates, 1).Cast<int>(),
        GrowthInterval = state.Scaler?.GrowthInterval ?? 0,
    };

    /// <summary>What stays the same from step to step.</summary>
    UpdateArguments ArgumentsOfUpdate(bool hasSets) => new()
    {
        Parameters = program.Model.Updated,
        Gradients = MeanOfGradients,
        First = Block(0),
        Second = Block(1),
        Third = Block(2),
        Fourth = Block(3),
        More = stateBlocks > 4 ? blocks.Part(4 * floats, floats * (stateBlocks - 4)) : blocks.All,
        Sets = (hasSets ? blocks.Part(floats * stateBlocks, Places) : small.Part(Skipped, 1)).Cast<int>(),
        Scale = clipping.Scale,
        Coefficients = decisionArguments.Coefficients,
        Owners = (sum is null ? small.Part(Skipped, 1) : blocks.Part(blocks.All.Length - Places, Places)).Cast<int>(),
        Sums = sums?.Part(formula.Sums * parts.Count, formula.Sums * parts.Parameters) ?? small.All,
        Parts = parts.Bounds,
        PartSums = sums?.Part(0, formula.Sums * parts.Count) ?? small.All,
    };

    /// <summary>What the device goes on with by itself.</summary>
    void SendLossScale()
    {
        small.Write(LossScale, [state.ScaleOfNextStep, BitConverter.Int32BitsToSingle(state.Scaler?.GoodUpdates ?? 0)]);
        lossScaleIsNewer = false;
    }

    ArrayView<float> Block(int index) => index < stateBlocks ? blocks.Part(index * floats, floats) : blocks.All;

    /// <summary>Writes a number for every place where a parameter could begin.</summary>
    void WriteNumbers(ModelLayout layout, long offset, Func<int, int> numberOf)
    {
        int[] numbers = new int[checked((int)Places)];
        for (int index = 0; index < layout.Parameters.Count; index++)
        {
            var place = layout.Parameters[index];
            int start = (int)(place.OffsetInFloats / UpdateArguments.ElementsOfSet), end = (int)((place.OffsetInFloats + place.Count - 1) / UpdateArguments.ElementsOfSet);
            numbers.AsSpan(start..(end + 1)).Fill(numberOf(index));
        }
        blocks.Write(offset, MemoryMarshal.Cast<int, float>(numbers));
    }

    public void Prepare(int skipped, double factor, long number)
    {
        if (lossScaleIsNewer)
            SendLossScale();
        var sent = Exchanged.Floats[SentThere..];
        sent[SkippedBefore] = BitConverter.Int32BitsToSingle(skippedBefore);
        formula.Prepare(state.Settings, factor, number, sent.Slice(Candidates + skipped * Coefficients, Coefficients));
    }

    public void KeepState()
    {
        if (stateBefore is null)
            return;
        program.Model.Send();
        program.Model.Device.Queue.Copy(program.Model.StatePart(0, StateFloats * sizeof(float)), stateBefore.All);
    }

    public void Add(bool startsSum, float weight)
    {
        Send();
        if (!Accumulates)
            return;
        var queue = program.Model.Device.Queue;
        SendWeight(weight);
        deviceIsNewer = true;
        if (startsSum && weight == 1)
        {
            queue.Copy(program.Gradients, MeanOfGradients);
            return;
        }
        if (startsSum)
            queue.Clear(MeanOfGradients);
        Launch(program.Model.Device.Stream, accumulate!, Launches.Elements(floats / Four.Count), sumArguments);
    }

    /// <summary>The block of the host has a place for each of an update's steps: what a step's copy reads stays until the update is settled.</summary>
    void SendWeight(float weight)
    {
        if (weight == weightThere)
            return;
        int place = SentThere + FloatsSent + state.Accumulated;
        Exchanged.Floats[place] = weight;
        program.Model.Device.Queue.CopyIn(Exchanged.At(place), small.Part(Weight, 1), beside: false);
        weightThere = weight;
    }

    public void Update(float mean)
    {
        Send();
        Exchanged.Floats[SentThere + MeanOfSteps] = mean;
        var queue = program.Model.Device.Queue;
        queue.CopyIn(Exchanged.At(SentThere), small.Part(Sent, FloatsSent), beside: false);
        update.Run([]);
        queue.CopyOut(clipping.NormOfAll, Exchanged.At(NormThere));
        Exchanged.Copied(beside: false);
        asked++;
        program.Model.DeviceChanged();
        deviceIsNewer = true;
    }

    void LaunchUpdate(AcceleratorStream stream)
    {
        int threads = program.Model.Device.Threads.LargestRow;
        Launch(stream, sumForClipping, new KernelConfig(parts.Count, threads), clipping.Summing);
        Launch(stream, decide, new KernelConfig(1, threads), decisionArguments);
        Launch(stream, clip, Launches.Elements(clipping.Scale.Length / Four.Count), clipping.Clipping);
        if (sum is not null)
        {
            Launch(stream, sum, new KernelConfig(parts.Count, threads), updateArguments);
            Launch(stream, sumOfParameters!, new KernelConfig(parts.Parameters, threads), sumsOfParameters);
        }
        Launch(stream, apply, Launches.Elements(floats / Four.Count), updateArguments);
        if (restore is null)
            return;
        Launch(stream, restore, Launches.Elements(StateFloats / Four.Count), new StateArguments
        {
            State = program.Model.StatePart(0, StateFloats * sizeof(float)),
            Before = stateBefore!.All,
            Scale = clipping.Mean,
        });
    }

    void Launch<T>(AcceleratorStream stream, Action<AcceleratorStream, KernelConfig, T> kernel, KernelConfig groups, in T arguments)
        where T : struct
    {
        try
        {
            kernel(stream, groups, arguments);
        }
        catch (Exception exception) when (exception is not DeviceException)
        {
            throw program.Model.Device.Failed("to run a kernel of " + state.Optimizer.GetType().Name, exception);
        }
    }

    public double NextNorm()
    {
        var oldest = exchanged[settled % exchanged.Length]!;
        oldest.Wait();
        settled++;
        float norm = oldest.Floats[NormThere];
        if (!float.IsFinite(norm))
            skippedBefore++;
        return norm;
    }

    void Send()
    {
        if (hostIsNewer && stateBlocks > 0)
            BlockCopy.Write(blocks, (byte*)state.State(0), floats * stateBlocks * sizeof(float));
        if (hostIsNewer && stateBefore is not null && state.Accumulated > 0)
            BlockCopy.Write(stateBefore, state.StateBeforeUpdate, StateFloats * sizeof(float));
        hostIsNewer = false;
    }

    public void Fetch()
    {
        if (deviceIsNewer && stateBlocks > 0)
            BlockCopy.Read(blocks, (byte*)state.State(0), floats * stateBlocks * sizeof(float));
        if (deviceIsNewer && stateBefore is not null && Accumulates)
            BlockCopy.Read(stateBefore, state.StateBeforeUpdate, StateFloats * sizeof(float));
        deviceIsNewer = false;
    }

    public void HostChanged() => (hostIsNewer, deviceIsNewer, lossScaleIsNewer) = (true, false, true);

    /// <summary>Also of an update that could not be made whole.</summary>
    public void Dispose()
    {
        settled = asked;
        update.Dispose();
        foreach (var block in exchanged)
            block?.Dispose();
        blocks?.Dispose();
        small?.Dispose();
        stateBefore?.Dispose();
        sums?.Dispose();
        parts?.Dispose();
        clipping?.Dispose();
    }
}
