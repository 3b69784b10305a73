using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Types: what type parameters stand for, what a value is, and what a variable holds at first.
internal sealed partial class Interpreter
{
    /// <summary>A type with the type arguments of the methods and objects that are being evaluated.</summary>
    internal ITypeSymbol Substitute(ITypeSymbol type)
    {
        switch (type)
        {
            case ITypeParameterSymbol parameter:
                return ArgumentOf(parameter) ?? parameter;
            case IArrayTypeSymbol array when Substitute(array.ElementType) is var element && !ReferenceEquals(element, array.ElementType):
                return compilation.CreateArrayTypeSymbol(element, array.Rank);
            case INamedTypeSymbol { IsTupleType: true } tuple when tuple.TupleElements.Any(e => !ReferenceEquals(Substitute(e.Type), e.Type)):
                return compilation.CreateTupleTypeSymbol([.. tuple.TupleElements.Select(e => Substitute(e.Type))],
                    [.. tuple.TupleElements.Select(e => e.IsExplicitlyNamedTupleElement ? e.Name : null)]);
            case INamedTypeSymbol
            {
                IsGenericType: true, IsTupleType: false,
                IsUnboundGenericType: false
            } named when named.TypeArguments.Any(a => !ReferenceEquals(Substitute(a), a)):
                return named.ConstructedFrom.Construct([.. named.TypeArguments.Select(Substitute)]);
            default:
                return type;
        }
    }

    INamedTypeSymbol Substitute(INamedTypeSymbol type) => (INamedTypeSymbol)Substitute((ITypeSymbol)type);

    ITypeSymbol? ArgumentOf(ITypeParameterSymbol parameter)
    {
        for (var frame = stack.Count > 0 ? Top : null; frame is not null; frame = frame.Scope)
        {
            if (frame.TypeArguments is { } arguments && arguments.TryGetValue(parameter.OriginalDefinition, out var argument))
                return argument;
            for (var type = frame.Self?.Type ?? frame.Container; type is not null; type = BaseOf(type))
            {
                if (SymbolEqualityComparer.Default.Equals(type.OriginalDefinition, parameter.ContainingSymbol))
                    return type.TypeArguments[parameter.Ordinal] is var found && !ReferenceEquals(found, parameter) ? found : null;
            }
        }
        return null;
    }

    /// <summary>A method with its type arguments known.</summary>
    IMethodSymbol Substitute(IMethodSymbol method, IMethodSymbol called) => method.IsGenericMethod && called.TypeArguments.Length == method.TypeParameters.Length
        ? method.OriginalDefinition.Construct([.. called.TypeArguments.Select(Substitute)])
        : method;

    /// <summary>The type of a value where it is known; null for tensors and what stands for several types.</summary>
    ITypeSymbol? TypeOf(Value value) => value switch
    {
        ConstantValue { EnumType: { } type } => type,
        ConstantValue constant when ConstantArithmetic.TypeOf(constant.Content) is var special and not SpecialType.None => compilation.GetSpecialType(special),
        RunTimeNumber number => compilation.GetSpecialType(number.Type),
        ObjectValue instance => instance.Type,
        CollectionValue collection => collection.Type,
        _ => null,
    };

    internal bool IsOfType(Value value, ITypeSymbol type)
    {
        type = Substitute(type);
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        if (value.IsNull)
            return false;
        if (TypeOf(value) is { } own)
        {
            // The compiler relates no types of different projects, which those of a library's sources and the user's are.
            if (type.SpecialType == SpecialType.System_Object || (IsSame(own, type) && own is not INamedTypeSymbol { IsGenericType: true }))
                return true;
            if (value is ObjectValue made && (!libraries.IsOwn(made.Type) || !libraries.IsOwn(type)))
                return DerivesFrom(made.Type, type);
            var conversion = compilation.ClassifyConversion(own, type);
            return conversion.IsIdentity || (conversion.IsImplicit && (conversion.IsReference || conversion.IsBoxing));
        }
        return type.SpecialType == SpecialType.System_Object || value switch
        {
            ParameterValue parameter => type.Name is "Parameter" or "Tensor" && LanguageTypes.ElementTypeOf(type) == parameter.Type,
            StateValue state => (type.Name is "UpdatableTensor" or "Tensor" || type.Name == LanguageTypes.StateOf(state.Owner)) && LanguageTypes.ElementTypeOf(type) == state.Type,
            TensorValue tensor => type.Name == "Tensor" && LanguageTypes.ElementTypeOf(type) == tensor.Node.Type,
            DimValue => type.SpecialType == SpecialType.System_Int32,
            TupleValue { IsPair: false } tuple => type is INamedTypeSymbol { IsTupleType: true } other && other.TupleElements.Length == tuple.Items.Length
                && tuple.Items.Zip(other.TupleElements, (item, element) => item.IsNull || IsOfType(item, element.Type)).All(fits => fits),
            FunctionValue => type.TypeKind == TypeKind.Delegate,
            SequenceValue => type.TypeKind == TypeKind.Interface,
            TupleValue => type.Name == "KeyValuePair",
            ShapeValue => type.Name == "TensorShape",
            IndexValue => type.Name is "Index" or "TensorIndex",
            RangeValue => type.Name == "Range",
            TypeValue => type.Name == "Type",
            _ => true,
        };
    }

