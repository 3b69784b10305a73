using GraphCompiler.Checkpoints;
using GraphCompiler.Runtime;

namespace GraphCompiler;

// What LoRA adds to a model.
public abstract unsafe partial class GraphModel
{
    const string NameOfA = ".lora_A.weight", NameOfB = ".lora_B.weight";

    /// <summary>
    /// Writes the adapters of LoRA, and nothing else, to a safetensors file under the names of Hugging Face's peft
    /// (<c>base_model.model.blocks.0.attention.query.lora_A.weight</c>): the weights of its <c>adapter_model.safetensors</c>.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model has no adapters, or the parameters are being trained or loaded on another thread.</exception>
    /// <inheritdoc cref="Save" path="/remarks | /param | /exception[@cref != 'T:System.InvalidOperationException']"/>
    public void SaveLora(string path, SaveOptions? options = null)
    {
        RequireLora();
        SaveBy(LoraFile.Save, path, options ?? new SaveOptions());
    }

    /// <summary>Reads what <see cref="SaveLora"/>, or peft, wrote. The model changes only if the whole file is in order.</summary>
    /// <param name="path">The file to read, or the folder that it is in.</param>
    /// <param name="options">What the file's names are, and what else it may or need not hold; null for peft's names and nothing else.</param>
    /// <returns>What was loaded, and with <see cref="LoadOptions.Strict"/> false what was not.</returns>
    /// <exception cref="InvalidOperationException">The model has no adapters, or the parameters are being trained, loaded or saved on another thread.</exception>
    /// <inheritdoc cref="Load" path="/exception[@cref != 'T:System.InvalidOperationException']"/>
    public LoadReport LoadLora(string path, LoadOptions? options = null)
    {
        RequireLora();
        return LoadBy(LoraFile.Load, path, options ?? new LoadOptions());
    }

    /// <summary>
    /// Adds what the adapters of LoRA have learned to the weights of their layers, and sets each B to zero: the model computes what it computed before,
    /// to rounding, and <see cref="Save"/> writes weights that a class without <see cref="LoraAttribute"/> loads. peft's
    /// <c>merge_and_unload</c>.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    /// <exception cref="InvalidOperationException">The model has no adapters, or the parameters are being trained, loaded or saved on another thread.</exception>
    public void MergeLora()
    {
        RequireLora();
        Change(() =>
        {
            Remote?.Fetch();
            foreach (ParameterLayout up in ModelLayout.Lora.Parameters.Where(parameter => parameter.Name.EndsWith(NameOfB, StringComparison.Ordinal)))
                Merge(up);
            Remote?.HostChanged();
        });
    }

    void RequireLora()
    {
        if (ModelLayout.Lora.Parameters.Count == 0)
            throw new InvalidOperationException($"{GetType().Name} has no adapters: mark the class [Lora].");
    }

    void Merge(ParameterLayout up)
    {
        string layer = up.Name[..^NameOfB.Length];
        ParameterLayout down = Layout(layer + NameOfA), weight = Layout(layer + ".weight");
        if (weight.Packed is not null)
            throw new InvalidOperationException($"'{weight.Name}' is packed as {weight.Packed.Format}: merge the adapters of the model that it is quantised from.");
        int outputs = up.Shape[0], rank = up.Shape[1], inputs = down.Shape[1];
        float* b = FloatsOf(up), a = FloatsOf(down), w = FloatsOf(weight);
        LoraLayout lora = up.Lora!;
        (long ofOutput, long ofInput) = lora.IsTransposed ? (1L, (long)outputs) : (inputs, 1L);
        for (int output = 0; output < outputs; output++)
        {
            for (int input = 0; input < inputs; input++)
            {
                double sum = 0;
                for (int middle = 0; middle < rank; middle++)
                    sum += (double)b[output * (long)rank + middle] * a[middle * (long)inputs + input];
                float* element = w + output * ofOutput + input * ofInput;
                *element = (float)(*element + lora.Scale * sum);
            }
        }
        new Span<float>(b, checked((int)up.Count)).Clear();
    }

    float* FloatsOf(ParameterLayout parameter) => (float*)(ParameterPointer + parameter.Offset);

    ParameterLayout Layout(string name) => ModelLayout.Parameters[ModelLayout.IndexOf(name)];
}
