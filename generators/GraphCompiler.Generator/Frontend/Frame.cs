using System.Collections.Generic;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

/// <summary>A variable; closures share it.</summary>
internal sealed class Cell(Value value)
{
    public Value Value { get; set; } = value;
}

/// <summary>One call being evaluated.</summary>
/// <param name="scope">The frame around a lambda or local function; null for methods.</param>
/// <param name="method">The method; null for field initialisers.</param>
/// <param name="self">What <c>this</c> is.</param>
/// <param name="callSite">The expression in the user's own source that led here; null at the top.</param>
internal sealed class Frame(Frame? scope, IMethodSymbol? method, ObjectValue? self, SyntaxNode? callSite)
{
    readonly Dictionary<ISymbol, Cell> variables = new(SymbolEqualityComparer.Default);
    bool? keepsFloat32;

    public Frame? Scope { get; } = scope;

    public IMethodSymbol? Method { get; } = method;

    public ObjectValue? Self { get; } = self;

    public SyntaxNode? CallSite { get; } = callSite;

    /// <summary>What the type parameters of a generic method stand for.</summary>
    public IReadOnlyDictionary<ISymbol, ITypeSymbol>? TypeArguments { get; init; }

    /// <summary>The type that a static member belongs to, with its type arguments.</summary>
    public INamedTypeSymbol? Container { get; init; }

    public Value ReturnValue { get; set; } = Value.Null;

    /// <summary>Whether the method, its class or the object says that what is computed here stays in Float32.</summary>
    public bool KeepsFloat32 => keepsFloat32 ??= (Method is not null && (IsMarked(Method) || IsMarked(Method.ContainingType)))
        || (Self is not null && (Self.KeepsFloat32 || IsMarked(Self.Type))) || Scope?.KeepsFloat32 == true;

    static bool IsMarked(ISymbol symbol) => LanguageTypes.HasAttribute(symbol, LanguageTypes.KeepFloat32);

    /// <summary>Declares a variable, or a parameter that stands for the caller's.</summary>
    public void Declare(ISymbol variable, Value value) => variables[variable] = value is ReferenceValue reference ? reference.Cell : new Cell(value);

    /// <summary>The frame with variables of its own that are worth what these are.</summary>
    public Frame Restart()
    {
        var copy = new Frame(Scope, Method, Self, CallSite) { TypeArguments = TypeArguments, Container = Container };
        foreach (var variable in variables)
            copy.variables.Add(variable.Key, new Cell(variable.Value.Value));
        return copy;
    }

    public Cell? Find(ISymbol variable)
    {
        for (var frame = this; frame is not null; frame = frame.Scope)
        {
            if (frame.variables.TryGetValue(variable, out var cell))
                return cell;
        }
        return null;
    }

    public int Count => variables.Count;

    /// <summary>The variables as a lambda sees them: later iterations of a loop declare new ones and leave these alone.</summary>
    public Frame Capture()
    {
        var copy = new Frame(Scope, Method, Self, CallSite) { TypeArguments = TypeArguments, Container = Container };
        foreach (var variable in variables)
            copy.variables.Add(variable.Key, variable.Value);
        return copy;
    }
}
