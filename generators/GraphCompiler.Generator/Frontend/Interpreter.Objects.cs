using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Frontend.Library;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Objects: construction in C#'s order (field initialisers, base constructor, body), fields and properties.
internal sealed partial class Interpreter
{
    Value EvaluateCreation(IObjectCreationOperation creation)
    {
        if (creation.Constructor is not { } created || creation.Type is not INamedTypeSymbol type)
            throw new StopException(null, creation.Syntax);
        if (LanguageTypes.IsDeclaredTensor(type))
            return CreateDeclaredTensor(creation, (INamedTypeSymbol)Substitute(type));
        if (type.TypeKind == TypeKind.Delegate && creation.Arguments.Length == 1)
            return EvaluateFunction(creation.Arguments[0].Value);
        var constructor = libraries.Source(created);
        var references = new List<(IOperation Target, Cell Cell)>();
        var arguments = EvaluateArguments(creation.Arguments, constructor, references);
        type = libraries.Source(Substitute(type));
        if (!HasSource(type) && libraries.ReasonFor(type) is not null)
            throw NoSource(type, creation.Syntax, "");
        var made = !HasSource(type) ? CreateLibraryObject(type, arguments, creation.Syntax, constructor)
            : type.IsValueType && constructor.IsImplicitlyDeclared ? Default(type)
            : Construct(type, constructor, arguments, creation.Syntax);
        WriteBack(references);
        Initialize(made, creation.Initializer);
        return made;
    }

    DeclaredTensorValue CreateDeclaredTensor(IObjectCreationOperation creation, INamedTypeSymbol declared)
    {
        string type = declared.Name, kind = type == "Parameter" ? "a parameter" : "state";
        if (++declaredTensors > MaximumNodes)
            throw Fail(Descriptors.TooManyNodes, Loop(creation.Syntax),
                "the model has more than 20,000 parameters and states: a loop does not end, or is far longer than a model can be");
        if (graph is not null)
            throw Fail(Descriptors.UnnamedParameter, creation.Syntax, $"{kind} must be held by a field: a graph method runs anew for every call, so declare 'readonly {type} {(type == "Parameter" ? "weight" : "state")} = ...' in the class");
        var arguments = EvaluateArguments(creation.Arguments, creation.Constructor!);
        var dims = Items(arguments[0], creation.Syntax);
        foreach (var dim in dims)
        {
            if (dim is not ConstantValue { Content: int size } || size < 1)
                throw Fail(Descriptors.InvalidParameterShape, creation.Syntax, $"{kind}'s dimensions are positive constants; this has the shape {Describe(arguments[0])}");
        }
        if (Top.Self is { } owner && !LanguageTypes.HasAttribute(owner.Type, "Module") && !LanguageTypes.HasAttribute(owner.Type, "Graph"))
            throw Fail(Descriptors.UnnamedParameter, creation.Syntax, $"'{owner.Type.Name}' holds {kind}: mark the class [Module]");
        var shape = new Shape(dims.Select(d => (Dim)(int)((ConstantValue)d).Content!));
        if (shape.Rank > MaximumRank)
            throw Fail(Descriptors.TooLarge, creation.Syntax, System.FormattableString.Invariant($"{kind} has {shape.Rank} axes, and a tensor has at most {MaximumRank}"));
        if (TryCount(shape) is null)
            throw Fail(Descriptors.TooLarge, creation.Syntax, $"{kind} of shape {shape} has more than {MaximumElementsText} elements");
        var initializer = arguments[1] as InitializerValue;
        var elements = ElementsOfDeclared(declared, creation.Syntax);
        DeclaredTensorValue tensor = type == "Parameter" ? new ParameterValue(shape, elements, initializer)
            : new StateValue(shape, elements, initializer, type == "State" ? StateOwner.Model : StateOwner.Session);
        try
        {
            _ = InitializationOf(tensor);
        }
        catch (ShapeException mismatch)
        {
            throw Fail(Descriptors.InvalidArgument, creation.Syntax, mismatch.Message);
        }
        return tensor;
    }

