namespace GraphCompiler;

/// <summary>
/// Marks a partial class as a model. The generator reads its fields (parameters and modules) and its graph methods
/// at build time and adds the counterparts that take real data, a constructor, checkpoints and a trainer.
/// </summary>
/// <remarks>
/// A graph method is an instance method that is not private, returns a tensor of any type of elements (or a tuple of tensors) and
/// states the shape of every tensor it takes with <see cref="ShapeAttribute"/>. Private methods are helpers.
/// </remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class GraphAttribute : Attribute
{
    /// <summary>What the model's activations and their gradients are kept in, and its products multiply. Nothing is rounded by default.</summary>
    public Precision Precision { get; set; }

    /// <summary>
    /// What the inputs of the model's matrix products and attention are rounded to; if it is not set, what <see cref="Precision"/> says.
    /// </summary>
    public MatMulPrecision MatMulPrecision { get; set; }

    /// <summary>What activations are kept in while they wait for the backward pass.</summary>
    public SavedActivations SavedActivations { get; set; }

    /// <summary>
    /// What the model's weights are packed as, for inference: such a model has no objective and begins with weights that are zeros, which
    /// <see cref="GraphModel.Quantize"/> or <see cref="GraphModel.Load"/> sets. Weights of linear maps are packed, and tables that are looked up
    /// and multiplied, in 8 bits; all other parameters are not. <see cref="WeightsAttribute"/> says otherwise for some.
    /// </summary>
    public WeightFormat Weights { get; set; }
}

/// <summary>What some weights of a model are packed as, whatever <see cref="GraphAttribute.Weights"/> says. Of several attributes the last one that fits counts.</summary>
/// <param name="format">The format.</param>
/// <param name="patterns">
/// Names of parameters, or of modules with all that is in them, where <c>*</c> stands for any characters: <c>"lm_head"</c>, <c>"blocks.0"</c>,
/// <c>"*.c_proj.weight"</c>. A pattern that fits none, and a format that a parameter cannot have, are errors.
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class WeightsAttribute(WeightFormat format, params string[] patterns) : Attribute
{
    /// <summary>The format.</summary>
    public WeightFormat Format { get; } = format;

    /// <summary>Names of parameters, or of modules with all that is in them.</summary>
    public IReadOnlyList<string> Patterns { get; } = patterns;
}

/// <summary>
/// Marks a class that holds parameters or other modules and is used as a part of a <see cref="GraphAttribute">graph</see>.
/// Its constructor runs at build time, and its methods are read when a graph method calls them.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct, Inherited = false)]
public sealed class ModuleAttribute : Attribute;

/// <summary>
/// Marks the graph method that training minimises. It returns a scalar; the generated <c>Trainer</c> differentiates it.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ObjectiveAttribute : Attribute;

/// <summary>
/// States the shape of a tensor that a graph method takes: <c>[Shape(32, 784)]</c>, or with a dimension declared by
/// <see cref="DimAttribute"/>, <c>[Shape("batch", 784)]</c>. Without arguments it is a scalar.
/// </summary>
/// <param name="dimensions">Positive integer constants, or names of dimensions that the class declares.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ShapeAttribute(params object[] dimensions) : Attribute
{
    /// <summary>The dimensions, outermost first: <see cref="int"/> or <see cref="string"/> each.</summary>
    public IReadOnlyList<object> Dimensions { get; } = dimensions;
}

/// <summary>
/// Declares a dimension whose size is known only when a method is called. Memory is planned for <see cref="Max"/>;
/// any size from 1 to that runs without recompilation.
/// </summary>
/// <param name="name">The name that <see cref="ShapeAttribute"/> refers to.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class DimAttribute(string name) : Attribute
{
    /// <summary>The name that <see cref="ShapeAttribute"/> refers to.</summary>
    public string Name { get; } = name;

    /// <summary>The largest size. Required, at least 1.</summary>
    public int Max { get; set; }
}

