using GraphCompiler.Kernels.Ilgpu;
using GraphCompiler.Runtime;
using ILGPU;
using ILGPU.Runtime;

namespace GraphCompiler.Ilgpu;

/// <summary>
/// The optimizer on the device: its state lies there, and an update is one kernel over the whole block. With clipping, the
/// norm is taken in two stages and its scale stays on the device; the host reads the norm, to know whether the update
/// happened.
/// </summary>
sealed unsafe class DeviceUpdate : IRemoteUpdate
{
    /// <summary>So many gradients give a group that adds their squares enough to do.</summary>
    const int FloatsOfPart = 4096;

    readonly DeviceProgram program;
    readonly OptimizerState state;
    readonly DeviceBlock blocks, small;
    readonly long floats;
    readonly int stateBlocks;
    readonly Action<AcceleratorStream, KernelConfig, UpdateArguments> update;
    readonly Action<AcceleratorStream, KernelConfig, GradientArguments> accumulate, squares, clip;
    UpdateArguments arguments;
    bool hostIsNewer = true, deviceIsNewer;

    public DeviceUpdate(DeviceProgram program, OptimizerState state)
    {
        this.program = program;
        this.state = state;
        var device = program.Model.Device;
        var model = program.Model.Model;
        floats = model.ModelLayout.TotalFloats;
        stateBlocks = state.Blocks;
        bool hasDecay = state.Optimizer.WeightDecay > 0;
        update = device.Load<UpdateArguments>(state.Optimizer switch
        {
            Adam => UpdateKernels.Adam,
            Sgd { Momentum: > 0 } => UpdateKernels.Momentum,
            Sgd => UpdateKernels.Descent,
            _ => throw new DeviceException($"The optimizer {state.Optimizer.GetType().Name} has no form for devices."),
        });
        accumulate = device.Load<GradientArguments>(UpdateKernels.Accumulate);
        squares = device.Load<GradientArguments>(UpdateKernels.SquaresOfParts);
        clip = device.Load<GradientArguments>(UpdateKernels.ClippingScale);
        blocks = device.Allocate(floats * (stateBlocks + (hasDecay ? 1 : 0)), "The optimizer's state");
        small = device.Allocate(2 + UpdateKernels.NormParts, "The norm of the gradients");
        small.Write(0, [1f / state.Options.AccumulationSteps, float.NaN]);
        arguments = new UpdateArguments
        {
            Parameters = program.Model.Parameters,
            First = Block(0),
            Second = Block(1),
            Scale = small.Part(0, 2),
            HasDecay = hasDecay ? 1 : 0,
            Decays = hasDecay ? blocks.Part(floats * stateBlocks, floats) : blocks.All,
        };
        if (hasDecay)
            WriteDecays(model);
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

    public void Prepare(double learningRate, long number)
    {
        var optimizer = state.Optimizer;
        if (optimizer is Adam adam)
        {
            bool decoupled = optimizer is AdamW;
            arguments.Penalty = decoupled ? 0 : (float)adam.WeightDecay;
            arguments.Keep = decoupled ? (float)(1 - learningRate * adam.WeightDecay) : 1;
            (arguments.Keep1, arguments.Take1) = ((float)adam.Beta1, (float)(1 - adam.Beta1));
            (arguments.Keep2, arguments.Take2) = ((float)adam.Beta2, (float)(1 - adam.Beta2));
            arguments.Step = (float)(-learningRate / (1 - Math.Pow(adam.Beta1, number)));
            arguments.RootCorrection = (float)(1 / Math.Sqrt(1 - Math.Pow(adam.Beta2, number)));
            arguments.Epsilon = (float)adam.Epsilon;
        }
        else if (optimizer is Sgd descent)
        {
            arguments.Penalty = (float)descent.WeightDecay;
            arguments.Step = (float)-learningRate;
            (arguments.Keep1, arguments.Take1) = ((float)descent.Momentum, number == 1 ? 1 : (float)(1 - descent.Dampening));
            (arguments.Ahead, arguments.Now) = descent.Nesterov ? ((float)descent.Momentum, 1) : (1, 0);
        }
    }

    public double Take(bool startsSum, bool updates)
    {
        Send();
        var stream = program.Model.Device.Stream;
        var gradients = program.Gradients;
        if (state.Options.AccumulationSteps > 1)
        {
            var sum = Block(state.Optimizer.StateNames.Count);
            accumulate(stream, Launches.Elements(floats), new GradientArguments { Gradients = gradients, Sums = sum, Scale = small.Part(0, 2), Starts = startsSum ? 1 : 0 });
            gradients = sum;
            deviceIsNewer = true;
        }
        if (!updates)
            return double.NaN;
        double norm = state.Options.ClipNorm is { } limit && limit > 0 ? Clip(stream, gradients, limit) : double.NaN;
        arguments.Gradients = gradients;
        update(stream, Launches.Elements(floats), arguments);
        program.Model.DeviceChanged();
        deviceIsNewer = true;
        return norm;
    }

    double Clip(AcceleratorStream stream, ArrayView<float> gradients, double limit)
    {
        var device = program.Model.Device;
        int parts = (int)Math.Clamp(floats / FloatsOfPart, 1, UpdateKernels.NormParts);
        var norms = new GradientArguments
        {
            Gradients = gradients,
            Sums = small.Part(2, parts),
            Scale = small.Part(0, 2),
            MeanScale = 1f / state.Options.AccumulationSteps,
            ClipNorm = (float)limit,
        };
        squares(stream, new KernelConfig(parts, device.LargestRow), norms);
        clip(stream, new KernelConfig(1, device.LargestRow), norms);
        float norm = 0;
        small.Read(1, new Span<float>(ref norm));
        return norm;
    }

    void Send()
    {
        if (hostIsNewer && stateBlocks > 0)
            BlockCopy.Write(blocks, state.State(0), floats * stateBlocks);
        hostIsNewer = false;
    }

    public void Fetch()
    {
        if (deviceIsNewer && stateBlocks > 0)
            BlockCopy.Read(blocks, state.State(0), floats * stateBlocks);
        deviceIsNewer = false;
    }

    public void HostChanged() => (hostIsNewer, deviceIsNewer) = (true, false);

    public void Dispose()
    {
        blocks.Dispose();
        small.Dispose();
    }
}
