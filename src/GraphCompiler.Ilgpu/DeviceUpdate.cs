using System.Runtime.InteropServices;
using GraphCompiler.Ilgpu.Launching;
using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Runtime;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// The optimizer on the device: its state lies there, and an update is one kernel over the whole block. The norm of the gradients is taken
/// in two stages before it, and stays on the device with the scale. A norm that is not finite leaves the update out, and gives back the
/// model's state, which was copied before the update's first step. Only the device knows that at first: it counts these updates, and
/// chooses the coefficients of the next one among those that the host worked out for each case. The norms come back to the host behind
/// the updates.
/// </summary>
sealed unsafe class DeviceUpdate : IRemoteUpdate
{
    /// <summary>So many gradients give a group that adds their squares enough to do.</summary>
    const int FloatsOfPart = 4096;

    /// <summary>
    /// Where the device has the scale, the norm, the count of updates left out, a one, the scale of the loss, and the good updates since it changed.
    /// What the host sends for each update follows: how many of these
    /// it had seen, and the coefficients for each case; then the coefficients chosen, and the sums of squares.
    /// </summary>
    const int Scale = 0, Norm = 1, Skipped = 2, Whole = 3, LossScale = 4, GoodUpdates = 5, Sent = 6;

    /// <summary>Where a block of the host has the norm that comes back, and what is sent.</summary>
    const int NormThere = 0, SentThere = 1;

    /// <summary>How many updates may be open when the next one is prepared.</summary>
    const int OpenAtOnce = 3;

    readonly DeviceProgram program;
    readonly TrainingState state;
    readonly DeviceBlock blocks, small;
    readonly HostBlock?[] exchanged = new HostBlock?[OpenAtOnce + 1];
    readonly UpdateFormula formula;
    readonly LaunchSequence update;
    readonly long floats;
    readonly int stateBlocks;
    readonly Action<AcceleratorStream, KernelConfig, UpdateArguments> apply;
    readonly Action<AcceleratorStream, KernelConfig, UpdateArguments>? accumulate;
    readonly Action<AcceleratorStream, KernelConfig, GradientArguments> squares, clip;
    readonly Action<AcceleratorStream, KernelConfig, StateArguments>? restore;
    readonly DeviceBlock? stateBefore;
    readonly UpdateArguments updateArguments, sumArguments;
    GradientArguments gradientArguments;
    bool hostIsNewer = true, deviceIsNewer, lossScaleIsNewer;
    long asked, settled;
    int skippedBefore;

    public DeviceUpdate(DeviceProgram program, TrainingState state)
    {
        this.program = program;
        this.state = state;
        var device = program.Model.Device;
        floats = program.Model.Model.ModelLayout.Trainable.TotalFloats;
        stateBlocks = state.Blocks;
        bool hasSets = state.Settings.Length > 1;
        formula = state.Optimizer.Formula;
        apply = device.Load(DeviceFormulas.KernelOf(state.Optimizer, program.Model.Model.GetType(), hasSets));
        accumulate = Accumulates ? device.Load(DeviceFormulas.KernelOf(GradientSum.Instance, GetType(), hasGroups: false)) : null;
        restore = StateFloats > 0 ? device.Load<StateArguments>(UpdateKernels.RestoreState) : null;
        squares = device.Load<GradientArguments>(UpdateKernels.SquaresOfParts);
        clip = device.Load<GradientArguments>(UpdateKernels.ClippingScale);
        update = new LaunchSequence(device, LaunchUpdate);
        try
        {
            blocks = device.Allocate(floats * stateBlocks + (hasSets ? floats / UpdateArguments.ElementsOfSet : 0), "The optimizer's state");
            small = device.Allocate(Squares + 2 * UpdateKernels.NormParts, "The coefficients of the update and the norm of the gradients");
            stateBefore = StateFloats > 0 ? device.Allocate(StateFloats, "The copy of the model's state") : null;
            small.Clear(0, Sent);
            small.Write(Scale, [1f / state.Options.AccumulationSteps, float.NaN]);
            small.Write(Whole, [1f]);
            SendLossScale();
            program.ScaleOfLoss = small.Part(LossScale, 1);
            if (hasSets)
                WriteSets(program.Model.Model.ModelLayout.Trainable);
        }
        catch
        {
            Dispose();
            throw;
        }
        gradientArguments = ArgumentsOfGradients();
        updateArguments = ArgumentsOfUpdate(hasSets);
        sumArguments = new UpdateArguments { Parameters = MeanOfGradients, Gradients = program.Gradients, Scale = small.Part(Whole, 1) };
    }

    public int MostOpen => OpenAtOnce;

    public int Open => (int)(asked - settled);

    bool Accumulates => state.Options.AccumulationSteps > 1;

    /// <summary>The floats that the coefficients of an update take, a set for each of the settings.</summary>
    int Coefficients => state.Settings.Length * formula.Coefficients;

    int FloatsSent => 1 + Coefficients * (OpenAtOnce + 1);

    int Chosen => Sent + FloatsSent;

    int Squares => Chosen + Coefficients;

    /// <summary>The block of the host for the next update; the update that had it last is settled.</summary>
    HostBlock Exchanged => exchanged[asked % exchanged.Length] ??= new HostBlock(program.Model.Device.Queue, SentThere + FloatsSent);

    long StateFloats => program.Model.Model.StateLayout.TotalFloats;

    /// <summary>What is clipped and applied: the step's gradients, or their sum.</summary>
    ArrayView<float> MeanOfGradients => Accumulates ? Block(state.Optimizer.StateNames.Count) : program.Gradients;

