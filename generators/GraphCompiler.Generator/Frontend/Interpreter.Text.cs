using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Texts: what ToString and interpolation give, in the invariant culture, and what messages call a value.
internal sealed partial class Interpreter
{
    /// <summary>Digits or places that a format may ask for.</summary>
    const int WidestFormat = 10_000;

    Value EvaluateInterpolation(IInterpolatedStringOperation text)
    {
        var result = new StringBuilder();
        foreach (var part in text.Parts)
        {
            int before = result.Length;
            if (part is IInterpolatedStringTextOperation literal)
                result.Append(Evaluate(literal.Text) is ConstantValue constant ? constant.Content : null);
            else if (part is IInterpolationOperation interpolation)
                result.Append(Aligned(TextOf(Evaluate(interpolation.Expression), FormatOf(interpolation), interpolation.Syntax), interpolation));
            else if (part is IInterpolatedStringAppendOperation { AppendCall: IInvocationOperation { Arguments.Length: > 0 } append })
                result.Append(TextOf(Evaluate(append.Arguments[0].Value), append.Arguments.Select(a => a.Value).Skip(1).Select(Evaluate).OfType<ConstantValue>()
                    .Select(c => c.Content).OfType<string>().FirstOrDefault(), append.Syntax));
            ChargeText(result.Length - before);
        }
        ChargeText(result.Length);
        return Value.Of(result.ToString());
    }

    string? FormatOf(IInterpolationOperation interpolation) =>
        interpolation.FormatString is null ? null : (Evaluate(interpolation.FormatString) as ConstantValue)?.Content as string;

    string Aligned(string text, IInterpolationOperation interpolation)
    {
        if (interpolation.Alignment is null || Evaluate(interpolation.Alignment) is not ConstantValue { Content: int width })
            return text;
        if (width is < -WidestFormat or > WidestFormat)
            throw Fail(Descriptors.TooMuchMemory, interpolation.Syntax, $"a text of {Describe(Value.Of(width))} places is far longer than a graph needs");
        return width < 0 ? text.PadRight(-width) : text.PadLeft(width);
    }

    /// <summary>What ToString gives, with a format if there is one.</summary>
    internal string TextOf(Value value, string? format, SyntaxNode syntax)
    {
        Step(syntax);
        string text = value switch
        {
            ConstantValue { Content: null } => "",
            ConstantValue { EnumType: { } type, Content: { } number } => EnumText(type, number, format, syntax),
            ConstantValue { Content: { } content } => ConstantText(content, format, syntax),
            TupleValue { IsPair: true } pair => "[" + TextOf(pair.Items[0], null, syntax) + ", " + TextOf(pair.Items[1], null, syntax) + "]",
            TupleValue tuple => "(" + Joined(", ", tuple.Items, syntax) + ")",
            ObjectValue instance => ObjectText(instance, syntax),
            CollectionValue { Type: { } type } and not TextValue => TypeText(type),
            TextValue builder => builder.Text.ToString(),
            TypeValue type => TypeText(type.Type),
            _ => Describe(value),
        };
        ChargeText(text.Length);
        return text;
    }

    string Joined(string separator, IEnumerable<Value> values, SyntaxNode syntax)
    {
        var text = new StringBuilder();
        bool isFirst = true;
        foreach (var value in values)
        {
            if (!isFirst)
                text.Append(separator);
            isFirst = false;
            string item = TextOf(value, null, syntax);
            ChargeText(item.Length + separator.Length);
            text.Append(item);
        }
        return text.ToString();
    }

    string ConstantText(object content, string? format, SyntaxNode syntax)
    {
        CheckFormat(format, syntax);
        try
        {
            return content is IFormattable number
                ? number.ToString(string.IsNullOrEmpty(format) && content is float or double ? "R" : format, CultureInfo.InvariantCulture)
                : content.ToString() ?? "";
        }
        catch (FormatException)
        {
            throw Fail(Descriptors.EvaluationFailed, syntax, $"\"{format}\" is not a format for {Describe(Value.Of(content))}");
        }
    }

    /// <summary>A format such as D1000000000 would ask for gigabytes.</summary>
    void CheckFormat(string? format, SyntaxNode syntax)
    {
        if (format is not null && Regex.Matches(format, "[0-9]+").Cast<Match>().Any(m => m.Length > 9 || int.Parse(m.Value, CultureInfo.InvariantCulture) > WidestFormat))
            throw Fail(Descriptors.TooMuchMemory, syntax, $"the format \"{Shortened(format)}\" asks for a text that is far longer than a graph needs");
    }

