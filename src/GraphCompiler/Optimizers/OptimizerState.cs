using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>
/// What training remembers between steps: the optimizer's blocks, the sum of accumulated gradients and the counters.
/// Every block has the layout of the parameters.
/// </summary>
internal sealed unsafe class OptimizerState : IDisposable
{
    /// <summary>Below this many floats the update is done sooner than a second thread is awake.</summary>
    const long SmallestForTeam = 32 * 1024;

    readonly GraphModel model;
    readonly AlignedMemory memory;
    readonly UpdateProgram program;

    public OptimizerState(GraphModel model, Optimizer optimizer, TrainerOptions options)
    {
        this.model = model;
        Optimizer = optimizer;
        Options = options;

        // Made first: it may refuse the optimizer, and then nothing is there to free.
        program = new UpdateProgram(model.Parameters, model.ModelLayout, optimizer);

        memory = new AlignedMemory(checked(Blocks * model.ModelLayout.TotalBytes));
        program.Parameters = model.ParameterPointer;
        program.State = State(0);
        program.StateStride = model.ModelLayout.TotalFloats;
        program.GradientSum = GradientSum;
        program.Accumulates = options.AccumulationSteps > 1;
        program.MeanScale = 1f / options.AccumulationSteps;
        program.ClipNorm = options.ClipNorm ?? 0;
    }

    /// <summary>The optimizer where the model lives, if not here; the state here then follows on demand.</summary>
    public IRemoteUpdate? Remote { get; set; }

    public Optimizer Optimizer { get; }

    public TrainerOptions Options { get; }

    public long UpdateCount { get; set; }

    public long SkippedUpdates { get; set; }

    /// <summary>How many steps' gradients are in the sum.</summary>
    public int Accumulated { get; set; }

    public double GradientNorm { get; set; } = double.NaN;

    /// <summary>The learning rate of the next update.</summary>
    public double LearningRate => Optimizer.LearningRate * (Options.Schedule?.FactorAt(UpdateCount) ?? 1);

    /// <summary>The sum of accumulated gradients; null when every step updates.</summary>
    public float* GradientSum => Options.AccumulationSteps > 1 ? State(Optimizer.StateNames.Count) : null;

    /// <summary>Which parameters decay, one digit each in the order of declaration, for checkpoints.</summary>
    public string DecayingParameters => string.Concat(model.Parameters.Select(parameter => Optimizer.DecayRule(parameter) ? '1' : '0'));

    /// <summary>How many blocks there are: the optimizer's, and the sum of gradients.</summary>
    public int Blocks => Optimizer.StateNames.Count + (Options.AccumulationSteps > 1 ? 1 : 0);

    /// <summary>A block of the optimizer's state.</summary>
    public float* State(int index) => (float*)memory.Pointer + index * model.ModelLayout.TotalFloats;

    /// <summary>What may refuse a step, before the step changes anything.</summary>
    public void Prepare()
    {
        double learningRate = LearningRate;
        if (!(learningRate >= 0 && double.IsFinite(learningRate)))
        {
            throw new InvalidOperationException(
                $"The schedule gives a learning rate of {learningRate} at update {UpdateCount}; it must be finite and not negative.");
        }

        program.Prepare(learningRate, UpdateCount + 1);
        Remote?.Prepare(learningRate, UpdateCount + 1);
    }

    /// <summary>Adds a step's gradients to the sum, and updates the parameters if the sum is complete.</summary>
    public void Take(float* gradients)
    {
        program.Gradients = gradients;
        program.StartsSum = Accumulated == 0;
        program.Updates = Accumulated + 1 == Options.AccumulationSteps;

        double norm = Remote is null ? Run() : Remote.Take(program.StartsSum, program.Updates);
        Accumulated++;
        if (!program.Updates)
            return;

        Accumulated = 0;
        if (program.ClipNorm > 0)
            GradientNorm = norm;
        if (program.ClipNorm > 0 && !double.IsFinite(norm))
            SkippedUpdates++;
        else
            UpdateCount++;
    }

    double Run()
    {
        if (model.ModelLayout.TotalFloats < SmallestForTeam)
            model.Team.RunAlone(program);
        else
            model.Team.Run(program);
        return program.Norm;
    }

    public void Dispose()
    {
        Remote?.Dispose();
        memory.Dispose();
    }
}
