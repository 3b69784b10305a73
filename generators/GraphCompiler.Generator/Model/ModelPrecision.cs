using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Models;

/// <summary>What a model computes in less than Float32.</summary>
/// <param name="Products">What the inputs of matrix products and attention are rounded to.</param>
/// <param name="Activations">What activations and their gradients are rounded to where they lie in memory.</param>
/// <param name="Saved">What activations are rounded to while they wait for the backward pass; Float32 where they wait as they are.</param>
internal readonly record struct ModelPrecision(ElementType Products, ElementType Activations = ElementType.Float32, ElementType Saved = ElementType.Float32)
{
    /// <summary>That of the same model with other activations: products follow these, unless they have a format of their own.</summary>
    public ModelPrecision With(ElementType activations) => new(Products == Activations ? activations : Products, activations, Saved);

    /// <summary>Whether gradients lie in a format that has too few small numbers, so that they are computed of a multiple of the loss.</summary>
    public bool ScalesLoss => Activations == ElementType.Float16;
}