    ElementType ElementsOfDeclared(INamedTypeSymbol declared, SyntaxNode syntax) => LanguageTypes.ElementTypeOf(declared) switch
    {
        ElementType.Float32 when declared.Arity == 1 =>
            throw Fail(Descriptors.WrongElementType, syntax, $"{(declared.Name == "Parameter" ? "a parameter" : "a state")} of floats is a {declared.Name}, without a type argument"),
        { } type => type,
        null => throw Fail(
            Descriptors.WrongElementType, syntax,
            $"there are no {(declared.Name == "Parameter" ? "parameters" : "states")} of {declared.TypeArguments[0].Name}: tensors are {ElementTypes.TensorNames}"),
    };

    ObjectValue Construct(INamedTypeSymbol type, IMethodSymbol constructor, Value[] arguments, SyntaxNode? site)
    {
        type = Substitute(type);
        if (type.IsAbstract)
            throw new StopException(null, site);
        if (stack.Count(f => f.Method is { MethodKind: MethodKind.Constructor }
            && SymbolEqualityComparer.Default.Equals(f.Method.ContainingType, type.OriginalDefinition)) >= MaximumRecursion)
            throw Fail(Descriptors.Recursion, site, $"'{type.Name}' contains itself without end, or more than {MaximumRecursion} deep: a model is finite");
        Charge(1 + type.GetMembers().Length);
        var instance = new ObjectValue(type) { IsUnderConstruction = true, MadeFor = graph };
        RunConstructor(instance, type, constructor, arguments, site);
        instance.IsUnderConstruction = false;
        return instance;
    }

    void RunConstructor(ObjectValue instance, INamedTypeSymbol type, IMethodSymbol constructor, Value[] arguments, SyntaxNode? site)
    {
        type = type.OriginalDefinition;
        constructor = constructor.OriginalDefinition;
        var frame = new Frame(null, constructor, instance, CallSite(site));
        stack.Add(frame);
        bool isPrimary = IsPrimary(constructor);
        for (int i = 0; i < arguments.Length; i++)
        {
            if (isPrimary)
                instance.Members[constructor.Parameters[i]] = arguments[i];
            else
                frame.Declare(constructor.Parameters[i], arguments[i]);
        }
        if (isPrimary && type.IsRecord)
            SetPositionalProperties(instance, type, constructor);
        var body = constructor.IsImplicitlyDeclared || isPrimary ? null : Body(constructor) as IConstructorBodyOperation;
        var chained = isPrimary ? PrimaryBaseCall(constructor) : ChainedCall(body);
        var next = chained is null ? null : libraries.Source(chained.TargetMethod);
        bool callsOwn = next is not null && SymbolEqualityComparer.Default.Equals(next.ContainingType.OriginalDefinition, type);
        if (!callsOwn)
            InitializeMembers(instance, type);
        if (next is not null && (callsOwn || HasSource(next.ContainingType)))
            RunConstructor(instance, next.ContainingType, next, EvaluateArguments(chained!.Arguments, next), chained.Syntax);
        else if (!callsOwn)
            RunImplicitBase(instance, type, site);
        if (body is not null)
            Run(body);
        stack.RemoveAt(stack.Count - 1);
    }

