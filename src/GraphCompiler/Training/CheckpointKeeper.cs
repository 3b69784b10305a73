using System.Globalization;

namespace GraphCompiler;

/// <summary>Writes a trainer's checkpoints into a folder, keeps the last of them, and the best.</summary>
/// <param name="trainer">The trainer.</param>
/// <param name="folder">The folder; made with the first checkpoint.</param>
/// <param name="kept">How many are kept.</param>
internal sealed class CheckpointKeeper(GraphTrainer trainer, string folder, int kept)
{
    readonly Queue<string> written = new();

    public void Write(bool isBest)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"step-{trainer.StepCount}.safetensors"));
        trainer.SaveCheckpoint(path);
        if (!written.Contains(path))
            written.Enqueue(path);
        if (isBest)
            trainer.SaveCheckpoint(Path.Combine(folder, "best.safetensors"));
        while (written.Count > kept)
            File.Delete(written.Dequeue());
    }
}