    bool DerivesFrom(INamedTypeSymbol type, ITypeSymbol ancestor)
    {
        for (INamedTypeSymbol? candidate = type; candidate is not null; candidate = BaseOf(candidate))
        {
            if (IsSame(candidate, ancestor) || candidate.AllInterfaces.Any(i => IsSame(i, ancestor)))
                return true;
        }
        return false;
    }

    /// <summary>A number as a value of an enum, where that is its type.</summary>
    Value Typed(Value value, ITypeSymbol? type)
    {
        if (value is not ConstantValue { EnumType: null, Content: { } number } || type is null || number is string or bool)
            return value;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        return type is INamedTypeSymbol { TypeKind: TypeKind.Enum } enumeration ? new ConstantValue(number, enumeration) : value;
    }

    /// <summary>What default gives: zeros, or null.</summary>
    internal Value Default(ITypeSymbol type)
    {
        type = Substitute(type);
        var number = type is INamedTypeSymbol { EnumUnderlyingType: { } underlying } ? underlying : type;
        switch (number.SpecialType)
        {
            case SpecialType.System_Boolean:
                return Value.Of(false);
            case SpecialType.System_Char:
                return Value.Of('\0');
            case SpecialType.System_Decimal:
                return Value.Of(0m);
            case >= SpecialType.System_SByte and <= SpecialType.System_Double:
                return Typed(Value.Of(ConstantArithmetic.Convert(0, number.SpecialType, false)), type);
        }
        if (type is INamedTypeSymbol { IsTupleType: true } tuple)
            return new TupleValue([.. tuple.TupleElements.Select(e => Default(e.Type))]);
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Struct } declared && libraries.Source(declared) is var structure && HasSource(structure))
        {
            var instance = new ObjectValue(structure) { MadeFor = graph };
            foreach (var member in InstanceMembers(structure.OriginalDefinition))
                instance.Members[member] = DefaultIn(instance, member);
            return instance;
        }
        return Value.Null;
    }

    /// <summary>What a member of an object is worth at first: its type may name the object's type arguments.</summary>
    Value DefaultIn(ObjectValue instance, ISymbol member)
    {
        var type = member is IFieldSymbol field ? field.Type : ((IPropertySymbol)member).Type;
        if (!instance.Type.IsGenericType)
            return Default(type);
        stack.Add(new Frame(null, null, instance, CallSite(Current)));
        var value = Default(type);
        stack.RemoveAt(stack.Count - 1);
        return value;
    }

    /// <summary>new T(): the constructor without parameters of what T stands for.</summary>
    Value EvaluateTypeParameterCreation(ITypeParameterObjectCreationOperation creation)
    {
        if (creation.Type is null || libraries.Source(Substitute(creation.Type)) is not INamedTypeSymbol type)
            throw Unsupported(creation, "what this type parameter stands for is not known here");
        var constructor = type.InstanceConstructors.FirstOrDefault(c => c.Parameters.Length == 0);
        Value made;
        if (constructor is null || (type.IsValueType && constructor.IsImplicitlyDeclared))
            made = Default(type);
        else if (HasSource(type))
            made = Construct(type, constructor, [], creation.Syntax);
        else
            made = CreateLibraryObject(type, [], creation.Syntax);
        Initialize(made, creation.Initializer);
        return made;
    }

    /// <summary>What a static abstract member is in the type that a type parameter stands for.</summary>
    T ImplementationOf<T>(T member, ITypeSymbol? constrained, SyntaxNode syntax) where T : class, ISymbol
    {
        if (constrained is null || !member.IsStatic || !(member.IsAbstract || member.IsVirtual))
            return member;
        var type = libraries.Source(Substitute(constrained));
        foreach (var candidate in type.AllInterfaces.Append(type as INamedTypeSymbol).Where(i => i is not null && IsSame(i, member.ContainingType)))
        {
            var declared = candidate!.GetMembers(member.Name).FirstOrDefault(m => IsSame(m, member));
            if (declared is not null && type.FindImplementationForInterfaceMember(declared) is T implementation)
                return libraries.Source(implementation);
        }
        return member.IsAbstract
            ? throw Fail(Descriptors.UnsupportedMember, syntax, $"what '{Name(member)}' is in '{type.Name}' cannot be read at build time")
            : member;
    }
}