    /// <summary>The name of a member of an enum, or its number where none has it; flags by their names.</summary>
    string EnumText(INamedTypeSymbol type, object number, string? format, SyntaxNode syntax)
    {
        if (format is "D" or "d" or "X" or "x")
            return ConstantText(number, format is "D" or "d" ? null : "X8", syntax);
        var members = type.GetMembers().OfType<IFieldSymbol>().Where(f => f.HasConstantValue).ToList();
        decimal bits = System.Convert.ToDecimal(number, CultureInfo.InvariantCulture);
        decimal ValueOf(IFieldSymbol member) => System.Convert.ToDecimal(member.ConstantValue, CultureInfo.InvariantCulture);
        if (members.Find(m => ValueOf(m) == bits) is { } exact)
            return exact.Name;
        bool isFlags = type.GetAttributes().Any(a => a.AttributeClass is { Name: "FlagsAttribute", ContainingNamespace.Name: "System" });
        if (!isFlags || bits is < 0 or > long.MaxValue)
            return ConstantText(number, null, syntax);
        long left = (long)bits;
        var names = new List<string>();
        foreach (var member in members.Where(m => ValueOf(m) is > 0 and <= long.MaxValue).OrderByDescending(ValueOf))
        {
            long flag = (long)ValueOf(member);
            if ((left & flag) != flag)
                continue;
            left &= ~flag;
            names.Insert(0, member.Name);
        }
        return left == 0 && names.Count > 0 ? string.Join(", ", names) : ConstantText(number, null, syntax);
    }

    string ObjectText(ObjectValue instance, SyntaxNode syntax)
    {
        if (Method(instance, "ToString", 0) is { } own)
            return Invoke(own, instance, [], syntax) is ConstantValue { Content: string text } ? text : "";
        if (!instance.Type.IsRecord && !instance.Type.IsAnonymousType)
            return TypeText(instance.Type);
        var levels = new Stack<INamedTypeSymbol>();
        for (var type = instance.Type; type is not null && (type.IsRecord || type.IsAnonymousType); type = BaseOf(type))
            levels.Push(type);
        var members = levels.SelectMany(t => t.GetMembers())
            .Where(m => m is IPropertySymbol
            {
                IsStatic: false, DeclaredAccessibility: Accessibility.Public, IsIndexer: false,
                IsOverride: false
            } or IFieldSymbol { IsStatic: false, DeclaredAccessibility: Accessibility.Public });
        string parts = string.Join(", ",
            members.Select(m => m.Name + " = " + TextOf(m is IPropertySymbol property ? ReadProperty(property, instance, [], syntax) : ReadField((IFieldSymbol)m, instance, syntax),
            null, syntax)));
        string body = parts.Length > 0 ? "{ " + parts + " }" : "{ }";
        return instance.Type.IsAnonymousType ? body : instance.Type.Name + " " + body;
    }

    /// <summary>A type's name as Type.ToString gives it.</summary>
    static string TypeText(ITypeSymbol type) => type switch
    {
        IArrayTypeSymbol array => TypeText(array.ElementType) + "[" + new string(',', array.Rank - 1) + "]",
        INamedTypeSymbol named =>
            (named.ContainingType is { } outer ? TypeText(outer) + "+" : named.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." : "")
            + named.MetadataName + (named.TypeArguments.Length > 0 ? "[" + string.Join(",", named.TypeArguments.Select(TypeText)) + "]" : ""),
        _ => type.Name,
    };

    // What messages call values: short whatever the value is.

    const int LongestDescription = 200;

    static string Shortened(string text) => text.Length <= LongestDescription ? text : text.Substring(0, LongestDescription) + "…";

    public static string Describe(Value value) => Shortened(Describe(value, depth: 0));

    static string Describe(Value value, int depth) => value switch
    {
        ConstantValue { Content: null } => "null",
        ConstantValue { Content: string text } => Shortened(text),
        ConstantValue { Content: bool truth } => truth ? "True" : "False",
        ConstantValue constant => System.Convert.ToString(constant.Content, CultureInfo.InvariantCulture) ?? "",
        DimValue dim => dim.Dim.ToString(),
        RunTimeNumber => "a number that is known at run time",
        ShapeValue shape => shape.Shape.ToString(),
        TensorValue tensor => "a tensor of shape " + tensor.Node.Shape,
        ParameterValue parameter => "a parameter of shape " + parameter.Shape,
        StateValue state => "state of shape " + state.Shape,
        ObjectValue instance => instance.Type.Name,
        ListValue list => "[" + DescribeItems(list.Items, depth) + "]",
        TupleValue tuple => "(" + DescribeItems(tuple.Items, depth) + ")",
        TypeValue type => type.Type.Name,
        DictionaryValue => "a dictionary",
        SequenceValue => "a sequence",
        FunctionValue => "a function",
        _ => "a value",
    };

    static string DescribeItems(IReadOnlyList<Value> items, int depth)
    {
        const int Most = 32, Deepest = 3;
        return depth >= Deepest && items.Count > 0
            ? "…"
            : string.Join(", ", items.Take(Most).Select(item => Describe(item, depth + 1))) + (items.Count > Most ? ", …" : "");
    }
}
