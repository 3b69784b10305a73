using System.Diagnostics;
using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>
/// One call of <see cref="GraphTrainer.Fit"/>: goes through the data, and at the end of each epoch, or of so many steps, validates, keeps what was best,
/// writes a checkpoint, and asks whether to go on.
/// </summary>
internal sealed class Fitting<TBatch> : IDisposable
{
    readonly GraphTrainer trainer;
    readonly GraphModel model;
    readonly TrainingData<TBatch> data;
    readonly Func<TBatch, float> step;
    readonly FitOptions options;
    readonly EarlyStopping? best, plateau;
    readonly CheckpointKeeper? checkpoints;
    readonly WeightsCopy? bestWeights;
    readonly Stopwatch time = new();
    readonly List<ValidationResult> validations = [];
    readonly long? last;
    ValidationResult? bestResult;
    double lossOfEpoch, lossSinceValidation;
    long stepsSinceValidation;

    public Fitting(GraphTrainer trainer, GraphModel model, TrainingData<TBatch> data, Func<TBatch, float> step, FitOptions options)
    {
        (this.trainer, this.model, this.data, this.step, this.options) = (trainer, model, data, step, options);
        long? ofEpochs = options.Epochs * (long?)data.BatchesPerEpoch;
        last = options.Steps is { } steps && ofEpochs is { } all ? Math.Min(steps, all) : options.Steps ?? ofEpochs;
        if (options.Metrics is [var first, ..])
        {
            best = new EarlyStopping(options.Patience ?? int.MaxValue, options.MinimumDelta, first.Goal);
            plateau = options.Plateau is { } reduction ? new EarlyStopping(reduction.Patience, options.MinimumDelta, first.Goal) : null;
        }
        bestWeights = options.RestoresBest ? new WeightsCopy(model) : null;
        checkpoints = options.CheckpointFolder is { } folder ? new CheckpointKeeper(trainer, folder, options.CheckpointsKept) : null;
    }

    public FitResult Run(CancellationToken cancellation)
    {
        long begin = trainer.StepCount;
        int epoch = 0, complete = 0;
        FitEnd? end = null;
        if (IsDone(0))
            end = FitEnd.Complete;
        time.Start();
        for (long stepsBefore = 0; end is null; epoch++)
        {
            long before = trainer.StepCount;
            end = RunEpoch(epoch, ref stepsBefore, cancellation);
            bool isWhole = end is null || (end != FitEnd.Cancelled && stepsBefore == trainer.StepCount);
            complete += isWhole && trainer.StepCount > before ? 1 : 0;
            if (end is null && epoch + 1 == options.Epochs)
                end = FitEnd.Complete;
        }
        time.Stop();
        if (bestResult is not null)
            bestWeights?.Restore();
        return new FitResult(trainer.StepCount - begin, complete, end.Value, validations, bestResult, time.Elapsed);
    }

    /// <summary>Null at the end of the epoch, else why there is nothing after the last step.</summary>
    FitEnd? RunEpoch(int epoch, ref long stepsBefore, CancellationToken cancellation)
    {
        long done = trainer.StepCount;
        if (data.BatchesPerEpoch is > 0 and { } batches && stepsBefore + batches <= done)
        {
            stepsBefore += batches;
            return null;
        }
        lossOfEpoch = 0;
        int ofEpoch = 0, own = 0;
        using IEnumerator<TBatch> enumerator = data is TrainingData.OfSteps<TBatch> endless ? endless.From(done) : data.Epoch(epoch);
        if (data is TrainingData.OfSteps<TBatch>)
            stepsBefore = done;
        bool hasNext = enumerator.MoveNext();
        if (!hasNext)
            throw new InvalidOperationException($"The data has no batches in epoch {epoch}.");
        while (hasNext)
        {
            // What a trainer that goes on has done already.
            if (stepsBefore + ofEpoch < done)
            {
                ofEpoch++;
                hasNext = enumerator.MoveNext();
                continue;
            }
            if (cancellation.IsCancellationRequested)
                return Ended(FitEnd.Cancelled, epoch, ofEpoch, own);
            float loss = step(enumerator.Current);
            if (trainer.StepCount != stepsBefore + ofEpoch + 1)
                throw new InvalidOperationException($"A batch must be one step of the trainer; the trainer counts {trainer.StepCount - stepsBefore - ofEpoch}.");
            ofEpoch++;
            own++;
            lossOfEpoch += loss;
            lossSinceValidation += loss;
            stepsSinceValidation++;
            hasNext = enumerator.MoveNext();
            bool isLast = IsDone(stepsBefore + ofEpoch) || (!hasNext && epoch + 1 == options.Epochs);
            bool validates = isLast || (options.ValidationInterval is { } interval ? (stepsBefore + ofEpoch) % interval == 0 : !hasNext);
            FitEnd? end = validates ? Validate(epoch, ofEpoch, own, loss) : null;
            Report(Progress(epoch, ofEpoch, own, loss), options.StepDone);
            if (end is not null || isLast)
            {
                stepsBefore += hasNext ? 0 : ofEpoch;
                return end ?? FitEnd.Complete;
            }
        }
        stepsBefore += ofEpoch;
        return null;
    }

    bool IsDone(long steps) => options.Steps is { } most && Math.Max(steps, trainer.StepCount) >= most || options.Epochs == 0;

    /// <summary>What was trained last is validated, unless it has been.</summary>
    FitEnd Ended(FitEnd end, int epoch, int ofEpoch, int own)
    {
        if (stepsSinceValidation > 0)
            Validate(epoch, ofEpoch, own, trainer.LastLoss);
        return end;
    }

    /// <summary>Measures, keeps what is best, and says whether to end.</summary>
    FitEnd? Validate(int epoch, int ofEpoch, int own, float loss)
    {
        time.Stop();
        foreach (Metric metric in options.Metrics)
            metric.Reset();
        options.Validate?.Invoke();
        MetricValue[] values = [.. options.Metrics.Select(metric => new MetricValue(metric.Name, metric.Value))];
        bool isBest = best is not null && best.Report(values[0].Value, trainer.StepCount);
        var result = new ValidationResult(trainer.StepCount, epoch, lossSinceValidation / stepsSinceValidation, values, isBest);
        (lossSinceValidation, stepsSinceValidation) = (0, 0);
        validations.Add(result);
        if (isBest)
        {
            bestResult = result;
            bestWeights?.Keep();
        }
        if (plateau is not null)
            LowerRate(values[0].Value);
        checkpoints?.Write(isBest);
        time.Start();
        Report(Progress(epoch, ofEpoch, own, loss), options.Validated);
        return best is { ShouldStop: true } ? FitEnd.NoImprovement : null;
    }

    void LowerRate(double metric)
    {
        plateau!.Report(metric, trainer.StepCount);
        if (!plateau.ShouldStop)
            return;
        trainer.LearningRateFactor = Math.Max(options.Plateau!.Least, trainer.LearningRateFactor * options.Plateau.Factor);
        plateau.Forgive();
    }

    TrainingProgress Progress(int epoch, int ofEpoch, int own, float loss) => new(
        trainer.StepCount, last, epoch, ofEpoch, data.BatchesPerEpoch, loss, lossOfEpoch / own, trainer.LearningRate, time.Elapsed, validations.Count > 0 ? validations[^1] : null);

    void Report(TrainingProgress progress, Action<TrainingProgress>? callback)
    {
        callback?.Invoke(progress);
        options.Progress?.Report(progress);
    }

    public void Dispose() => bestWeights?.Dispose();
}
