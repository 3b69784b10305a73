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

    public Frame? Scope { get; } = scope;

    public IMethodSymbol? Method { get; } = method;

    public ObjectValue? Self { get; } = self;

    public SyntaxNode? CallSite { get; } = callSite;

    public Value ReturnValue { get; set; } = Value.Null;

    public void Declare(ISymbol variable, Value value) => variables[variable] = new Cell(value);

    public Cell? Find(ISymbol variable)
    {
        for (var frame = this; frame is not null; frame = frame.Scope)
        {
            if (frame.variables.TryGetValue(variable, out var cell))
                return cell;
        }
        return null;
    }

    /// <summary>The variables as a lambda sees them: later iterations of a loop declare new ones and leave these alone.</summary>
    public Frame Capture()
    {
        var copy = new Frame(Scope, Method, Self, CallSite);
        foreach (var variable in variables)
            copy.variables.Add(variable.Key, variable.Value);
        return copy;
    }
}
