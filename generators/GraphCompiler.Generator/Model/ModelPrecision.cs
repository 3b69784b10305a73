using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Models;

/// <summary>What a model computes in less than Float32.</summary>
/// <param name="Products">What the inputs of matrix products and attention are rounded to.</param>
/// <param name="Activations">What activations and their gradients are rounded to where they lie in memory.</param>
internal readonly record struct ModelPrecision(ElementType Products, ElementType Activations = ElementType.Float32);