    GradientArguments ArgumentsOfGradients()
    {
        int parts = (int)Math.Clamp(floats / FloatsOfPart, 1, UpdateKernels.NormParts);
        return new GradientArguments
        {
            Gradients = MeanOfGradients,
            Sums = small.Part(Squares, 2 * parts),
            Scale = small.Part(Scale, 2),
            Coefficients = small.Part(Chosen, Coefficients),
            Candidates = small.Part(Sent + 1, Coefficients * (OpenAtOnce + 1)),
            Skipped = small.Part(Skipped, 1).Cast<int>(),
            SkippedBefore = small.Part(Sent, 1).Cast<int>(),
            LossScale = small.Part(LossScale, 1),
            GoodUpdates = small.Part(GoodUpdates, 1).Cast<int>(),
            GrowthInterval = state.Scaler?.GrowthInterval ?? 0,
            MeanScale = 1f / state.Options.AccumulationSteps,
            ClipNorm = (float)(state.Options.ClipNorm ?? 0),
        };
    }

    /// <summary>What stays the same from step to step.</summary>
    UpdateArguments ArgumentsOfUpdate(bool hasSets) => new()
    {
        Parameters = program.Model.Parameters.SubView(0, floats),
        Gradients = MeanOfGradients,
        First = Block(0),
        Second = Block(1),
        Third = Block(2),
        Fourth = Block(3),
        More = stateBlocks > 4 ? blocks.Part(4 * floats, floats * (stateBlocks - 4)) : blocks.All,
        Sets = (hasSets ? blocks.Part(floats * stateBlocks, floats / UpdateArguments.ElementsOfSet) : small.Part(Skipped, 1)).Cast<int>(),
        Scale = small.Part(Scale, 2),
        Coefficients = gradientArguments.Coefficients,
    };

    /// <summary>What the device goes on with by itself.</summary>
    void SendLossScale()
    {
        small.Write(LossScale, [state.ScaleOfNextStep, BitConverter.Int32BitsToSingle(state.Scaler?.GoodUpdates ?? 0)]);
        lossScaleIsNewer = false;
    }

    ArrayView<float> Block(int index) => index < stateBlocks ? blocks.Part(index * floats, floats) : blocks.All;

    void WriteSets(ModelLayout layout)
    {
        int[] sets = new int[checked((int)(floats / UpdateArguments.ElementsOfSet))];
        for (int index = 0; index < layout.Parameters.Count; index++)
        {
            var place = layout.Parameters[index];
            int start = (int)(place.Offset / UpdateArguments.ElementsOfSet), end = (int)((place.Offset + place.Count - 1) / UpdateArguments.ElementsOfSet);
            sets.AsSpan(start..(end + 1)).Fill(state.SettingsOfParameters[index]);
        }
        blocks.Write(floats * stateBlocks, MemoryMarshal.Cast<int, float>(sets));
    }

    public void Prepare(int skipped, double factor, long number)
    {
        if (lossScaleIsNewer)
            SendLossScale();
        var sent = Exchanged.Floats[SentThere..];
        sent[0] = BitConverter.Int32BitsToSingle(skippedBefore);
        formula.Prepare(state.Settings, factor, number, sent.Slice(1 + skipped * Coefficients, Coefficients));
    }

    public void KeepState()
    {
        if (stateBefore is null)
            return;
        program.Model.Send();
        program.Model.Device.Queue.Copy(program.Model.StatePart(0, StateFloats), stateBefore.All);
    }

    public void Take(bool startsSum, bool updates)
    {
        Send();
        if (Accumulates)
        {
            if (startsSum)
                program.Model.Device.Queue.Copy(program.Gradients, MeanOfGradients);
            else
                Launch(program.Model.Device.Stream, accumulate!, Launches.Elements(floats / Four.Count), sumArguments);
            deviceIsNewer = true;
        }
        if (!updates)
            return;
        var queue = program.Model.Device.Queue;
        queue.CopyIn(Exchanged.At(SentThere), small.Part(Sent, FloatsSent), beside: false);
        update.Run([]);
        queue.CopyOut(small.Part(Norm, 1), Exchanged.At(NormThere));
        Exchanged.Copied(beside: false);
        asked++;
        program.Model.DeviceChanged();
        deviceIsNewer = true;
    }

    void LaunchUpdate(AcceleratorStream stream)
    {
        int threads = program.Model.Device.Threads.LargestRow;
        Launch(stream, squares, new KernelConfig(gradientArguments.Sums.IntLength / 2, threads), gradientArguments);
        Launch(stream, clip, new KernelConfig(1, threads), gradientArguments);
        Launch(stream, apply, Launches.Elements(floats / Four.Count), updateArguments);
        if (restore is null)
            return;
        Launch(stream, restore, Launches.Elements(StateFloats / Four.Count), new StateArguments
        {
            State = program.Model.StatePart(0, StateFloats),
            Before = stateBefore!.All,
            Scale = updateArguments.Scale,
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
            BlockCopy.Write(blocks, state.State(0), floats * stateBlocks);
        if (hostIsNewer && stateBefore is not null && state.Accumulated > 0)
            BlockCopy.Write(stateBefore, state.StateBeforeUpdate, StateFloats);
        hostIsNewer = false;
    }

    public void Fetch()
    {
        if (deviceIsNewer && stateBlocks > 0)
            BlockCopy.Read(blocks, state.State(0), floats * stateBlocks);
        if (deviceIsNewer && stateBefore is not null && Accumulates)
            BlockCopy.Read(stateBefore, state.StateBeforeUpdate, StateFloats);
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
    }
}
