using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Models;

/// <summary>
/// What is known of a class that cannot be compiled: the signatures of its graph methods. They are emitted without
/// bodies, so that code which uses the class gives no errors beside the one that matters.
/// </summary>
/// <param name="Namespace">The namespace, or an empty string.</param>
/// <param name="ContainingTypes">The types around the class, outermost first.</param>
/// <param name="Name">The name of the class.</param>
/// <param name="Methods">The graph methods whose signatures are sound.</param>
/// <param name="HasObjective">Whether any method is marked [Objective], however unsound.</param>
/// <param name="Taken">What the class's own members, or the class itself, are called of what the compiler would add.</param>
internal sealed record ModelOutline(
    string Namespace, EquatableArray<ContainingType> ContainingTypes, string Name, EquatableArray<OutlineMethod> Methods, bool HasObjective,
    EquatableArray<string> Taken);

/// <summary>The signature of a graph method.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Accessibility">In C#: "public", "internal", ...</param>
/// <param name="IsObjective">Whether a trainer lowers it.</param>
/// <param name="Inputs">What it takes.</param>
/// <param name="Results">What it gives.</param>
internal sealed record OutlineMethod(
    string Name, string Accessibility, bool IsObjective, EquatableArray<OutlineInput> Inputs, EquatableArray<OutlineResult> Results);

/// <summary>A tensor that a graph method gives.</summary>
internal sealed record OutlineResult(string Name, ElementType Type);

/// <summary>A tensor, or a single number, that a graph method takes.</summary>
internal sealed record OutlineInput(string Name, ElementType Type, bool IsScalar);
