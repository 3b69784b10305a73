using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

/// <summary>Recognises the types of the language by name.</summary>
internal static class LanguageTypes
{
    public const string Namespace = "GraphCompiler";

    /// <summary>Who references it gets code for its devices.</summary>
    public const string DeviceAssembly = "GraphCompiler.Ilgpu";

    /// <summary>The attribute of methods, classes and fields whose values stay in Float32.</summary>
    public const string KeepFloat32 = "KeepFloat32";

    /// <summary>The base class that graph classes get.</summary>
    public static INamedTypeSymbol? BaseOfModels(INamedTypeSymbol graphClass) => FindAttribute(graphClass, "Graph")?.AttributeClass?.ContainingAssembly
        .GetTypeByMetadataName(Namespace + ".GraphModel");

    public static bool IsOfLanguage(ITypeSymbol? type) => type is INamedTypeSymbol
    {
        ContainingType: null,
        ContainingNamespace: { Name: Namespace, ContainingNamespace.IsGlobalNamespace: true },
        Name: "Tensor" or "TensorShape" or "TensorIndex" or "Parameter" or "State" or "SessionState" or "OptimizerState" or "UpdatableTensor" or "Ops" or "Init" or "Initializer" or "FanMode",
    };

    public static bool Is(ITypeSymbol? type, string name) => type?.Name == name && IsOfLanguage(type);

    /// <summary>Tensor, Tensor of T, or a tensor that is declared in a field.</summary>
    public static bool IsTensor(ITypeSymbol? type) => (type?.Name == "Tensor" && IsOfLanguage(type)) || IsDeclaredTensor(type);

    /// <summary>Parameter, State, SessionState or OptimizerState.</summary>
    public static bool IsDeclaredTensor(ITypeSymbol? type) => type?.Name is "Parameter" or "State" or "SessionState" or "OptimizerState" or "UpdatableTensor" && IsOfLanguage(type);

    /// <summary>The type that declares a state of an owner.</summary>
    public static string StateOf(StateOwner owner) => owner switch
    {
        StateOwner.Model => "State",
        StateOwner.Session => "SessionState",
        _ => "OptimizerState",
    };

    /// <summary>What a Tensor of T holds; null for Tensor and other types.</summary>
    public static ITypeSymbol? ElementOf(ITypeSymbol type) =>
        IsTensor(type) && type is INamedTypeSymbol { Arity: 1 } generic ? generic.TypeArguments[0] : null;

    /// <summary>What a tensor's elements are: floats of a Tensor; null where there is no such type of elements.</summary>
    public static ElementType? ElementTypeOf(ITypeSymbol tensor) =>
        ElementOf(tensor) is { } element ? ElementTypes.Find(element.ToDisplayString()) : ElementType.Float32;

    /// <summary>An attribute's only argument, where it is a text.</summary>
    public static string? TextOf(AttributeData attribute) =>
        attribute.ConstructorArguments.Length == 1 && attribute.ConstructorArguments[0].Kind == TypedConstantKind.Primitive
            ? attribute.ConstructorArguments[0].Value as string
            : null;

    public static bool HasAttribute(ISymbol symbol, string name) => FindAttribute(symbol, name) is not null;

    /// <summary>An attribute of the language, by its name without the suffix.</summary>
    public static AttributeData? FindAttribute(ISymbol symbol, string name)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (IsAttribute(attribute, name))
                return attribute;
        }
        return null;
    }

    public static bool IsAttribute(AttributeData attribute, string name) => attribute.AttributeClass is
    {
        ContainingNamespace: { Name: Namespace, ContainingNamespace.IsGlobalNamespace: true },
    } type && type.Name == name + "Attribute";
}
