namespace TinyGpt;

/// <summary>The files that a training leaves.</summary>
sealed class OutputFolder(string directory)
{
    public string Checkpoint => Path.Combine(directory, "checkpoint.safetensors");

    public string Adapters => Path.Combine(directory, "adapter_model.safetensors");

    public string Merged => Path.Combine(directory, "merged.safetensors");

    public string Alphabet => Path.Combine(directory, "characters.txt");

    public string Losses => Path.Combine(directory, "loss.csv");

    public string Plot => Path.Combine(directory, "loss.svg");

    /// <summary>Refuses to go on with another text's characters: the same numbers would stand for others.</summary>
    /// <exception cref="InvalidDataException">The checkpoint is of other characters.</exception>
    public void RequireAlphabet(string alphabet)
    {
        if (!File.Exists(Checkpoint))
            throw new FileNotFoundException($"There is no checkpoint to go on from: {Checkpoint}");
        if (File.ReadAllText(Alphabet) != alphabet)
            throw new InvalidDataException("The checkpoint was trained on a text of other characters.");
    }
}
