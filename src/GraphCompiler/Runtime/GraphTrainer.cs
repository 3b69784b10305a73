using GraphCompiler.Checkpoints;
using GraphCompiler.Kernels;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>
/// Trains a model on one objective: each step runs the compiled forward and backward pass, and every
/// <see cref="TrainerOptions.AccumulationSteps"/> steps the optimizer updates the parameters. A step allocates nothing
/// and gives the same bits on every run and at any number of threads. A trainer runs one call at a time.
/// </summary>
/// <remarks>
/// An update whose gradient has a NaN or an infinity is left out: parameters, optimizer state and the model's own state are what they were
/// before the first of its steps, and <see cref="SkippedUpdates"/> counts it.
/// </remarks>
public abstract unsafe class GraphTrainer : IDisposable
{
    readonly GraphModel model;
    readonly TrainingProgram program;
    readonly TrainingState optimizerState;
    readonly ExclusiveCall call;
    readonly object fetching = new();
    bool hasRun, hasFetchedGradients;

    /// <summary>Prepares training. The trainer owns <paramref name="program"/> from here on, also if this throws.</summary>
    /// <param name="model">The model to train.</param>
    /// <param name="program">The forward and backward pass of the objective.</param>
    /// <param name="optimizer">The rule that updates the parameters.</param>
    /// <param name="options">Schedule, clipping, accumulation and seed; null for the defaults.</param>
    /// <exception cref="ArgumentException">The program is another model's.</exception>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    protected GraphTrainer(GraphModel model, TrainingProgram program, Optimizer optimizer, TrainerOptions? options)
    {
        ArgumentNullException.ThrowIfNull(program);
        try
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(optimizer);
            if (program.Model != model)
                throw new ArgumentException("The program belongs to another model.", nameof(program));
            model.ThrowIfDisposed();

            this.model = model;
            this.program = program;
            Optimizer = optimizer;
            Options = options ?? new TrainerOptions();
            optimizerState = new TrainingState(model, optimizer, Options, program.ScalesLoss);
            optimizerState.Remote = program.CreateUpdate(optimizerState);
            Seed = Options.Seed ?? model.Seed;
            call = new ExclusiveCall(model, this, "Another call of this trainer is running; a trainer runs one at a time.", Free);
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>The rule that updates the parameters.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>Schedule, clipping, accumulation and seed.</summary>
    public TrainerOptions Options { get; }

    /// <summary>How many steps have run.</summary>
    public long StepCount { get; private set; }

    /// <summary>How many times the parameters were updated.</summary>
    public long UpdateCount => optimizerState.UpdateCount;

    /// <summary>
    /// How many updates were left out because a gradient, the mean over their steps, was NaN or infinite. The steps count all the same,
    /// but not in <see cref="UpdateCount"/> and so not for the schedule.
    /// </summary>
    public long SkippedUpdates => optimizerState.SkippedUpdates;

    /// <summary>How many steps changed nothing because their update was left out: those of <see cref="SkippedUpdates"/>.</summary>
    public long SkippedSteps => optimizerState.SkippedSteps;

    /// <summary>
    /// What the gradient of the loss begins with in the next step, so that a format of 16 bits has small enough numbers for what follows from it
    /// (<see cref="TrainerOptions.LossScaling"/>). Losses and gradients that a user sees are not scaled. 1 where the model's gradients are
    /// not kept in <see cref="Precision.Float16"/>. On a device, this waits for the updates that are queued there.
    /// </summary>
    public double LossScale => optimizerState.LossScale;

    /// <summary>The learning rate of the next update.</summary>
    public double LearningRate => optimizerState.LearningRate;

    /// <summary>
    /// What every learning rate is multiplied with, beside the schedule's factor: 1, unless somebody, or a plateau of <see cref="Fit"/>, sets it. Part
    /// of checkpoints.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double LearningRateFactor
    {
        get => optimizerState.RateFactor;
        set => optimizerState.RateFactor = Optimizer.NotNegative(value);
    }

    /// <summary>
    /// The norm of all gradients taken as one vector, before clipping, at the last update; NaN before the first one, and not finite if
    /// the last update was left out. On a device, this waits for the updates that are queued there, as
    /// <see cref="UpdateCount"/>, <see cref="SkippedUpdates"/> and <see cref="LearningRate"/> do.
    /// </summary>
    public double GradientNorm => optimizerState.GradientNorm;

    /// <summary>
    /// The objective's value at the last step, NaN before the first one. On a device, this waits for the step if it was only queued.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The trainer or its model is disposed.</exception>
    /// <exception cref="InvalidOperationException">A step is running on another thread.</exception>
    public float LastLoss
    {
        get
        {
            call.Enter();
            try
            {
                return hasRun ? program.Loss : float.NaN;
            }
            finally
            {
                call.Leave();
            }
        }
    }

    /// <summary>
    /// How much the following steps count in the mean of accumulated gradients, 1 by default: where the objective is a mean over a batch, the number of
    /// its rows or tokens that count. Steps of any sizes then give the gradient of the one batch that has all of their rows. Only proportions
    /// matter; a step of weight 0 counts nothing. Without effect where every step updates.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or not finite.</exception>
    public double StepWeight
    {
        get;
        set => field = Optimizer.NotNegative(value);
    } = 1;

    /// <summary>
    /// Updates with the steps accumulated so far, as at the end of an epoch, though they are fewer than <see cref="TrainerOptions.AccumulationSteps"/>;
    /// the next step begins a new sum. Where there are none, nothing happens.
    /// </summary>
    /// <returns>Whether there were any.</returns>
    /// <exception cref="ObjectDisposedException">The trainer or its model is disposed.</exception>
    /// <exception cref="InvalidOperationException">Another call of this trainer is running, or the schedule gave a factor that is negative or not finite.</exception>
    public bool FlushAccumulation()
    {
        BeginStep();
        try
        {
            if (optimizerState.Accumulated == 0)
                return false;
            optimizerState.Prepare();
            optimizerState.Flush();
            return true;
        }
        finally
        {
            EndStep();
            Interruption.Restore();
        }
    }

    /// <summary>
    /// Begins to measure how long each kernel of the next steps takes; they train as always. The class must have been built with
    /// <c>&lt;GraphCompilerReport&gt;true&lt;/GraphCompilerReport&gt;</c> in its project. A profile that is under way ends incomplete.
    /// </summary>
    /// <param name="steps">How many steps are measured, of which each number is the median.</param>
    /// <returns>The profile, which is complete after so many steps.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than one step.</exception>
    /// <exception cref="InvalidOperationException">The class was built without a report, or a step is running on another thread.</exception>
    /// <exception cref="NotSupportedException">The model runs on a device.</exception>
    /// <exception cref="ObjectDisposedException">The trainer or its model is disposed.</exception>
    public StepProfile Profile(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        ReportPage.Require(model.Description);
        if (model.Remote is not null)
            throw new NotSupportedException("The model runs on a device; kernels are timed on the CPU.");
        call.Enter();
        try
        {
            return new StepProfile(model, program, steps);
        }
        finally
        {
            call.Leave();
        }
    }

    /// <summary>
    /// Trains on data, epoch by epoch: <c>trainer.Fit(data, batch => trainer.Step(batch.Inputs, batch.Targets), new FitOptions { Epochs = 10 })</c>. Options
    /// add validation, early stopping, checkpoints and reports. Nothing is allocated a step. A trainer that has done steps already, as one that
    /// was loaded from a checkpoint, goes on behind them: it passes over as many batches.
    /// </summary>
    /// <param name="data">What to go through.</param>
    /// <param name="step">One step on a batch; gives the loss.</param>
    /// <param name="options">How long, and what else.</param>
    /// <param name="cancellation">Ends the training after the step under way, with a last validation and checkpoint.</param>
    /// <exception cref="ArgumentException">The options have no end, or do not go together.</exception>
    /// <exception cref="InvalidOperationException">The data has no batches, or a batch was not one step of this trainer.</exception>
    /// <exception cref="ObjectDisposedException">The trainer or its model is disposed.</exception>
    public FitResult Fit<TBatch>(TrainingData<TBatch> data, Func<TBatch, float> step, FitOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        ObjectDisposedException.ThrowIf(call.IsClosed, this);
        using var fitting = new Fitting<TBatch>(this, model, data, step, options);
        return fitting.Run(cancellation);
    }

    /// <summary>The seed of the training's random numbers; their counter is <see cref="StepCount"/>.</summary>
    public ulong Seed { get; private set; }

    /// <summary>
    /// The gradient of the last step's loss with respect to one parameter: neither accumulated nor clipped, zero before
    /// the first step. The span must not be used after the trainer is disposed.
    /// </summary>
    /// <param name="name">The parameter's path, such as <c>hidden1.weight</c>.</param>
    /// <exception cref="ArgumentException">No parameter has this name, or it is frozen.</exception>
    /// <exception cref="ObjectDisposedException">The trainer is disposed.</exception>
    public ReadOnlySpan<float> GradientOf(string name)
    {
        ObjectDisposedException.ThrowIf(call.IsClosed, this);
        ParameterLayout parameter = model.ModelLayout.Parameters[model.ModelLayout.IndexOf(name)];
        if (parameter.IsFrozen)
            throw new ArgumentException($"The parameter '{name}' is frozen, so it has no gradient.", nameof(name));
        FetchGradients();
        ModelLayout gradients = model.ModelLayout.Trainable;
        ParameterLayout gradient = gradients.Parameters[gradients.IndexOf(name)];
        return new ReadOnlySpan<float>(program.Gradients + gradient.OffsetInFloats, checked((int)gradient.Count));
    }

    /// <summary>Brings the last step's gradients here, without the scale of the loss: the update has taken them as they are.</summary>
    void FetchGradients()
    {
        lock (fetching)
        {
            if (hasFetchedGradients)
                return;
            program.FetchGradients();
            float unscale = 1 / optimizerState.ScaleOfGradients;
            for (long index = 0; program.ScalesLoss && index < model.ModelLayout.Trainable.TotalFloats; index++)
                program.Gradients[index] *= unscale;
            hasFetchedGradients = true;
        }
    }

    /// <summary>
    /// Writes everything training needs to go on with the same bits: parameters, optimizer state, the sum of accumulated
    /// gradients, the counters and the seed. The file is a safetensors file, replaced as a whole or not at all.
    /// </summary>
    /// <param name="path">The file to write or to replace.</param>
    /// <exception cref="ObjectDisposedException">The trainer or its model is disposed.</exception>
    /// <exception cref="InvalidOperationException">A step or a load is running on another thread.</exception>
    /// <exception cref="IOException">The file cannot be written, or the path is that of a directory or of a pipe.</exception>
    /// <exception cref="UnauthorizedAccessException">The file or its folder may not be written.</exception>
    public void SaveCheckpoint(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        call.Enter();
        try
        {
            model.BeginRead();
            try
            {
                model.Remote?.Fetch();
                optimizerState.Remote?.Fetch();
                TrainingCheckpoint.Save(path, model, optimizerState, new TrainingCounters(StepCount, Seed));
            }
            finally
            {
                model.EndRead();
            }
        }
        finally
        {
            call.Leave();
            Interruption.Restore();
        }
    }

    /// <summary>
    /// Goes back to what <see cref="SaveCheckpoint"/> wrote: the following steps give the bits that the trainer that
    /// wrote the file would have given. Model and trainer change only if the whole file is in order.
    /// </summary>
    /// <param name="path">The file to read.</param>
    /// <exception cref="SafetensorsException">
    /// The file is malformed, is of another model, or was written with another optimizer, other hyper-parameters, another schedule or
    /// other trainer options; model and trainer are as they were.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The trainer or its model is disposed.</exception>
    /// <exception cref="InvalidOperationException">A step, another load or a save is running on another thread.</exception>
    /// <exception cref="IOException">The file cannot be read; model and trainer are as they were.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read; model and trainer are as they were.</exception>
    public void LoadCheckpoint(string path) => LoadCheckpoint(path, new CheckpointOptions());

    /// <summary>As <see cref="LoadCheckpoint(string)"/>, to go on with other settings where the options allow it.</summary>
    /// <param name="path">The file to read.</param>
    /// <param name="options">Whether training may go on with other settings.</param>
    /// <returns>The settings that are other than the file's, a line each with both values; empty if none is.</returns>
    /// <inheritdoc cref="LoadCheckpoint(string)" path="/exception"/>
    public IReadOnlyList<string> LoadCheckpoint(string path, CheckpointOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        call.Enter();
        try
        {
            model.BeginChange();
            try
            {
                optimizerState.Settle();
                if (hasRun && program.ScalesLoss)
                    FetchGradients();
                LoadedCheckpoint loaded = TrainingCheckpoint.Load(path, model, optimizerState, options);
                model.Remote?.HostChanged();
                optimizerState.Remote?.HostChanged();
                StepCount = loaded.Counters.StepCount;
                Seed = loaded.Counters.Seed;
                return loaded.OtherSettings;
            }
            finally
            {
                model.EndChange();
            }
        }
        finally
        {
            call.Leave();
            Interruption.Restore();
        }
    }

    /// <summary>
    /// Opens a step: after it, and before <see cref="EndStep"/>, nobody else runs the program, so its inputs may be set.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The trainer or its model is disposed.</exception>
    /// <exception cref="InvalidOperationException">
    /// Another call of this trainer is running, or the model's parameters are being trained, loaded or saved on another thread.
    /// </exception>
    protected void BeginStep()
    {
        call.Enter();
        try
        {
            model.BeginChange();
        }
        catch
        {
            call.Leave();
            throw;
        }
    }

    /// <summary>
    /// Runs the program on the inputs it was given, then accumulates and updates as the options say. If anything throws,
    /// the step has not happened, but for an interruption.
    /// </summary>
    /// <returns>The objective's value before the update.</returns>
    /// <exception cref="InvalidOperationException">The schedule gave a factor that is negative or not finite.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted meanwhile; the step has happened.</exception>
    protected float RunStep() => RunStep(returnsLoss: true);

    /// <summary>As <see cref="RunStep()"/>, without waiting for the objective's value where the program runs on a device.</summary>
    /// <exception cref="InvalidOperationException">The schedule gave a factor that is negative or not finite.</exception>
    /// <exception cref="ThreadInterruptedException">The thread was interrupted meanwhile; the step has happened.</exception>
    protected void QueueStep() => RunStep(returnsLoss: false);

    float RunStep(bool returnsLoss)
    {
        float loss = 0;
        try
        {
            optimizerState.Prepare();
            program.ScaleLossBy(optimizerState.ScaleOfNextStep);
            program.RandomSeed = Seed;
            program.RandomStep = (ulong)StepCount;
            KernelTimes? times = program.Times;
            times?.BeginStep();
            RunProgram();
            hasFetchedGradients = false;
            if (returnsLoss)
                program.QueueLoss();
            hasRun = true;
            optimizerState.Take(program.Gradients, (float)StepWeight);
            StepCount++;
            if (returnsLoss)
                loss = program.Loss;
            EndTimes(times);
        }
        catch
        {
            Interruption.Restore();
            throw;
        }
        Interruption.Throw();
        return loss;
    }

    void EndTimes(KernelTimes? times)
    {
        times?.EndStep();
        if (times is { Left: 0 })
            program.Times = null;
    }

    /// <summary>A program that fails may have changed the model's state already.</summary>
    void RunProgram()
    {
        try
        {
            program.ExecuteToEnd();
        }
        catch
        {
            optimizerState.UndoStep();
            throw;
        }
    }

    /// <summary>Closes a step that <see cref="BeginStep"/> opened; call it in a <c>finally</c>.</summary>
    protected void EndStep()
    {
        model.EndChange();
        call.Leave();
    }

    /// <summary>Frees gradients, optimizer state and working memory; the model stays.</summary>
    public void Dispose()
    {
        call.Close();
        GC.SuppressFinalize(this);
    }

    void Free()
    {
        optimizerState.Dispose();
        program.Dispose();
    }
}
