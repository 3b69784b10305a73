using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Frontend.Library;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

// .NET: the methods, properties and types of its library that mean something at build time.
internal sealed partial class Interpreter
{
    /// <summary>The result of a method of .NET; null if it is not one of those that are known.</summary>
    Value? CallLibrary(IMethodSymbol method, Value? receiver, Value[] arguments, SyntaxNode syntax)
    {
        Step(syntax);
        var type = method.ContainingType;
        string space = type.ContainingNamespace?.ToDisplayString() ?? "";
        var call = new LibraryCall(this, method, receiver, arguments, syntax);
        if (method.Name.StartsWith("ThrowIf", StringComparison.Ordinal) && method.Name.Length > 7 && arguments.Length > 0)
            return CallGuard(method.Name.Substring(7), arguments, syntax);
        var result = (space, type.Name) switch
        {
            ("System.Linq", "Enumerable") => Queries.Call(call),
            ("System", "Array") when method.IsStatic => Lists.CallArray(call, (list, rest) => new LibraryCall(this, method, list, rest, syntax)),
            ("System", "MemoryExtensions") when arguments.FirstOrDefault() is ListValue list => Lists.Call(new LibraryCall(this, method, list, [.. arguments.Skip(1)], syntax)),
            ("System", "MemoryExtensions") when method.Name == "AsSpan" && arguments.Length == 1 => arguments[0],
            ("System", "Enum") => CallEnum(method, receiver, arguments, syntax),
            ("System", "Tuple" or "ValueTuple") when method is { IsStatic: true, Name: "Create" } => new TupleValue(arguments),
            ("System.Collections.Generic", "KeyValuePair") when method is { IsStatic: true, Name: "Create" } => new TupleValue(arguments) { IsPair = true },
            ("System.Diagnostics", "Debug") when method.Name == "Assert" && arguments[0] is ConstantValue { Content: bool holds } =>
                holds ? Value.Null : throw Fail(Descriptors.EvaluationFailed, syntax, "this assertion fails at build time"),
            _ => null,
        };
        return result ?? receiver switch
        {
            ListValue when method.Name is not ("Equals" or "ToString") => Lists.Call(call),
            TextValue => TextBuilders.Call(call),
            CollectionValue when method.Name is not ("Equals" or "ToString") => Collections.Call(call),
            _ => null,
        } ?? CallObject(method, receiver, arguments, syntax) ?? CallText(method, arguments, syntax) ?? CallPure(method, receiver, arguments, syntax);
    }

    /// <summary>What every object has, and numbers that may be null.</summary>
    Value? CallObject(IMethodSymbol method, Value? receiver, Value[] arguments, SyntaxNode syntax) => (method.Name, arguments.Length) switch
    {
        ("Equals" or "ReferenceEquals", 2) when method.IsStatic && method.ContainingType.SpecialType == SpecialType.System_Object =>
            Value.Of(AreEquivalent(arguments[0], arguments[1], syntax)),
        ("Equals", 1) when receiver is not null => Value.Of(AreEquivalent(receiver, arguments[0], syntax)),
        ("CompareTo", 1) when receiver is not null => Value.Of(Compare(receiver, arguments[0], syntax)),
        ("ToString", 0) when receiver is not null => Value.Of(TextOf(receiver, null, syntax)),
        ("ToString", >= 1) when receiver is ConstantValue { Content: not string } && Array.TrueForAll(arguments, IsInvariant)
            => Value.Of(TextOf(receiver, arguments.OfType<ConstantValue>().Select(a => a.Content).OfType<string>().FirstOrDefault(), syntax)),
        ("GetType", 0) when receiver is not null && TypeOf(receiver) is { } type => new TypeValue(type),
        ("GetValueOrDefault", _) when method.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T =>
            receiver is { IsNull: false } ? receiver : arguments.Length == 1 ? arguments[0] : Default(method.ContainingType.TypeArguments[0]),
        ("GetValueOrDefault", >= 2) when arguments[0] is DictionaryValue dictionary =>
            dictionary.Entries.TryGetValue(arguments[1], out var found) ? found : arguments.Length > 2 ? arguments[2] : Default(method.TypeArguments[1]),
        ("Deconstruct", _) => null,
        _ => null,
    };

