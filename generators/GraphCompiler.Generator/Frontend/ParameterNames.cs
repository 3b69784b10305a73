using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// Names every parameter and state by the path of fields to it, and every module likewise. The fields are walked depth first in
/// the order of their declaration; what is reachable on several paths (shared weights) keeps the first, and is frozen, or keeps what it computes in
/// Float32, if a field on any of them says so.
/// </summary>
internal sealed class ParameterNames(ModuleLibraries libraries, CancellationToken cancellation)
{
    readonly List<(DeclaredTensorValue Tensor, SyntaxNodeOrToken Place)> found = [];
    readonly Dictionary<string, DeclaredTensorValue> named = new(System.StringComparer.Ordinal);
    readonly HashSet<(Value Value, Marks Marks)> visited = [];

    /// <summary>The parameters and states in order, each with the user's field that it is in.</summary>
    public IReadOnlyList<(DeclaredTensorValue Tensor, SyntaxNodeOrToken Place)> Found => found;

    /// <summary>Parameters and states whose name another one has.</summary>
    public List<(string Name, SyntaxNodeOrToken Place)> Duplicates { get; } = [];

    /// <summary>The modules in order, each with its path.</summary>
    public List<ObjectValue> Modules { get; } = [];

    /// <summary>The parameters and states that several modules hold.</summary>
    public HashSet<DeclaredTensorValue> Shared { get; } = [];

    /// <summary>Walks the fields; what an earlier walk has found keeps its name and its place in the order.</summary>
    public void Walk(ObjectValue model, SyntaxNodeOrToken place)
    {
        visited.Clear();
        WalkObject(model, "", default, place);
    }

    void WalkObject(ObjectValue instance, string path, Marks marks, SyntaxNodeOrToken place)
    {
        if (instance.Path is null)
        {
            instance.Path = path;
            Modules.Add(instance);
        }
        instance.KeepsFloat32 |= marks.KeepFloat32;
        var types = new List<INamedTypeSymbol>();
        for (var type = instance.Type; type is not null && libraries.HasSource(type); type = type.BaseType is { } baseType ? libraries.Source(baseType).OriginalDefinition : null)
            types.Insert(0, type);
        var members = types.SelectMany(Interpreter.InstanceMembers).ToList();
        // What a primary constructor captures is held like a field.
        members.AddRange(instance.Members.Keys.OfType<IParameterSymbol>().OrderBy(p => p.Ordinal));
        foreach (var member in members)
        {
            if (instance.Members.TryGetValue(member, out var value))
                Walk(value, Join(path, Segment(member)), marks.With(member), PlaceOf(member) ?? place);
        }
    }

    void Walk(Value value, string path, Marks marks, SyntaxNodeOrToken place)
    {
        cancellation.ThrowIfCancellationRequested();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (value)
        {
            case DeclaredTensorValue shared when visited.Contains((value, marks)):
                Shared.Add(shared);
                break;
            case DeclaredTensorValue or ObjectValue or CollectionValue or TupleValue when !visited.Add((value, marks)):
                break;
            case DeclaredTensorValue tensor:
                Add(tensor, path, marks, place);
                break;
            case ObjectValue instance:
                WalkObject(instance, path, marks, place);
                break;
            case ListValue list:
                WalkItems(list.Items, path, marks, place);
                break;
            case DictionaryValue dictionary:
                foreach (var entry in dictionary.Entries)
                    Walk(entry.Value, Join(path, Interpreter.Describe(entry.Key)), marks, place);
                break;
            case CollectionValue and not TextValue:
                WalkItems([.. ((CollectionValue)value).Enumerate()], path, marks, place);
                break;
            case TupleValue tuple:
                WalkItems(tuple.Items, path, marks, place);
                break;
        }
    }

    void WalkItems(IReadOnlyList<Value> items, string path, Marks marks, SyntaxNodeOrToken place)
    {
        for (int i = 0; i < items.Count; i++)
            Walk(items[i], Join(path, i.ToString(CultureInfo.InvariantCulture)), marks, place);
    }

    void Add(DeclaredTensorValue tensor, string path, Marks marks, SyntaxNodeOrToken place)
    {
        if (marks.AreFrozen && tensor is ParameterValue parameter)
            parameter.IsFrozen = true;
        if (tensor.Name is not null)
            return;
        tensor.Name = path;
        if (named.ContainsKey(path))
        {
            Duplicates.Add((path, place));
            return;
        }
        named.Add(path, tensor);
        found.Add((tensor, place));
    }

    /// <summary>What fields on a path say of all that they hold.</summary>
    readonly record struct Marks(bool AreFrozen, bool KeepFloat32)
    {
        public Marks With(ISymbol member) => new(
            AreFrozen || LanguageTypes.HasAttribute(member, "Frozen"), KeepFloat32 || LanguageTypes.HasAttribute(member, LanguageTypes.KeepFloat32));
    }

    static string Join(string path, string segment) => path.Length == 0 ? segment : segment.Length == 0 ? path : path + "." + segment;

    /// <summary>The field's name without leading underscores, or what [Name] says.</summary>
    static string Segment(ISymbol member)
    {
        if (LanguageTypes.FindAttribute(member, "Name") is { } attribute && LanguageTypes.TextOf(attribute) is { } name)
            return name;
        string trimmed = member.Name.TrimStart('_');
        return trimmed.Length > 0 ? trimmed : member.Name;
    }

    /// <summary>The name of a field in the user's own source; null inside modules of other assemblies.</summary>
    SyntaxNodeOrToken? PlaceOf(ISymbol member)
    {
        if (member.DeclaringSyntaxReferences.Length == 0 || libraries.IsForeign(member.DeclaringSyntaxReferences[0].SyntaxTree))
            return null;
        return Identifiers.Of(member.DeclaringSyntaxReferences[0].GetSyntax(cancellation));
    }
}
