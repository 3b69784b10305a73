using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Reflection;
using System.Threading;
using GraphCompiler.Generator.Models;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend.Library;

/// <summary>
/// Methods of .NET that depend on nothing but their arguments, run as they are: those of numbers, texts, Math and a few more
/// types on a list. They are found in the runtime that the compiler runs on, and run in the invariant culture.
/// </summary>
internal static class PureMethods
{
    static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "System.String", "System.Char", "System.Boolean", "System.SByte", "System.Byte", "System.Int16", "System.UInt16", "System.Int32", "System.UInt32",
        "System.Int64", "System.UInt64", "System.Single", "System.Double", "System.Decimal", "System.Math", "System.MathF", "System.Convert", "System.BitConverter",
        "System.Numerics.BitOperations", "System.StringComparer", "System.Globalization.CultureInfo",
    };

    /// <summary>What a hash or the user's culture says differs from run to run or from machine to machine.</summary>
    static readonly HashSet<string> Impure = new(StringComparer.Ordinal)
    {
        "GetHashCode", "GetType", "Intern", "IsInterned", "CurrentCulture", "CurrentUICulture", "InstalledUICulture", "DefaultThreadCurrentCulture", "DefaultThreadCurrentUICulture",
        "StringComparer.CurrentCulture", "GetCultures", "CreateSpecificCulture", "GetCultureInfoByIetfLanguageTag", "CurrentCultureIgnoreCase", "ClearCachedData",
    };

    const BindingFlags Members = BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance;

    public static bool Covers(ITypeSymbol? type) => type is INamedTypeSymbol { IsGenericType: false, ContainingType: null } named && Types.Contains(FullName(named));

    /// <summary>A static field or property of such a type; null where there is none.</summary>
    public static object? Read(ISymbol member)
    {
        if (!Covers(member.ContainingType) || Impure.Contains(member.Name) || HostType(member.ContainingType) is not { } type)
            return null;
        return type.GetField(member.Name, Members)?.GetValue(null) ?? type.GetProperty(member.Name, Members)?.GetValue(null);
    }

    /// <summary>Finds the method that a symbol stands for; null where it is not on the list, or this runtime has no such method.</summary>
    public static MethodBase? Find(IMethodSymbol method)
    {
        if (!Covers(method.ContainingType) || Impure.Contains(method.Name) || method.IsGenericMethod || (method.ReturnsVoid && method.MethodKind != MethodKind.Constructor))
            return null;
        if (HostType(method.ContainingType) is not { } type)
            return FindInMath(method);
        foreach (bool spansAreTexts in new[] { true, false })
        {
            Type?[] parameters = [.. method.Parameters.Select(p => HostType(p, spansAreTexts))];
            if (Array.IndexOf(parameters, null) >= 0)
                continue;
            MethodBase? found = method.MethodKind == MethodKind.Constructor
                ? type.GetConstructor(Array.ConvertAll(parameters, p => p!))
                : type.GetMethod(method.Name, Members, null, Array.ConvertAll(parameters, p => p!), null);
            if (found is not null)
                return found;
        }
        return null;
    }

    /// <summary>Runtimes without MathF have the same functions of double numbers.</summary>
    static MethodInfo? FindInMath(IMethodSymbol method) => method.ContainingType.Name == "MathF"
        ? typeof(Math).GetMethod(method.Name, [.. method.Parameters.Select(p => p.Type.SpecialType == SpecialType.System_Single ? typeof(double) : typeof(int))])
        : null;

    /// <summary>Runs a method; what it throws comes out as it was.</summary>
    public static object? Invoke(MethodBase method, object? receiver, object?[] arguments)
    {
        var parameters = method.GetParameters();
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = Fit(arguments[i], parameters[i].ParameterType);
        var thread = Thread.CurrentThread;
        var culture = thread.CurrentCulture;
        thread.CurrentCulture = CultureInfo.InvariantCulture;
        try
        {
            return method is ConstructorInfo constructor ? constructor.Invoke(arguments) : method.Invoke(receiver, arguments);
        }
        catch (TargetInvocationException thrown) when (thrown.InnerException is { } inner)
        {
            throw inner;
        }
        finally
        {
            thread.CurrentCulture = culture;
        }
    }

    static object? Fit(object? argument, Type type)
    {
        if (argument is null || type.IsInstanceOfType(argument) || type.IsByRef)
            return argument;
        if (type.IsEnum)
            return Enum.ToObject(type, argument);
        if (type == typeof(string) && argument is char[] characters)
            return new string(characters);
        if (type.IsArray && argument is Array items)
        {
            var array = Array.CreateInstance(type.GetElementType()!, items.Length);
            for (int i = 0; i < items.Length; i++)
                array.SetValue(items.GetValue(i), i);
            return array;
        }
        return type.IsPrimitive && argument is IConvertible ? System.Convert.ChangeType(argument, type, CultureInfo.InvariantCulture) : argument;
    }

    static Type? HostType(IParameterSymbol parameter, bool spansAreTexts)
    {
        var type = HostType(parameter.Type, spansAreTexts);
        return parameter.RefKind is RefKind.Out or RefKind.Ref ? type?.MakeByRefType() : type;
    }

    static Type? HostType(ITypeSymbol type, bool spansAreTexts = true)
    {
        if (type is IArrayTypeSymbol { Rank: 1 } array)
            return HostType(array.ElementType)?.MakeArrayType();
        if (type is not INamedTypeSymbol named)
            return null;
        if (named is { Name: "ReadOnlySpan", Arity: 1, ContainingNamespace.Name: "System" })
            return spansAreTexts && named.TypeArguments[0].SpecialType == SpecialType.System_Char ? typeof(string) : HostType(named.TypeArguments[0])?.MakeArrayType();
        if (named.IsGenericType || named.ContainingType is not null)
            return null;
        return typeof(object).Assembly.GetType(FullName(named)) ?? typeof(Uri).Assembly.GetType(FullName(named));
    }

    static string FullName(INamedTypeSymbol type)
        => type.ContainingNamespace.IsGlobalNamespace ? type.MetadataName : type.ContainingNamespace.ToDisplayString() + "." + type.MetadataName;
}
