using GraphCompiler.Runtime;

namespace GraphCompiler;

/// <summary>One state of a model, a tensor that training steps update: its name, its shape and its values.</summary>
public sealed unsafe class ModelState : ModelTensor
{
    internal ModelState(GraphModel model, ParameterLayout layout)
        : base(model, layout)
    {
    }

    private protected override byte* Block(GraphModel model) => model.StatePointer;
}
