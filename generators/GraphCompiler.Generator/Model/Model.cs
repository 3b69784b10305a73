using System;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Models;

/// <summary>
/// What the generator knows about one graph class, without symbols, syntax or places: two readings of unchanged meaning
/// are equal, so the stages behind it run only when the meaning changes.
/// </summary>
/// <param name="Namespace">The namespace, or an empty string.</param>
/// <param name="ContainingTypes">The types around the class, outermost first.</param>
/// <param name="Name">The name of the class.</param>
/// <param name="Accessibility">In C#: "public", "internal", ...</param>
/// <param name="Dims">The named dimensions, in the order of their declaration.</param>
/// <param name="Parameters">In the order of the fields; the index is the random stream of the initial values.</param>
/// <param name="Methods">The graph methods, in the order of their declaration.</param>
/// <param name="States">
/// In the order of the fields: all of the model's, and those of sessions that a method uses; the index among those of one
/// owner is the random stream of the initial values.
/// </param>
internal sealed record Model(
    string Namespace,
    EquatableArray<ContainingType> ContainingTypes,
    string Name,
    string Accessibility,
    EquatableArray<ModelDim> Dims,
    EquatableArray<ModelParameter> Parameters,
    EquatableArray<ModelMethod> Methods,
    EquatableArray<ModelState> States = default)
{
    /// <summary>What is rounded to less than Float32.</summary>
    public ModelPrecision Precision { get; init; }

    /// <summary>What weights are packed as where the rules allow it, and the user says nothing else.</summary>
    public WeightFormat Weights { get; init; }

    /// <summary>Whether its report says what it would take in other precisions.</summary>
    public bool PlansEveryPrecision { get; init; }
}

/// <summary>A type around the class.</summary>
/// <param name="Keyword">"class", "struct", "record", "record struct" or "interface".</param>
/// <param name="Name">Its name.</param>
internal sealed record ContainingType(string Keyword, string Name);

/// <summary>A named dimension and its bound.</summary>
internal sealed record ModelDim(string Name, int Max);

/// <summary>How a parameter gets its first values; the two numbers of <see cref="Initialization"/> follow.</summary>
internal enum InitializationKind
{
    /// <summary>One value: the first number.</summary>
    Constant,

    /// <summary>Mean, standard deviation.</summary>
    Normal,

    /// <summary>Low, high.</summary>
    Uniform,
}

/// <summary>First values with the fans already worked in.</summary>
/// <param name="Kind">Their distribution.</param>
/// <param name="First">Its first number.</param>
/// <param name="Second">Its second number.</param>
/// <param name="ZeroRow">The row along the first axis that is zeros instead; null for none.</param>
internal sealed record Initialization(InitializationKind Kind, double First, double Second, int? ZeroRow = null);

/// <summary>A parameter.</summary>
/// <param name="Name">The path of fields to it: "blocks.0.attention.weight".</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
/// <param name="Initialization">Its first values.</param>
internal sealed record ModelParameter(string Name, EquatableArray<int> Shape, Initialization Initialization)
{
    /// <summary>How its elements lie in memory if they are not packed.</summary>
    public ElementType Type { get; init; }

    /// <summary>Whether training leaves it as it is.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Of a parameter of an adapter of LoRA, what it says of that.</summary>
    public ModelLora? Lora { get; init; }

    /// <summary>The format that the user gives for it; null where the rules decide.</summary>
    public WeightFormat? Weights { get; init; }
}

/// <summary>An adapter of LoRA.</summary>
/// <param name="Scale">What its product is multiplied with.</param>
/// <param name="IsTransposed">Whether the weight of its layer is stored [inputs, outputs].</param>
internal sealed record ModelLora(float Scale, bool IsTransposed);

/// <summary>A tensor that keeps its value between calls.</summary>
/// <param name="Name">The path of fields to it: "blocks.0.attention.keys".</param>
/// <param name="Shape">Its dimensions, outermost first.</param>
/// <param name="Initialization">Its first values.</param>
/// <param name="Owner">Whose memory it lies in.</param>
/// <param name="Type">How its elements lie there.</param>
internal sealed record ModelState(string Name, EquatableArray<int> Shape, Initialization Initialization, StateOwner Owner, ElementType Type = ElementType.Float32);

/// <summary>A tensor that a graph method takes.</summary>
internal sealed record ModelInput(string Name, Shape Shape, ElementType Type);

/// <summary>A tensor that a graph method returns.</summary>
/// <param name="Name">The tuple element's name; null if there is none.</param>
/// <param name="Shape">Its shape.</param>
/// <param name="Type">The type of its elements.</param>
internal sealed record ModelOutput(string? Name, Shape Shape, ElementType Type = ElementType.Float32);

/// <summary>
/// A graph method. Its graph's inputs are named like <see cref="Inputs"/>, its parameters like
/// <see cref="Model.Parameters"/>, its states like <see cref="Model.States"/>, and its results stand in the order of
/// <see cref="Outputs"/>, before the updates of states.
/// </summary>
internal sealed record ModelMethod(
    string Name,
    string Accessibility,
    EquatableArray<ModelInput> Inputs,
    EquatableArray<ModelOutput> Outputs,
    bool IsObjective,
    Graph Graph)
{
    /// <summary>Of an objective: what the sizes of a call decide whether training steps have enough of.</summary>
    public EquatableArray<TrainingDemand> Demands { get; init; }

    /// <summary>Whether the method reads or changes state of a session, and so is a method of one.</summary>
    public bool UsesSession { get; } = Graph.LiveNodes().Any(n => n.Op == Op.State && Graph.OwnerOf(n) == StateOwner.Session);
}

/// <summary>What a training step needs to have enough of.</summary>
/// <param name="Count">How much there is.</param>
/// <param name="Least">How much it needs.</param>
/// <param name="Text">What is needed, and by which module.</param>
internal sealed record TrainingDemand(Dim Count, int Least, string Text);
