using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>
/// What training remembers between steps: the optimizer's blocks, the sum of accumulated gradients and the counters.
/// Every block has a float for each element of the trainable parameters.
/// </summary>
internal sealed unsafe class TrainingState : IDisposable
{
    /// <summary>Below this many floats the update is done sooner than a second thread is awake.</summary>
    const long SmallestForTeam = 32 * 1024;

    readonly GraphModel model;

    /// <summary>Of every block here.</summary>
    readonly ModelLayout layout;
    readonly AlignedMemory memory;
    readonly StateBackup backup;
    readonly UpdateProgram program;
    readonly LossScaler? scaler;

    /// <summary>The calling thread where it updates alone; an update needs no scratch memory, so nobody else's worker is rented.</summary>
    readonly Worker caller = new(0, 1, barrier: null);
    readonly object settling = new();

    /// <summary>How many steps each update has that was asked for and not counted yet, the oldest first.</summary>
    readonly Queue<int> stepsOfOpenUpdates = new(capacity: 8);
    long updateCount, skippedUpdates, skippedSteps;
    double gradientNorm = double.NaN;

    public TrainingState(GraphModel model, Optimizer optimizer, TrainerOptions options, bool scalesLoss)
    {
        this.model = model;
        layout = model.ModelLayout.Trainable;
        Optimizer = optimizer;
        Options = options;
        scaler = scalesLoss ? new LossScaler(options.LossScaling) : null;

        // Made first: it may refuse the optimizer, and then nothing is there to free.
        (Settings, SettingsOfParameters) = UpdateSettings.Of(optimizer, options.ClipNorm, model.Parameters);
        program = new UpdateProgram(model.ModelLayout, optimizer.Formula, Settings, SettingsOfParameters);

        memory = new AlignedMemory(checked(Blocks * layout.TotalBytes));
        try
        {
            backup = new StateBackup(model, options.AccumulationSteps > 1);
        }
        catch
        {
            memory.Dispose();
            throw;
        }
        program.Parameters = model.ParameterPointer;
        program.State = State(0);
        program.StateStride = layout.TotalFloats;
        program.GradientSum = GradientSum;
        program.Accumulates = options.AccumulationSteps > 1;
    }

    /// <summary>The optimizer where the model lives, if not here; the state here then follows on demand.</summary>
    public IRemoteUpdate? Remote { get; set; }

    public Optimizer Optimizer { get; }

    public TrainerOptions Options { get; }

    public long UpdateCount
    {
        get => Settled(ref updateCount);
        set => updateCount = value;
    }

    public long SkippedUpdates
    {
        get => Settled(ref skippedUpdates);
        set => skippedUpdates = value;
    }

    public long SkippedSteps
    {
        get => Settled(ref skippedSteps);
        set => skippedSteps = value;
    }

    /// <summary>The scale of the loss, where it has one.</summary>
    public LossScaler? Scaler
    {
        get
        {
            Settle();
            return scaler;
        }
    }

    /// <summary>What the gradient of the loss begins with in the next step.</summary>
    public float LossScale => Scaler?.Scale ?? 1;

    /// <summary>As <see cref="LossScale"/>, without asking where the optimizer is, if not here.</summary>
    public float ScaleOfNextStep => scaler?.Scale ?? 1;

    /// <summary>What the last step's gradients are too large by.</summary>
    public float ScaleOfGradients => Scaler is { } known ? Accumulated == 0 ? known.ScaleOfLastUpdate : known.Scale : 1;

    /// <summary>How many steps' gradients are in the sum.</summary>
    public int Accumulated { get; set; }

    /// <summary>How much these count together.</summary>
    public double SumOfWeights { get; set; }

    public double GradientNorm
    {
        get => Settled(ref gradientNorm);
        set => gradientNorm = value;
    }

    /// <summary>The learning rate of the next update.</summary>
    public double LearningRate => LearningRateAt(UpdateCount);

    /// <summary>The sum of accumulated gradients; null when every step updates.</summary>
    public float* GradientSum => Options.AccumulationSteps > 1 ? State(Optimizer.StateNames.Count) : null;

    /// <summary>What parameters are updated with, each once.</summary>
    public UpdateSettings[] Settings { get; }

    /// <summary>Which of <see cref="Settings"/> each of the parameters has, in the order of <see cref="ModelLayout.Trainable"/>.</summary>
    public int[] SettingsOfParameters { get; }

    /// <summary>Which of the parameters that are updated decay by the optimizer's rule, one digit each in the order of declaration, for checkpoints.</summary>
    public string DecayingParameters => string.Concat(model.Parameters.Where(parameter => !parameter.IsFrozen).Select(parameter => Optimizer.DecayRule(parameter) ? '1' : '0'));

    /// <summary>How many blocks there are: the optimizer's, and the sum of gradients.</summary>
    public int Blocks => Optimizer.StateNames.Count + (Options.AccumulationSteps > 1 ? 1 : 0);

    /// <summary>A block of the optimizer's state.</summary>
    public float* State(int index) => (float*)memory.Pointer + index * layout.TotalFloats;

