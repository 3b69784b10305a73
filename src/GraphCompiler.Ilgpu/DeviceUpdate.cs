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

    /// <summary>Where the program's numbers for the update have the count of updates that were left out, and the coefficients.</summary>
    const int SkippedBefore = 0, Candidates = 4;

    /// <summary>Where the device has the scale, the norm, the count of updates left out, the coefficients chosen, and the sums of squares.</summary>
    const int Scale = 0, Norm = 1, Skipped = 2, Chosen = 4, Squares = 8;

    /// <summary>How many floats the coefficients of an update take, and how many updates may be open when the next one is prepared.</summary>
    const int Coefficients = 4, OpenAtOnce = 3;

    readonly DeviceProgram program;
    readonly TrainingState state;
    readonly DeviceBlock blocks, small;
    readonly HostBlock?[] norms = new HostBlock?[OpenAtOnce + 1];
    readonly LaunchSequence update;
    readonly long floats;
    readonly int stateBlocks;
    readonly Action<AcceleratorStream, KernelConfig, UpdateArguments> formula;
    readonly Action<AcceleratorStream, KernelConfig, GradientArguments> squares, clip;
    readonly Action<AcceleratorStream, KernelConfig, GradientArguments>? accumulate;
    readonly Action<AcceleratorStream, KernelConfig, StateArguments>? restore;
    readonly DeviceBlock? stateBefore;
    readonly UpdateArguments updateArguments;
    GradientArguments gradientArguments;
    bool hostIsNewer = true, deviceIsNewer;
    long asked, settled;
    int skippedBefore;

    public DeviceUpdate(DeviceProgram program, TrainingState state)
    {
        this.program = program;
        this.state = state;
        var device = program.Model.Device;
        floats = program.Model.Model.ModelLayout.TotalFloats;
        stateBlocks = state.Blocks;
        bool hasDecay = state.Optimizer.WeightDecay > 0;
        formula = device.Load<UpdateArguments>(state.Optimizer switch
        {
            Adam => UpdateKernels.Adam,
            Sgd { Momentum: > 0 } => UpdateKernels.Momentum,
            Sgd => UpdateKernels.Descent,
            _ => throw new DeviceException($"The optimizer {state.Optimizer.GetType().Name} has no form for devices."),
        });
        accumulate = Accumulates ? device.Load<GradientArguments>(UpdateKernels.Accumulate) : null;
        restore = StateFloats > 0 ? device.Load<StateArguments>(UpdateKernels.RestoreState) : null;
        squares = device.Load<GradientArguments>(UpdateKernels.SquaresOfParts);
        clip = device.Load<GradientArguments>(UpdateKernels.ClippingScale);
        update = new LaunchSequence(device, LaunchUpdate);
        try
        {
            blocks = device.Allocate(floats * (stateBlocks + (hasDecay ? 1 : 0)), "The optimizer's state");
            small = device.Allocate(Squares + 2 * UpdateKernels.NormParts, "The norm of the gradients");
            stateBefore = StateFloats > 0 ? device.Allocate(StateFloats, "The copy of the model's state") : null;
            small.Clear(0, Squares);
            small.Write(Scale, [1f / state.Options.AccumulationSteps, float.NaN]);
            if (hasDecay)
                WriteDecays(program.Model.Model);
        }
        catch
        {
            Dispose();
            throw;
        }
        gradientArguments = ArgumentsOfGradients();
        updateArguments = ArgumentsOfUpdate(hasDecay);
    }

    public int MostOpen => OpenAtOnce;

    public int Open => (int)(asked - settled);

    bool Accumulates => state.Options.AccumulationSteps > 1;

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
            Numbers = small.Part(Chosen, Coefficients).Cast<UpdateNumbers>(),
            Candidates = program.UpdateBlockOnDevice.SubView(Candidates, Coefficients * (OpenAtOnce + 1)).Cast<UpdateNumbers>(),
            Skipped = small.Part(Skipped, 1).Cast<int>(),
            SkippedBefore = program.UpdateBlockOnDevice.SubView(SkippedBefore, 1).Cast<int>(),
            MeanScale = 1f / state.Options.AccumulationSteps,
            ClipNorm = (float)(state.Options.ClipNorm ?? 0),
        };
    }

    /// <summary>What stays the same from step to step.</summary>
    UpdateArguments ArgumentsOfUpdate(bool hasDecay)
    {
        var fixedArguments = new UpdateArguments
        {
            Parameters = program.Model.Parameters,
            Gradients = MeanOfGradients,
            First = Block(0),
            Second = Block(1),
            Scale = small.Part(Scale, 2),
            Numbers = gradientArguments.Numbers,
            HasDecay = hasDecay ? 1 : 0,
            Decays = hasDecay ? blocks.Part(floats * stateBlocks, floats) : blocks.All,
        };
        if (state.Optimizer is Adam adam)
        {
            fixedArguments.Penalty = adam is AdamW ? 0 : (float)adam.WeightDecay;
            fixedArguments.Keep1 = (float)adam.Beta1;
            (fixedArguments.Keep2, fixedArguments.Take2) = ((float)adam.Beta2, (float)(1 - adam.Beta2));
            fixedArguments.Epsilon = (float)adam.Epsilon;
        }
        else if (state.Optimizer is Sgd descent)
        {
            fixedArguments.Penalty = (float)descent.WeightDecay;
            fixedArguments.Keep1 = (float)descent.Momentum;
            (fixedArguments.Ahead, fixedArguments.Now) = descent.Nesterov ? ((float)descent.Momentum, 1) : (1, 0);
        }
        return fixedArguments;
    }

    ArrayView<float> Block(int index) => index < stateBlocks ? blocks.Part(index * floats, floats) : blocks.All;

    void WriteDecays(GraphModel model)
    {
        blocks.Clear(floats * stateBlocks, floats);
        for (int index = 0; index < model.Parameters.Count; index++)
        {
            if (!state.Optimizer.DecayRule(model.Parameters[index]))
                continue;
            var place = model.ModelLayout.Parameters[index];
            float[] ones = new float[(int)Math.Min(place.Count, 1 << 20)];
            Array.Fill(ones, 1f);
            for (long done = 0; done < place.Count; done += ones.Length)
                blocks.Write(floats * stateBlocks + place.Offset + done, ones.AsSpan(0, (int)Math.Min(ones.Length, place.Count - done)));
        }
    }

    public void Prepare(int skipped, double learningRate, long number)
    {
        var numbers = MemoryMarshal.Cast<float, UpdateNumbers>(program.UpdateBlock.AsSpan(Candidates, Coefficients * (OpenAtOnce + 1)));
        numbers[skipped] = state.Optimizer switch
        {
            Adam adam => new UpdateNumbers
            {
                Keep = adam is AdamW ? (float)(1 - learningRate * adam.WeightDecay) : 1,
                Take1 = (float)(1 - adam.Beta1),
                Step = (float)(-learningRate / (1 - Math.Pow(adam.Beta1, number))),
                RootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(adam.Beta2, number))),
            },
            Sgd descent => new UpdateNumbers { Take1 = number == 1 ? 1 : (float)(1 - descent.Dampening), Step = (float)-learningRate },
            _ => default,
        };
        program.UpdateBlock[SkippedBefore] = BitConverter.Int32BitsToSingle(skippedBefore);
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
            Launch(program.Model.Device.Stream, accumulate!, Launches.Elements(floats / Four.Count), gradientArguments with
            {
                Gradients = program.Gradients,
                Sums = MeanOfGradients,
                Starts = startsSum ? 1 : 0,
            });
            deviceIsNewer = true;
        }
        if (!updates)
            return;
        update.Run([]);
        QueueNorm();
        program.Model.DeviceChanged();
        deviceIsNewer = true;
    }

    void LaunchUpdate(AcceleratorStream stream)
    {
        int threads = program.Model.Device.Threads.LargestRow;
        Launch(stream, squares, new KernelConfig(gradientArguments.Sums.IntLength / 2, threads), gradientArguments);
        Launch(stream, clip, new KernelConfig(1, threads), gradientArguments);
        Launch(stream, formula, Launches.Elements(floats / Four.Count), updateArguments);
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

    void QueueNorm()
    {
        var queue = program.Model.Device.Queue;
        var norm = norms[asked % norms.Length] ??= new HostBlock(queue, 1);
        queue.CopyOut(small.Part(Norm, 1), norm.At(0));
        norm.Copied(beside: false);
        asked++;
    }

    public double NextNorm()
    {
        var norm = norms[settled % norms.Length]!;
        norm.Wait();
        settled++;
        if (!float.IsFinite(norm.Floats[0]))
            skippedBefore++;
        return norm.Floats[0];
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

    public void HostChanged() => (hostIsNewer, deviceIsNewer) = (true, false);

    /// <summary>Also of an update that could not be made whole.</summary>
    public void Dispose()
    {
        settled = asked;
        update.Dispose();
        foreach (var norm in norms)
            norm?.Dispose();
        blocks?.Dispose();
        small?.Dispose();
        stateBefore?.Dispose();
    }
}