    void RunImplicitBase(ObjectValue instance, INamedTypeSymbol type, SyntaxNode? site)
    {
        if (type.BaseType is not { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) } declared)
            return;
        var baseType = libraries.Source(declared);
        if (!HasSource(baseType))
            throw NoSource(baseType, site, $"'{type.Name}' derives from '{Name(baseType)}', which has no source in this project: hold it in a field instead");
        var constructor = baseType.InstanceConstructors.FirstOrDefault(c => c.Parameters.Length == 0) ?? throw new StopException(null,
            type.DeclaringSyntaxReferences[0].GetSyntax(cancellation));
        RunConstructor(instance, baseType, constructor, [], site);
    }

    IInvocationOperation? ChainedCall(IConstructorBodyOperation? body) => body?.Initializer switch
    {
        IExpressionStatementOperation { Operation: IInvocationOperation invocation } => invocation,
        IInvocationOperation invocation => invocation,
        _ => null,
    };

    IInvocationOperation? PrimaryBaseCall(IMethodSymbol constructor)
    {
        var declaration = constructor.DeclaringSyntaxReferences[0].GetSyntax(cancellation) as TypeDeclarationSyntax;
        var call = declaration?.BaseList?.Types.OfType<PrimaryConstructorBaseTypeSyntax>().FirstOrDefault();
        return call is null ? null : OperationOf(call) as IInvocationOperation;
    }

    bool HasSource(ITypeSymbol type) => libraries.HasSource(type);

    static bool IsPrimary(IMethodSymbol constructor) => !constructor.IsImplicitlyDeclared
        && constructor.DeclaringSyntaxReferences.Length > 0
        && constructor.DeclaringSyntaxReferences[0].GetSyntax() is TypeDeclarationSyntax;

    static void SetPositionalProperties(ObjectValue instance, INamedTypeSymbol type, IMethodSymbol constructor)
    {
        foreach (var parameter in constructor.Parameters)
        {
            foreach (var property in type.GetMembers(parameter.Name).OfType<IPropertySymbol>())
                instance.Members[property] = instance.Members[parameter];
        }
    }

    void InitializeMembers(ObjectValue instance, INamedTypeSymbol type)
    {
        foreach (var member in InstanceMembers(type))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Initializer(member) is { } initializer)
                instance.Members[member] = EvaluateInitializer(initializer);
            else if (!instance.Members.ContainsKey(member))
                instance.Members[member] = DefaultIn(instance, member);
        }
    }

    /// <summary>How many frames there are while the fields of the model itself are initialised.</summary>
    const int ModelDepth = 1;

    Value EvaluateInitializer(IOperation initializer)
    {
        int depth = stack.Count;
        try
        {
            return CopyOfStruct(Evaluate(initializer));
        }
        catch (StopException stop) when (stop.Diagnostic?.Descriptor == Descriptors.UnsupportedMember || stop.Diagnostic?.Descriptor == Descriptors.NotConstant)
        {
            stack.RemoveRange(depth, stack.Count - depth);
            return new UnreadableValue(stop);
        }
        catch (StopException stop) when (depth == ModelDepth && graph is null && IsLocal(stop) && Stopped is not null)
        {
            Stopped(stop, initializer.Syntax);
            stack.RemoveRange(depth, stack.Count - depth);
            return Unknown;
        }
    }

    /// <summary>Fields and auto-properties in the order of their declaration.</summary>
    public static IEnumerable<ISymbol> InstanceMembers(INamedTypeSymbol type)
    {
        foreach (var field in type.GetMembers().OfType<IFieldSymbol>())
        {
            if (!field.IsStatic && !field.IsConst)
                yield return Key(field);
        }
    }

    /// <summary>An auto-property stands for its backing field.</summary>
    static ISymbol Key(IFieldSymbol field) => field.AssociatedSymbol is IPropertySymbol property ? property.OriginalDefinition : field.OriginalDefinition;

    /// <summary>The value of "= value" at a field or property.</summary>
    IOperation? Initializer(ISymbol member)
    {
        if (!libraries.HasSource(member))
            return null;
        if (!libraries.IsForeign(member.DeclaringSyntaxReferences[0].SyntaxTree))
            trees.Add(member.DeclaringSyntaxReferences[0].SyntaxTree);
        var value = member.DeclaringSyntaxReferences[0].GetSyntax(cancellation) switch
        {
            VariableDeclaratorSyntax declarator => declarator.Initializer,
            PropertyDeclarationSyntax property => property.Initializer,
            _ => null,
        };
        return value is null ? null : (OperationOf(value) as ISymbolInitializerOperation)?.Value ?? throw new StopException(null);
    }

    // Fields.

    Value EvaluateField(IFieldReferenceOperation reference) => reference.Instance is null
        ? ReadStatic(reference.Field, reference.Syntax)
        : ReadField(reference.Field, Evaluate(reference.Instance), reference.Syntax);

    Value ReadField(IFieldSymbol field, Value receiver, SyntaxNode syntax)
    {
        switch (receiver)
        {
            case ObjectValue instance when instance.Members.TryGetValue(Key(libraries.Source(field)), out var value):
                return Readable(value, syntax);
            case TupleValue tuple:
                return ItemNumber(field) < tuple.Items.Length ? tuple.Items[ItemNumber(field)] : throw new StopException(null, syntax);
            case { IsNull: true }:
                throw Fail(Descriptors.NullValue, syntax, $"the value whose '{field.Name}' is read is null here");
            default:
                throw Fail(Descriptors.UnsupportedMember, syntax, $"'{Name(field)}' cannot be read at build time");
        }
    }

    /// <summary>The place of a tuple's element, whatever the tuple calls it.</summary>
    static int ItemNumber(IFieldSymbol field) =>
        int.Parse((field.CorrespondingTupleField ?? field).Name.Substring("Item".Length), System.Globalization.CultureInfo.InvariantCulture) - 1;

    /// <summary>A static readonly value: its initialiser, evaluated once.</summary>
    Value ReadStatic(ISymbol member, SyntaxNode syntax)
    {
        if (member is IFieldSymbol { HasConstantValue: true } constant)
            return Typed(Value.Of(constant.ConstantValue), constant.Type);
        if (PureMethods.Read(member) is { } native)
            return Value.Of(native);
        if (member.ContainingType.SpecialType is >= SpecialType.System_SByte and <= SpecialType.System_Double
            && (member.Name.EndsWith(".Zero", System.StringComparison.Ordinal) || member.Name.EndsWith(".One", System.StringComparison.Ordinal)))
            return Value.Of(ConstantArithmetic.Convert(member.Name.EndsWith("One", System.StringComparison.Ordinal) ? 1 : 0, member.ContainingType.SpecialType, false));
        member = libraries.Source(member);
        var container = Substitute(member.ContainingType);
        // Each construction of a generic type has statics of its own.
        member = container.IsGenericType ? container.GetMembers(member.Name)
            .FirstOrDefault(m => SymbolEqualityComparer.Default.Equals(m.OriginalDefinition, member.OriginalDefinition)) ?? member : member.OriginalDefinition;
        if (statics.TryGetValue(member, out var known))
            return known ?? throw Fail(Descriptors.Recursion, syntax, $"the initialiser of '{member.Name}' needs its own value");
        if (member is IFieldSymbol { IsReadOnly: false } or IPropertySymbol { SetMethod: not null } || Initializer(member) is not { } initializer)
            throw Fail(Descriptors.NotConstant, syntax, $"'{Name(member)}' is not known at build time: make it const, or static readonly with an initialiser");
        statics[member] = null;
        var outerGraph = graph;
        graph = null;
        stack.Add(new Frame(null, null, null, CallSite(syntax)) { Container = container });
        try
        {
            var value = CopyOfStruct(Evaluate(initializer));
            stack.RemoveAt(stack.Count - 1);
            statics[member] = value;
            return value;
        }
        finally
        {
            graph = outerGraph;
            if (statics[member] is null)
                statics.Remove(member);
        }
    }

    // Properties.

    Value EvaluateProperty(IPropertyReferenceOperation reference)
    {
        var property = reference.Property;
        if (LanguageTypes.Is(property.ContainingType, "Init"))
            return new InitializerValue("Constant", property.Name == "Ones" ? 1 : 0, 0);
        property = libraries.Source(property);
        if (reference.Instance is null)
        {
            property = ImplementationOf(property, reference.ConstrainedToType, reference.Syntax);
            return property.GetMethod is { } getter && HasBody(getter)
                ? Invoke(getter, null, [], reference.Syntax)
                : ReadStatic(property, reference.Syntax);
        }
        var receiver = Evaluate(reference.Instance);
        Value[] arguments = [.. reference.Arguments.Select(a => Evaluate(a.Value))];
        return IsBase(reference.Instance) && property.GetMethod is { } own && HasBody(own)
            ? Invoke(own, receiver as ObjectValue, arguments, reference.Syntax)
            : ReadProperty(property, receiver, arguments, reference.Syntax);
    }

    Value ReadProperty(IPropertySymbol property, Value receiver, Value[] arguments, SyntaxNode syntax)
    {
        if (property is { ContainingType.IsExtension: true, GetMethod: { } extension })
            return Invoke(extension, null, arguments, syntax, extended: receiver);
        property = libraries.Source(property);
        if (receiver is ObjectValue instance)
        {
            if (instance.Members.TryGetValue(property.OriginalDefinition, out var plain) && !property.IsVirtual && !property.IsAbstract && !property.IsOverride
                && property.ContainingType.TypeKind != TypeKind.Interface)
                return Readable(plain, syntax);
            var getter = property.GetMethod is null ? null : Implementation(property.GetMethod, instance);
            if (getter is not null && HasBody(getter))
                return Invoke(getter, instance, arguments, syntax);
            var key = (getter?.AssociatedSymbol ?? property).OriginalDefinition;
            if (instance.Members.TryGetValue(key, out var value))
                return Readable(value, syntax);
        }
        if (LanguageTypes.IsOfLanguage(property.ContainingType))
            return ReadLanguageProperty(property, receiver, arguments, syntax);
        return ReadLibraryProperty(property, receiver, arguments, syntax);
    }

    static Value Readable(Value value) => value is UnreadableValue unreadable ? throw unreadable.Reason : value;

    /// <summary>What is wrong with a member that was never evaluated is said where it is read.</summary>
    Value Readable(Value value, SyntaxNode syntax) => value is UnreadableValue { Reason.Diagnostic: { Location: var location } diagnostic } && location == LocationInfo.None
        ? throw Fail(diagnostic.Descriptor, syntax, diagnostic.Arguments[0])
        : Readable(value);

    bool HasBody(IMethodSymbol method)
    {
        method = method.OriginalDefinition;
        return Body(method) is not null;
    }

    /// <summary>What a call on this object really runs: interface members and overrides found on its type.</summary>
    IMethodSymbol Implementation(IMethodSymbol method, ObjectValue instance)
    {
        if (method.ContainingType.TypeKind == TypeKind.Interface)
        {
            var interfaces = instance.Type.AllInterfaces;
            var implemented = interfaces.FirstOrDefault(i => SymbolEqualityComparer.Default.Equals(libraries.Source(i), libraries.Source(Substitute(method.ContainingType))))
                ?? interfaces.FirstOrDefault(i => IsSame(i, method.ContainingType));
            var interfaceMethod = implemented?.GetMembers(method.Name).OfType<IMethodSymbol>().FirstOrDefault(m => IsSame(m, method));
            if (interfaceMethod is null || instance.Type.FindImplementationForInterfaceMember(interfaceMethod) is not IMethodSymbol implementation)
                return method;
            implementation = libraries.Source(implementation);
            return implementation.ContainingType.TypeKind == TypeKind.Interface ? implementation : Implementation(implementation, instance);
        }
        if (!method.IsVirtual && !method.IsAbstract && !method.IsOverride)
            return method;
        for (var type = instance.Type; type is not null; type = BaseOf(type))
        {
            foreach (var candidate in type.GetMembers(method.Name).OfType<IMethodSymbol>())
            {
                for (IMethodSymbol? overridden = candidate; overridden is not null; overridden = overridden.OverriddenMethod)
                {
                    if (IsSame(overridden, method))
                        return candidate;
                }
            }
        }
        return method;
    }

    /// <summary>The base class, as its sources declare it.</summary>
    INamedTypeSymbol? BaseOf(INamedTypeSymbol type) => type.BaseType is { } baseType ? libraries.Source(baseType) : null;

    /// <summary>Whether two symbols are of one declaration, whichever project they were seen from.</summary>
    bool IsSame(ISymbol a, ISymbol b) => libraries.IsSame(a, b);
}
