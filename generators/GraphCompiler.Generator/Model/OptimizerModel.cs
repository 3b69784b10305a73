using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Models;

/// <summary>What the generator knows about one optimizer, without symbols, syntax or places.</summary>
/// <param name="Class">The class.</param>
/// <param name="Hyperparameters">The numbers and truth values that can be set, those of base classes first.</param>
/// <param name="Formulas">The formulas that hyper-parameters choose among.</param>
/// <param name="MemberNames">What the class calls its members, so that the compiler gives its own other names.</param>
internal sealed record OptimizerModel(
    OptimizerClass Class,
    EquatableArray<OptimizerHyperparameter> Hyperparameters,
    EquatableArray<OptimizerFormula> Formulas,
    EquatableArray<string> MemberNames);

/// <summary>A class by its name.</summary>
/// <param name="Namespace">The namespace, or an empty string.</param>
/// <param name="ContainingTypes">The types around the class, outermost first.</param>
/// <param name="Name">The name of the class.</param>
internal sealed record OptimizerClass(string Namespace, EquatableArray<ContainingType> ContainingTypes, string Name);

/// <summary>A hyper-parameter: what checkpoints call it, and the property.</summary>
internal sealed record OptimizerHyperparameter(string Name, string Property, bool IsTruth);

/// <summary>A formula as a graph over one flat dimension, all of whose nodes are computed element by element or are sums of all elements.</summary>
/// <param name="Conditions">What chooses it: the answers in the order in which they are asked for.</param>
/// <param name="StateNames">The states that it has, in the order of their declaration; the graph's states are called so.</param>
/// <param name="Coefficients">The numbers that are worked out once an update; the graph's inputs are called as <see cref="CoefficientName"/> says.</param>
/// <param name="Graph">
/// From <see cref="Parameter"/>, the states and the input <see cref="Gradient"/> to the values that they are assigned.
/// </param>
internal sealed record OptimizerFormula(
    EquatableArray<FormulaCondition> Conditions,
    EquatableArray<string> StateNames,
    EquatableArray<FormulaCoefficient> Coefficients,
    Graph Graph)
{
    public const string Parameter = "parameter";
    public const string Gradient = "gradient";

    /// <summary>The size of a block: a device computes four elements at a time.</summary>
    public static Dim Size { get; } = Dim.Named("fours", (int.MaxValue / 4) - 1) * 4;

    public static string CoefficientName(int index) => "coefficient" + index.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>A condition on hyper-parameters, as C# over the variable <c>optimizer</c>, and what it was answered with.</summary>
internal sealed record FormulaCondition(string Text, bool Holds);

/// <summary>A number that is worked out once an update.</summary>
/// <param name="Text">C# over the variables <c>optimizer</c> and <c>step</c>.</param>
/// <param name="IsOfGroup">Whether groups of parameters, with rates and weight decays of their own, may have another number each.</param>
/// <param name="Name">What a variable that holds it is called.</param>
internal sealed record FormulaCoefficient(string Text, bool IsOfGroup, string Name);