    /// <summary>A format, or the culture in which texts are made here anyway.</summary>
    static bool IsInvariant(Value argument) => argument is ConstantValue { Content: null or string } or ConstantValue { Content: System.Globalization.CultureInfo { Name: "" } };

    /// <summary>string.Join and Concat of values whatever they are: the texts are made here.</summary>
    Value? CallText(IMethodSymbol method, Value[] arguments, SyntaxNode syntax)
    {
        if (method.ContainingType.SpecialType != SpecialType.System_String || !method.IsStatic)
            return null;
        if (method.Name == "Join" && arguments.Length == 2)
            return Value.Of(Joined(TextOf(arguments[0], null, syntax), Elements(arguments[1], syntax), syntax));
        if (method.Name == "Concat")
            return Value.Of(Joined("", arguments.Length == 1 && arguments[0] is ListValue or SequenceValue ? Elements(arguments[0], syntax) : arguments, syntax));
        return null;
    }

    // Methods that are run as they are.

    Value? CallPure(IMethodSymbol method, Value? receiver, Value[] arguments, SyntaxNode syntax)
    {
        if (arguments.Append(receiver).OfType<DimValue>().FirstOrDefault() is { } dim && PureMethods.Covers(method.ContainingType))
            throw NotKnown(dim, syntax);
        if (CallAtRunTime(method, arguments) is { } number)
            return number;
        if (PureMethods.Find(method) is not { } found || (receiver is null) == (!method.IsStatic && method.MethodKind != MethodKind.Constructor))
            return null;
        object?[] natives = [.. arguments.Select(a => Native(a, syntax))];
        object? self = receiver is null ? null : Native(receiver, syntax);
        ChargePure(method, self, natives, syntax);
        try
        {
            object? result = PureMethods.Invoke(found, self, natives);
            for (int i = 0; i < arguments.Length; i++)
            {
                if (arguments[i] is ReferenceValue reference)
                    reference.Cell.Value = Of(natives[i], method.Parameters[i].Type);
            }
            // Where this runtime has no MathF, its functions are computed in double.
            return result is double wide && method.ReturnType.SpecialType == SpecialType.System_Single ? Value.Of((float)wide) : Of(result, method.ReturnType);
        }
        catch (Exception thrown) when (thrown is ArgumentException or ArithmeticException or FormatException or InvalidCastException
            or IndexOutOfRangeException or InvalidOperationException or NotSupportedException)
        {
            throw Fail(Descriptors.EvaluationFailed, syntax, thrown is OverflowException ? "this overflows at build time"
                : $"this throws {thrown.GetType().Name} at build time: {thrown.Message.Replace('\n', ' ').Replace("\r", "")}");
        }
    }