    /// <summary>The model's state before the first step of the update under way; null when every step updates.</summary>
    public byte* StateBeforeUpdate => Options.AccumulationSteps > 1 ? backup.BeforeUpdate : null;

    /// <summary>What may refuse a step, before the step changes anything; and what is kept of what it changes.</summary>
    public void Prepare()
    {
        if (Remote is { } remote)
        {
            PrepareRemote(remote);
            return;
        }

        program.Prepare(CheckedFactorAt(updateCount), updateCount + 1);
        backup.Keep(startsUpdate: Accumulated == 0);
    }

    /// <summary>Takes back what a step that failed has done to the model's state.</summary>
    public void UndoStep()
    {
        if (Remote is null)
            backup.UndoStep();
    }

    /// <summary>The next update has a number for each count of open updates that may turn out not to have happened.</summary>
    void PrepareRemote(IRemoteUpdate remote)
    {
        using (Interruption.Hold(settling))
        {
            while (remote.Open > remote.MostOpen)
                Count(remote.NextNorm());
            for (int skipped = 0; skipped <= remote.Open; skipped++)
            {
                long done = updateCount + remote.Open - skipped;
                remote.Prepare(skipped, CheckedFactorAt(done), done + 1);
            }
            if (Accumulated == 0)
                remote.KeepState();
        }
    }

    double LearningRateAt(long updates) => Optimizer.LearningRate * FactorAt(updates);

    /// <summary>What every learning rate is multiplied with, beside the schedule.</summary>
    public double RateFactor { get; set; } = 1;

    double FactorAt(long updates) => RateFactor * (Options.Schedule?.FactorAt(updates) ?? 1);

    double CheckedFactorAt(long updates)
    {
        double factor = FactorAt(updates);
        foreach (UpdateSettings settings in Settings)
        {
            double learningRate = settings.LearningRate * factor;
            if (learningRate is not (>= 0 and <= float.MaxValue))
                throw new InvalidOperationException($"The schedule gives a learning rate of {learningRate} at update {updates}; it must be finite and not negative.");
        }
        return factor;
    }

    /// <summary>Adds a step's gradients to the sum, and updates the parameters if the sum is complete.</summary>
    /// <param name="gradients">The gradients.</param>
    /// <param name="weight">How much they count in the mean.</param>
    public void Take(float* gradients, float weight)
    {
        program.Gradients = gradients;
        program.Weight = weight;
        Run(adds: true, updates: Accumulated + 1 == Options.AccumulationSteps, weight);
    }

    /// <summary>Updates the parameters with the steps that are in the sum.</summary>
    public void Flush() => Run(adds: false, updates: true, weight: 0);

    void Run(bool adds, bool updates, float weight)
    {
        bool startsSum = Accumulated == 0;
        double sumOfWeights = (startsSum ? 0 : SumOfWeights) + weight;
        // Steps without a weight have no gradient, and so has their mean. Where every step updates, its gradient is the mean.
        float mean = Options.AccumulationSteps == 1 ? 1 : sumOfWeights == 0 ? 0 : 1f / (float)sumOfWeights;
        if (Remote is { } remote)
        {
            using (Interruption.Hold(settling))
            {
                if (adds)
                    remote.Add(startsSum, weight);
                if (updates)
                    remote.Update(mean);
            }
        }
        else
        {
            program.MeanScale = mean / ScaleOfNextStep;
            program.Adds = adds;
            program.StartsSum = startsSum;
            program.Updates = updates;
            Run();
        }

        if (updates)
            stepsOfOpenUpdates.Enqueue(Accumulated + (adds ? 1 : 0));
        Accumulated = updates ? 0 : Accumulated + 1;
        SumOfWeights = updates ? 0 : sumOfWeights;
        if (!updates || Remote is not null)
            return;
        Count(program.Norm);
        if (!double.IsFinite(program.Norm))
            backup.UndoUpdate();
    }

    /// <summary>Takes back the norms of all updates that were asked for elsewhere.</summary>
    public void Settle()
    {
        using (Interruption.Hold(settling))
        {
            while (Remote is { Open: > 0 } remote)
                Count(remote.NextNorm());
        }
    }

    T Settled<T>(ref T value)
    {
        Settle();
        return value;
    }

    void Count(double norm)
    {
        int steps = stepsOfOpenUpdates.Dequeue();
        gradientNorm = norm;
        scaler?.Count(double.IsFinite(norm));
        if (double.IsFinite(norm))
        {
            updateCount++;
            return;
        }
        skippedUpdates++;
        skippedSteps += steps;
    }

    void Run()
    {
        if (layout.TotalFloats < SmallestForTeam)
            program.Run(caller);
        else
            model.Team.RunToEnd(program);
    }

    public void Dispose()
    {
        try
        {
            Settle();
        }
        catch (Exception)
        {
            // A device that was lost cannot say what became of its last updates, and whoever asked for them was told that it is lost.
        }

        Remote?.Dispose();
        backup.Dispose();
        memory.Dispose();
    }
}
