namespace GraphCompiler;

/// <summary>How <see cref="GraphTrainer.LoadCheckpoint(string, CheckpointOptions)"/> continues a training.</summary>
public sealed record CheckpointOptions
{
    /// <summary>
    /// Whether the trainer may have another learning rate, other hyper-parameters of the same optimizer, another schedule, another norm to
    /// clip to or another choice of what decays than the trainer that wrote the checkpoint. Training then goes on with the trainer's own, and
    /// <see cref="GraphTrainer.LoadCheckpoint(string, CheckpointOptions)"/> returns what is different. The optimizer, whether it has momentum, and the steps of an update
    /// must be the same in any case: the file holds what they remember.
    /// </summary>
    public bool AllowOtherSettings { get; init; }
}
