using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

// Equality, hashes and order of values, as == and the default comparers of .NET have them.
internal sealed partial class Interpreter
{
    /// <summary>Equality of two values known at build time.</summary>
    bool AreEqual(Value left, Value right, SyntaxNode syntax)
    {
        Step(syntax);
        return (left, right) switch
        {
            (ConstantValue a, ConstantValue b) => ConstantArithmetic.AreEqual(a.Content, b.Content),
            (DimValue a, DimValue b) when a.Dim == b.Dim => true,
            (DimValue a, _) when !right.IsNull => throw NotKnown(a, syntax),
            (_, DimValue b) when !left.IsNull => throw NotKnown(b, syntax),
            (TupleValue a, TupleValue b) => a.Items.Length == b.Items.Length && a.Items.Zip(b.Items, (x, y) => AreEqual(x, y, syntax)).All(same => same),
            (ObjectValue a, ObjectValue b) when HasValueEquality(a.Type) => SymbolEqualityComparer.Default.Equals(a.Type, b.Type)
                && a.Members.All(m => m.Key is IParameterSymbol || (b.Members.TryGetValue(m.Key, out var other) && AreEquivalent(m.Value, other, syntax))),
            (TensorValue a, TensorValue b) => a.Node == b.Node,
            (TypeValue a, TypeValue b) => SymbolEqualityComparer.Default.Equals(a.Type, b.Type),
            _ => ReferenceEquals(left, right),
        };
    }

    static bool HasValueEquality(INamedTypeSymbol type) => type.IsRecord || type.IsValueType || type.IsAnonymousType;

    /// <summary>Equality as Equals and the default comparer have it: NaN equals itself, and a class may have its own.</summary>
    internal bool AreEquivalent(Value left, Value right, SyntaxNode syntax)
    {
        Step(syntax);
        if (left is ConstantValue a && right is ConstantValue b && a.Content is float or double && b.Content is float or double)
            return Equals(a.Content, b.Content);
        if (left is ObjectValue instance && !right.IsNull && OwnEquals(instance, right) is { } equals)
            return Invoke(equals, instance, [right], syntax) is ConstantValue { Content: true };
        if (left is TupleValue first && right is TupleValue second)
            return first.Items.Length == second.Items.Length && first.Items.Zip(second.Items, (x, y) => AreEquivalent(x, y, syntax)).All(same => same);
        return AreEqual(left, right, syntax);
    }

    /// <summary>Equals of a class of the user's, for its own type before that for objects.</summary>
    IMethodSymbol? OwnEquals(ObjectValue instance, Value other)
    {
        for (var type = instance.Type; type is not null && HasSource(type); type = BaseOf(type))
        {
            var own = type.GetMembers("Equals").OfType<IMethodSymbol>()
                .Where(m => !m.IsStatic && !m.IsImplicitlyDeclared && m.Parameters.Length == 1 && IsOfType(other, m.Parameters[0].Type))
                .OrderBy(m => m.Parameters[0].Type.SpecialType == SpecialType.System_Object).FirstOrDefault();
            if (own is not null)
                return own;
        }
        return null;
    }

    /// <summary>The order of the default comparer.</summary>
    int Compare(Value left, Value right, SyntaxNode syntax)
    {
        Step(syntax);
        switch (left, right)
        {
            case ({ IsNull: true }, _) or (_, { IsNull: true }):
                return left.IsNull ? right.IsNull ? 0 : -1 : 1;
            case (ConstantValue { Content: string a }, ConstantValue { Content: string b }):
                return CultureInfo.InvariantCulture.CompareInfo.Compare(a, b);
            case (ConstantValue { Content: IComparable a }, ConstantValue { Content: { } b }) when a.GetType() == b.GetType():
                return a.CompareTo(b);
            case (TupleValue a, TupleValue b) when a.Items.Length == b.Items.Length:
                return a.Items.Zip(b.Items, (x, y) => Compare(x, y, syntax)).FirstOrDefault(order => order != 0);
            case (ObjectValue instance, _) when Method(instance, "CompareTo", 1) is { } compare:
                return Invoke(compare, instance, [right], syntax) is ConstantValue { Content: int order } ? order : 0;
            case (DimValue dim, _):
                throw NotKnown(dim, syntax);
            case (_, DimValue dim):
                throw NotKnown(dim, syntax);
            default:
                throw Fail(Descriptors.EvaluationFailed, syntax, $"{Describe(left)} and {Describe(right)} have no order: sort by a number or a text");
        }
    }