/// <summary>
/// Names a field's segment in the names of the parameters below it, where the field's own name does not serve.
/// An empty name leaves the segment out: a field <c>[Name("")] Linear[] layers</c> of <c>net</c> gives
/// <c>net.0.weight</c>.
/// </summary>
/// <param name="name">The segment, or an empty string.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, Inherited = false)]
public sealed class NameAttribute(string name) : Attribute
{
    /// <summary>The segment, or an empty string.</summary>
    public string Name { get; } = name;
}

/// <summary>
/// Freezes parameters of a model, by their names: training leaves them as they are. They have no gradient and no state of an optimizer, and what
/// only their gradients would need is not computed. They are saved and loaded like others.
/// </summary>
/// <param name="patterns">
/// Names of parameters, or of modules with all that is in them: <c>"embedding"</c>, <c>"blocks.0"</c>, <c>"*.bias"</c>, where <c>*</c> stands for
/// any characters. A pattern that fits no parameter is an error.
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class FreezeAttribute(params string[] patterns) : Attribute
{
    /// <summary>Names of parameters, or of modules with all that is in them.</summary>
    public IReadOnlyList<string> Patterns { get; } = patterns;

    /// <summary>What is not frozen of these, as patterns too: <c>[Freeze("*", Except = ["head"])]</c> trains the head alone.</summary>
    public string[] Except { get; set; } = [];
}

/// <summary>
/// Low-rank adaptation (Hu et al. 2021): the parameters of a model are frozen, and linear layers get a <see cref="LoraAdapter"/> each, whose two small
/// matrices learn instead. They are saved alone (<see cref="GraphModel.SaveLora"/>), under the names of Hugging Face's peft, and merged on request
/// (<see cref="GraphModel.MergeLora"/>). Several attributes give several layers ranks of their own; the first that fits a layer counts.
/// </summary>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class LoraAttribute : Attribute
{
    /// <summary>The rank of what is added to a weight. peft's <c>r</c>.</summary>
    public int Rank { get; set; } = 8;

    /// <summary>What is added is multiplied with this by <see cref="Rank"/>. peft's <c>lora_alpha</c>.</summary>
    public double Alpha { get; set; } = 8;

    /// <summary>The probability with which training drops elements of an adapter's input; 0 for none. peft's <c>lora_dropout</c>.</summary>
    public double Dropout { get; set; }

    /// <summary>
    /// The layers, by the path of fields to them, where <c>*</c> stands for any characters: <c>"*.attention.*"</c>, <c>"*.c_attn"</c>. All linear
    /// layers if left out. A pattern that fits none is an error. peft's <c>target_modules</c>.
    /// </summary>
    public string Targets { get; set; } = "*";
}

/// <summary>Freezes the parameter that a field holds, or all parameters of the module that it holds, as <see cref="FreezeAttribute"/> does by name.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property, Inherited = false)]
public sealed class FrozenAttribute : Attribute;

/// <summary>
/// Has the compiler plan a model in every <see cref="Precision"/>, which takes as much longer: its <see cref="GraphModel.MemoryReport"/> then says what it
/// would take in each. What runs is the model's own precision alone.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PlanEveryPrecisionAttribute : Attribute;

/// <summary>
/// Keeps a part of a model in float32, whatever <see cref="GraphAttribute.Precision"/> and <see cref="GraphAttribute.MatMulPrecision"/> say: what
/// operations give, their gradients, and what products and attention multiply. On a field it means all that the modules do that the field holds; on
/// a class, all that its methods do; on a method, what it does and calls. A single value stays in float32 with <c>x.To&lt;float&gt;()</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Method | AttributeTargets.Field | AttributeTargets.Property, Inherited = false)]
public sealed class KeepFloat32Attribute : Attribute;

/// <summary>
/// Marks a partial class that derives from <see cref="Optimizer"/>: the compiler reads <see cref="Optimizer.Update"/> at build time and
/// writes what runs, for the CPU and, where the project references GraphCompiler.Ilgpu, for devices.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OptimizerAttribute : Attribute;
