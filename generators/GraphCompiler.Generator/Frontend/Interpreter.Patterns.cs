using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Patterns.
internal sealed partial class Interpreter
{
    bool Matches(IPatternOperation pattern, Value value)
    {
        Step(pattern.Syntax);
        switch (pattern)
        {
            case IDiscardPatternOperation:
                return true;
            case IConstantPatternOperation constant:
                return AreEquivalent(value, Evaluate(constant.Value), pattern.Syntax);
            case INegatedPatternOperation negated:
                return !Matches(negated.Pattern, value);
            case IBinaryPatternOperation { OperatorKind: BinaryOperatorKind.And } both:
                return Matches(both.LeftPattern, value) && Matches(both.RightPattern, value);
            case IBinaryPatternOperation either:
                return Matches(either.LeftPattern, value) || Matches(either.RightPattern, value);
            case IRelationalPatternOperation relational:
                return Combine(relational.OperatorKind, null, value, Evaluate(relational.Value), false, relational) is ConstantValue { Content: true };
            case ITypePatternOperation type:
                return IsOfType(value, type.MatchedType);
            case IDeclarationPatternOperation declaration:
                if (declaration.MatchedType is not null && !declaration.MatchesNull && !IsOfType(value, declaration.MatchedType))
                    return false;
                Declare(declaration.DeclaredSymbol, value);
                return true;
            case IRecursivePatternOperation recursive:
                return MatchesRecursive(recursive, value);
            case IListPatternOperation list:
                return MatchesList(list, value);
            default:
                throw Unsupported(pattern, "this pattern is not supported in a graph method: use constants, types, comparisons, properties and lists");
        }
    }

    void Declare(ISymbol? variable, Value value)
    {
        if (variable is not null)
            Top.Declare(variable, value);
    }

    bool MatchesRecursive(IRecursivePatternOperation pattern, Value value)
    {
        if (value.IsNull || !IsOfType(value, pattern.MatchedType))
            return false;
        if (pattern.DeconstructionSubpatterns.Length > 0)
        {
            if (value is TupleValue tuple && tuple.Items.Length != pattern.DeconstructionSubpatterns.Length)
                return false;
            var parts = Parts(value, pattern.DeconstructionSubpatterns.Length, pattern.Syntax);
            if (!pattern.DeconstructionSubpatterns.Select((p, i) => Matches(p, parts[i])).All(matches => matches))
                return false;
        }
        foreach (var property in pattern.PropertySubpatterns)
        {
            var member = property.Member switch
            {
                IPropertyReferenceOperation { Property: var symbol } => ReadProperty(symbol, value, [], property.Syntax),
                IFieldReferenceOperation { Field: var symbol } => ReadField(symbol, value, property.Syntax),
                _ => throw new StopException(null, property.Syntax),
            };
            if (!Matches(property.Pattern, member))
                return false;
        }
        Declare(pattern.DeclaredSymbol, value);
        return true;
    }

    bool MatchesList(IListPatternOperation pattern, Value value)
    {
        if (value.IsNull)
            return false;
        var items = Items(value, pattern.Syntax);
        int slice = -1;
        for (int i = 0; i < pattern.Patterns.Length; i++)
        {
            if (pattern.Patterns[i] is ISlicePatternOperation)
                slice = i;
        }
        int fixedCount = pattern.Patterns.Length - (slice < 0 ? 0 : 1);
        if (slice < 0 ? items.Count != fixedCount : items.Count < fixedCount)
            return false;
        for (int i = 0; i < pattern.Patterns.Length; i++)
        {
            if (pattern.Patterns[i] is ISlicePatternOperation rest)
            {
                if (rest.Pattern is not null && !Matches(rest.Pattern, PartOf(value, items, i, items.Count - fixedCount)))
                    return false;
                continue;
            }
            var item = items[slice >= 0 && i > slice ? items.Count - (pattern.Patterns.Length - i) : i];
            if (!Matches(pattern.Patterns[i], item))
                return false;
        }
        Declare(pattern.DeclaredSymbol, value);
        return true;
    }

    Value PartOf(Value whole, List<Value> items, int start, int count) => whole is ConstantValue { Content: string text }
        ? Value.Of(text.Substring(start, count))
        : NewList(items.GetRange(start, count), (whole as CollectionValue)?.Type);

    /// <summary>The parts of a tuple, record or shape, or what Deconstruct gives.</summary>
    Value[] Parts(Value value, int count, SyntaxNode syntax)
    {
        Value[] parts = value switch
        {
            TupleValue tuple => tuple.Items,
            ShapeValue shape => [.. DimsOf(shape.Shape)],
            ObjectValue instance when Method(instance, "Deconstruct", count) is { } own => Deconstruct(own, instance, syntax),
            ObjectValue { Type.IsRecord: true } record => [.. PositionalProperties(record.Type).Select(p => ReadProperty(p, record, [], syntax))],
            _ => throw Fail(Descriptors.UnsupportedSyntax, syntax, $"{Describe(value)} cannot be taken apart in a graph method: use a tuple"),
        };
        if (parts.Length != count)
            throw Fail(value is ShapeValue ? Descriptors.WrongRank : Descriptors.UnsupportedSyntax, syntax,
                $"{Describe(value)} has {parts.Length} parts and {count} are asked for");
        return parts;
    }

    Value[] Deconstruct(IMethodSymbol method, ObjectValue instance, SyntaxNode syntax)
    {
        var cells = method.Parameters.Select(p => new Cell(Value.Null)).ToArray();
        Invoke(method, instance, [.. cells.Select(c => new ReferenceValue(c))], syntax);
        return [.. cells.Select(c => c.Value)];
    }
}
