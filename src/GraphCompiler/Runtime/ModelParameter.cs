using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>One parameter of a model: its name, its shape and its values.</summary>
public sealed unsafe class ModelParameter : ModelTensor
{
    internal ModelParameter(GraphModel model, ParameterLayout layout)
        : base(model, layout)
    {
    }

    /// <summary>Whether training leaves it as it is: it was frozen when the model was compiled.</summary>
    public bool IsFrozen => Layout.IsFrozen;

    private protected override float* Block(GraphModel model) => model.ParameterPointer;
}