    /// <summary>A method of an object by its name and the number of its parameters.</summary>
    IMethodSymbol? Method(ObjectValue instance, string name, int parameters)
    {
        for (var type = instance.Type; type is not null && HasSource(type); type = BaseOf(type))
        {
            var found = type.GetMembers().OfType<IMethodSymbol>().FirstOrDefault(m => !m.IsStatic && !m.IsImplicitlyDeclared && m.Parameters.Length == parameters
                && (m.Name == name || m.ExplicitInterfaceImplementations.Any(e => e.Name == name)));
            if (found is not null)
                return found;
        }
        return null;
    }

    internal StopException NotKnown(DimValue value, SyntaxNode syntax) =>
        Fail(Descriptors.NotConstant, syntax, $"{value.Dim} is known only when the model runs: it can be multiplied and used as a dimension, not compared or rounded");

    /// <summary>The default comparer of values, for the keys of dictionaries and the elements of sets.</summary>
    internal sealed class ValueComparer(Interpreter interpreter, IEqualityComparer<string>? texts = null) : IEqualityComparer<Value>
    {
        public bool Equals(Value? left, Value? right) => texts is not null && left is ConstantValue { Content: string a } && right is ConstantValue { Content: string b }
            ? texts.Equals(a, b)
            : interpreter.AreEquivalent(left!, right!, interpreter.Current!);

        public int GetHashCode(Value value)
        {
            RuntimeHelpers.EnsureSufficientExecutionStack();
            interpreter.Step(interpreter.Current!);
            return value switch
            {
                ConstantValue { Content: string text } when texts is not null => texts.GetHashCode(text),
                ConstantValue { Content: { } content } => content.GetHashCode(),
                TupleValue tuple => tuple.Items.Aggregate(17, (hash, item) => unchecked((hash * 31) + GetHashCode(item))),
                // Equal objects of classes with an equality of their own have equal hashes: that of their type.
                ObjectValue { Type: var type } when HasValueEquality(type) || type.GetMembers("Equals").Length > 0 => SymbolEqualityComparer.Default.GetHashCode(type),
                DimValue dim => dim.Dim.GetHashCode(),
                TypeValue type => SymbolEqualityComparer.Default.GetHashCode(type.Type),
                { IsNull: true } => 0,
                _ => RuntimeHelpers.GetHashCode(value),
            };
        }
    }

    /// <summary>An order of values: the default one, that of a comparer of .NET or the user's, or what a function says.</summary>
    internal Comparer<Value> ComparerOf(Value? comparer, SyntaxNode syntax) => Comparer<Value>.Create(comparer switch
    {
        null or { IsNull: true } => (a, b) => Compare(a, b, syntax),
        FunctionValue function => (a, b) => InvokeFunction(function, [a, b], syntax) is ConstantValue { Content: int order } ? order : 0,
        ConstantValue { Content: System.Collections.IComparer native } => (a, b) => native.Compare((a as ConstantValue)?.Content, (b as ConstantValue)?.Content),
        ObjectValue instance when Method(instance, "Compare", 2) is { } method => (a, b) => Invoke(method, instance, [a, b], syntax) is ConstantValue { Content: int order }
            ? order : 0,
        _ => throw Fail(Descriptors.UnsupportedMember, syntax, "this comparer cannot be used at build time: give a function, or leave it out"),
    });

    internal ValueComparer EqualityOf(Value? comparer, SyntaxNode syntax) => comparer switch
    {
        null or { IsNull: true } => new ValueComparer(this),
        ConstantValue { Content: IEqualityComparer<string> native } => new ValueComparer(this, native),
        _ => throw Fail(Descriptors.UnsupportedMember, syntax, "this comparer cannot be used at build time: leave it out"),
    };

    /// <summary>.NET's sorts wrap what a comparison throws; this throws it as it was. An order that contradicts itself they may refuse.</summary>
    internal T Unwrapped<T>(Func<T> sort, SyntaxNode syntax)
    {
        try
        {
            return sort();
        }
        catch (InvalidOperationException wrapped) when (wrapped.InnerException is { } inner)
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(inner).Throw();
            throw;
        }
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentException)
        {
            throw Fail(Descriptors.EvaluationFailed, syntax, "this cannot be sorted: its order contradicts itself");
        }
    }
}