    /// <summary>A result of .NET as a value: arrays become lists, tuples tuples.</summary>
    Value Of(object? result, ITypeSymbol type)
    {
        switch (result)
        {
            case string text:
                ChargeText(text.Length);
                return Value.Of(text);
            case Array array:
                var element = (type as IArrayTypeSymbol)?.ElementType ?? type;
                return NewList(array.Cast<object?>().Select(item => Of(item, element)), type);
            case Enum member:
                return Typed(Value.Of(System.Convert.ChangeType(member, Enum.GetUnderlyingType(member.GetType()), System.Globalization.CultureInfo.InvariantCulture)), type);
            case { } when result.GetType().FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal) && type is INamedTypeSymbol { IsTupleType: true } tuple:
                return new TupleValue([.. result.GetType().GetFields().Select((field, i) => Of(field.GetValue(result), tuple.TupleElements[i].Type))]);
            default:
                return Value.Of(result);
        }
    }

    /// <summary>A value as .NET's methods take it: what is no constant goes as its text.</summary>
    object? Native(Value value, SyntaxNode syntax)
    {
        Step(syntax);
        return value switch
        {
            ConstantValue { EnumType: { } type, Content: { } number } when HasSource(type) => EnumText(type, number, null, syntax),
            ConstantValue constant => constant.Content,
            ReferenceValue reference => Native(reference.Cell.Value, syntax),
            ListValue list => list.Items.Select(item => Native(item, syntax)).ToArray(),
            SequenceValue sequence => Items(sequence, syntax).Select(item => Native(item, syntax)).ToArray(),
            _ => TextOf(value, null, syntax),
        };
    }

    /// <summary>Counts the memory of results that may be much longer than what they are made of, before they are made.</summary>
    void ChargePure(IMethodSymbol method, object? self, object?[] arguments, SyntaxNode syntax)
    {
        long length = (self as string)?.Length ?? 0;
        switch (method.Name)
        {
            case "PadLeft" or "PadRight" or ".ctor":
                ChargeText(arguments.OfType<int>().DefaultIfEmpty(0).Max());
                break;
            case "Replace" when arguments.Length > 1 && arguments[0] is string { Length: > 0 } old && arguments[1] is string with:
                ChargeText(length + (length / old.Length * with.Length));
                break;
            case "Format":
                CheckFormat(arguments.OfType<string>().FirstOrDefault(), syntax);
                break;
            default:
                ChargeText(length);
                break;
        }
    }

    /// <summary>Methods of Enum and of its members.</summary>
    Value? CallEnum(IMethodSymbol method, Value? receiver, Value[] arguments, SyntaxNode syntax)
    {
        if (receiver is ConstantValue { EnumType: not null, Content: { } own } && method.Name == "HasFlag" && arguments[0] is ConstantValue { Content: { } flag })
            return Value.Of((ToInt64(own) & ToInt64(flag)) == ToInt64(flag));
        var type = method.IsGenericMethod ? Substitute(method.TypeArguments[0]) : (arguments.FirstOrDefault() as TypeValue)?.Type;
        if (type is not INamedTypeSymbol { TypeKind: TypeKind.Enum } enumeration)
            return null;
        var members = enumeration.GetMembers().OfType<IFieldSymbol>().Where(f => f.HasConstantValue).OrderBy(f => unchecked((ulong)ToInt64(f.ConstantValue!))).ToList();
        var last = arguments.LastOrDefault();
        return method.Name switch
        {
            "GetValues" => NewList(members.Select(m => new ConstantValue(m.ConstantValue, enumeration)), compilation.CreateArrayTypeSymbol(enumeration)),
            "GetNames" => NewList(members.Select(m => Value.Of(m.Name)), compilation.CreateArrayTypeSymbol(compilation.GetSpecialType(SpecialType.System_String))),
            "IsDefined" when last is ConstantValue { Content: { } number and not string } => Value.Of(members.Exists(m => ToInt64(m.ConstantValue!) == ToInt64(number))),
            "GetName" when last is ConstantValue { Content: { } number } => Value.Of(members.Find(m => ToInt64(m.ConstantValue!) == ToInt64(number))?.Name),
            "Parse" when last is ConstantValue { Content: string name } => members.Find(m => m.Name == name) is { } member
                ? new ConstantValue(member.ConstantValue, enumeration)
                : throw Fail(Descriptors.EvaluationFailed, syntax, $"'{enumeration.Name}' has no member '{Shortened(name)}'"),
            _ => null,
        };
    }

    static long ToInt64(object number) => number is ulong large ? unchecked((long)large) : System.Convert.ToInt64(number, System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>ArgumentOutOfRangeException.ThrowIfNegative and its like, by which constructors check their arguments.</summary>
    Value? CallGuard(string condition, Value[] arguments, SyntaxNode syntax)
    {
        if (condition == "Null")
            return arguments[0].IsNull ? throw Fail(Descriptors.NullValue, syntax, "this is null here") : Value.Null;
        if (condition is "NullOrEmpty" or "NullOrWhiteSpace")
        {
            if (arguments[0] is ConstantValue { Content: string text } && (condition == "NullOrEmpty" ? text.Length > 0 : text.Trim().Length > 0))
                return Value.Null;
            throw Fail(Descriptors.EvaluationFailed, syntax, $"this text is refused here by ThrowIf{condition}");
        }
        if (arguments[0] is not ConstantValue { Content: { } value } || !ConstantArithmetic.IsNumber(value))
            return null;
        double number = ConstantArithmetic.ToDouble(value);
        double other = arguments.Length > 1 && arguments[1] is ConstantValue { Content: { } limit } && ConstantArithmetic.IsNumber(limit) ? ConstantArithmetic.ToDouble(limit) : 0;
        bool? isBroken = condition switch
        {
            "Negative" => number < 0,
            "Zero" => number == 0,
            "NegativeOrZero" => number <= 0,
            "LessThan" => number < other,
            "LessThanOrEqual" => number <= other,
            "GreaterThan" => number > other,
            "GreaterThanOrEqual" => number >= other,
            "Equal" => number == other,
            "NotEqual" => number != other,
            _ => null,
        };
        return isBroken switch
        {
            null => null,
            false => Value.Null,
            true => throw Fail(Descriptors.EvaluationFailed, syntax, $"{Describe(arguments[0])} is refused here by ThrowIf{condition}"),
        };
    }

    // Objects and properties.

    static bool IsGeneric(ITypeSymbol type) => type.ContainingNamespace?.ToDisplayString() == "System.Collections.Generic";

    /// <summary>An object of a class of .NET.</summary>
    Value CreateLibraryObject(INamedTypeSymbol type, Value[] arguments, SyntaxNode syntax, IMethodSymbol? constructor = null)
    {
        Step(syntax);
        var source = arguments.FirstOrDefault(a => a is CollectionValue or SequenceValue);
        var comparer = arguments.FirstOrDefault(a => a is not (CollectionValue or SequenceValue or ConstantValue { Content: int }));
        if (IsGeneric(type))
        {
            switch (type.Name)
            {
                case "List":
                    return NewList(source is null ? [] : Elements(source, syntax), type);
                case "Dictionary" or "SortedDictionary":
                    var dictionary = type.Name == "Dictionary" ? NewDictionary(EqualityOf(comparer, syntax), type)
                        : new DictionaryValue(new SortedDictionary<Value, Value>(ComparerOf(comparer, syntax))) { MadeFor = graph, Type = type };
                    foreach (var entry in source is null ? [] : Elements(source, syntax).OfType<TupleValue>())
                        Collections.AddEntry(new LibraryCall(this, constructor!, null, arguments, syntax), dictionary, entry.Items[0], entry.Items[1]);
                    return dictionary;
                case "HashSet":
                    return NewSet(source is null ? [] : Elements(source, syntax), EqualityOf(comparer, syntax), type);
                case "SortedSet":
                    var sorted = new SortedSet<Value>(ComparerOf(comparer, syntax));
                    return Filled(new SetValue(sorted) { MadeFor = graph, Type = type }, source, syntax);
                case "Queue":
                    return Filled(new QueueValue(new Queue<Value>()) { MadeFor = graph, Type = type }, source, syntax);
                case "Stack":
                    return Filled(new StackValue(new Stack<Value>()) { MadeFor = graph, Type = type }, source, syntax);
                case "KeyValuePair" when arguments.Length == 2:
                    return new TupleValue(arguments) { IsPair = true };
            }
        }
        if (type is { Name: "StringBuilder", ContainingNamespace.Name: "Text" })
            return new TextValue(new StringBuilder(arguments.OfType<ConstantValue>().Select(c => c.Content).OfType<string>().FirstOrDefault() ?? ""))
            {
                MadeFor = graph,
                Type = type
            };
        if (type is { Name: "Index", ContainingNamespace.Name: "System" } && arguments.FirstOrDefault() is ConstantValue { Content: int offset and >= 0 })
            return new IndexValue(offset, arguments.Length > 1 && arguments[1] is ConstantValue { Content: true });
        if (type is { Name: "Range", ContainingNamespace.Name: "System" } && arguments.Length == 2)
            return new RangeValue(ToNamedIndex(arguments[0], syntax), ToNamedIndex(arguments[1], syntax));
        if (constructor is not null && CallPure(constructor, null, arguments, syntax) is { } made)
            return made;
        throw Fail(Descriptors.UnsupportedMember, syntax, $"'{Name(type)}' has no source in this project that could be read: only classes written in the project, and the arrays, lists and dictionaries of .NET, can be created here");
    }

    CollectionValue Filled(CollectionValue collection, Value? source, SyntaxNode syntax)
    {
        foreach (var item in source is null ? [] : Elements(source, syntax))
        {
            Charge(1);
            Collections.Add(collection, item);
        }
        return collection;
    }

    internal DictionaryValue NewDictionary(ValueComparer comparer, ITypeSymbol? type) => new(new Dictionary<Value, Value>(comparer)) { MadeFor = graph, Type = type };

    internal SetValue NewSet(IEnumerable<Value> items, ValueComparer comparer, ITypeSymbol? type)
    {
        var set = new HashSet<Value>(comparer);
        foreach (var item in items)
        {
            Charge(1);
            set.Add(item);
        }
        return new SetValue(set) { MadeFor = graph, Type = type };
    }

    Value ReadLibraryProperty(IPropertySymbol property, Value receiver, Value[] arguments, SyntaxNode syntax)
    {
        if (receiver.IsNull && property.Name == "HasValue")
            return Value.Of(false);
        if (receiver.IsNull)
            throw Fail(Descriptors.NullValue, syntax, $"the value whose '{property.Name}' is read is null here");
        if (property.ContainingType.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T)
            return property.Name == "HasValue" ? Value.Of(true) : receiver;
        return (receiver, property.Name, arguments.Length) switch
        {
            (DictionaryValue dictionary, _, 1) => dictionary.Entries.TryGetValue(arguments[0], out var value)
                ? CopyOfStruct(value)
                : throw Fail(Descriptors.EvaluationFailed, syntax, $"the dictionary has no key {Describe(arguments[0])}"),
            (DictionaryValue dictionary, "Keys", 0) => new SequenceValue(dictionary.Entries.Keys),
            (DictionaryValue dictionary, "Values", 0) => new SequenceValue(dictionary.Entries.Values),
            (ListValue, _, 1) => CopyOfStruct(ItemAt(receiver, arguments[0], syntax)),
            (ListValue { Lengths.Length: > 1 } array, "Rank", 0) => Value.Of(array.Lengths.Length),
            (ListValue, "Rank", 0) => Value.Of(1),
            (CollectionValue collection, "Length" or "Count", 0) => Value.Of(collection.Count),
            (ListValue list, "LongLength", 0) => Value.Of((long)list.Count),
            (ListValue list, "Capacity", 0) => Value.Of(list.Count),
            (CollectionValue collection, "IsEmpty", 0) => Value.Of(collection.Count == 0),
            (SetValue { Items: SortedSet<Value> { Count: > 0 } sorted }, "Min" or "Max", 0) => property.Name == "Min" ? sorted.Min! : sorted.Max!,
            (SequenceValue sequence, "Count", 0) => Value.Of(Elements(sequence, syntax).Count()),
            (GroupValue group, "Key", 0) => group.Key,
            (TupleValue { IsPair: true } pair, "Key" or "Value", 0) => pair.Items[property.Name == "Key" ? 0 : 1],
            (TupleValue { IsPair: false } tuple, "Item1" or "Item2" or "Item3" or "Item4" or "Item5" or "Item6" or "Item7", 0)
                => tuple.Items[int.Parse(property.Name.Substring(4), System.Globalization.CultureInfo.InvariantCulture) - 1],
            (ConstantValue { Content: string text }, "Length", 0) => Value.Of(text.Length),
            (ConstantValue { Content: string text }, _, 1) => CharacterAt(text, arguments[0], syntax),
            (IndexValue index, "Value", 0) when index.Offset.IsConstant => Value.Of(index.Offset.Value),
            (IndexValue index, "IsFromEnd", 0) => Value.Of(index.FromEnd),
            (RangeValue range, "Start" or "End", 0) => property.Name == "Start" ? range.Start : range.End,
            (TypeValue type, "Name", 0) => Value.Of(type.Type.MetadataName),
            (TypeValue type, "FullName", 0) => Value.Of(TypeText(type.Type)),
            _ => throw Fail(Descriptors.UnsupportedMember, syntax, $"'{Name(property)}' cannot be read in a graph method"),
        };
    }

    internal Graph? Graph => graph;

    internal IEnumerable<Value> Sorted(IEnumerable<Value> order, SyntaxNode syntax)
    {
        foreach (var item in Unwrapped(() => NewList(order).Items, syntax))
        {
            Step(syntax);
            yield return item;
        }
    }
}
