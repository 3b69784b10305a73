using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// What a file declares that code in other files can see: its types, namespaces, global usings and assembly attributes.
/// Syntax alone, computed once for a tree and no sooner than it is asked for; bodies are never looked into.
/// </summary>
internal sealed class FileDeclarations
{
    static readonly ConditionalWeakTable<SyntaxTree, FileDeclarations> Known = new();

    readonly SyntaxNode root;
    readonly HashSet<string> aliases = new(StringComparer.Ordinal);
    readonly ImmutableArray<(TypeDeclarationSyntax Type, ImmutableArray<string> Attributes)> attributed;
    readonly Lazy<Contents> contents;
    readonly Lazy<HashSet<string>> identifiers;
    readonly Lazy<string> text;

    FileDeclarations(SyntaxTree tree)
    {
        root = tree.GetRoot();
        var found = ImmutableArray.CreateBuilder<(TypeDeclarationSyntax, ImmutableArray<string>)>();
        if (root is CompilationUnitSyntax unit)
        {
            GlobalAliases = [.. AliasesIn(unit.Usings, isGlobal: true)];
            aliases.UnionWith(AliasesIn(unit.Usings, isGlobal: false));
            FindAttributed(unit.Members, found);
        }
        attributed = found.ToImmutable();
        contents = new Lazy<Contents>(() => new Contents(root as CompilationUnitSyntax ?? SyntaxFactory.CompilationUnit(), this));
        identifiers = new Lazy<HashSet<string>>(() => new HashSet<string>(SourceNames.Of(root), StringComparer.Ordinal));
        text = new Lazy<string>(() => tree.GetText().ToString());
    }

    public static FileDeclarations Of(SyntaxTree tree) => Known.GetValue(tree, static t => new FileDeclarations(t));

    /// <summary>The types that are in no other, by name, in the order of the source.</summary>
    public ILookup<string, DeclaredType> Types => contents.Value.TypesByName;

    /// <summary>The namespaces, in full, and those around them.</summary>
    public IReadOnlyCollection<string> Namespaces => contents.Value.Namespaces;

    /// <summary>The directives that say what names in this file mean.</summary>
    public string Imports => contents.Value.ImportsText;

    /// <summary>What concerns the whole project: global usings, and attributes of the assembly and the module.</summary>
    public string Globals => contents.Value.Globals;

    /// <summary>The identifiers in the global usings.</summary>
    public ImmutableArray<string> GlobalNames => contents.Value.GlobalNames;

    /// <summary>Whether the file has top-level statements, which make a class Program.</summary>
    public bool HasStatements => root is CompilationUnitSyntax unit && unit.Members.Any(m => m is GlobalStatementSyntax);

    /// <summary>Whether the file declares something public that graphs are made of: a module, or a function that gives a tensor.</summary>
    public bool HasPublicModules { get; private set; }

    /// <summary>The same of what is not public.</summary>
    public bool HasInternalModules { get; private set; }

    public string Text => text.Value;

    /// <summary>The global usings, as they are written.</summary>
    public IEnumerable<string> GlobalUsings => root is CompilationUnitSyntax unit ? unit.Usings.Where(u => u.GlobalKeyword.RawKind != 0).Select(u => u.ToString()) : [];

    /// <summary>Whether the file gives the assembly, or the module, an attribute of this name.</summary>
    public bool HasAssemblyAttribute(string name) => root is CompilationUnitSyntax unit
        && unit.AttributeLists.SelectMany(list => list.Attributes).Any(a => SourceNames.Of(a.Name).LastOrDefault() is { } found && (found == name || found == name + "Attribute"));

    /// <summary>Every identifier in the file, bodies included.</summary>
    public HashSet<string> Identifiers => identifiers.Value;

    /// <summary>The identifiers that give a declaration in this file its meaning: its own, and those of the directives.</summary>
    public IEnumerable<string> NamesIn(DeclaredType type) => SourceNames.OfSurface(type.Syntax).Concat(contents.Value.Imports.SelectMany(SourceNames.Of));

    /// <summary>The types, in others too, that have an attribute of this name, or one that goes by an alias and so may be it.</summary>
    /// <param name="attribute">The name without its suffix.</param>
    /// <param name="globalAliases">The aliases that all files know.</param>
    public IEnumerable<TypeDeclarationSyntax> TypesMarked(string attribute, ImmutableArray<string> globalAliases)
    {
        foreach (var (type, names) in attributed)
        {
            if (names.Any(name => name == attribute || name == attribute + "Attribute" || globalAliases.Contains(name) || aliases.Contains(name)))
                yield return type;
        }
    }

    /// <summary>The aliases that the file declares for all files.</summary>
    public ImmutableArray<string> GlobalAliases { get; } = [];

    void FindAttributed(SyntaxList<MemberDeclarationSyntax> members, ImmutableArray<(TypeDeclarationSyntax, ImmutableArray<string>)>.Builder found)
    {
        foreach (var member in members)
        {
            if (member is BaseNamespaceDeclarationSyntax space)
            {
                aliases.UnionWith(AliasesIn(space.Usings, isGlobal: false));
                FindAttributed(space.Members, found);
            }
            if (member is not TypeDeclarationSyntax type)
                continue;
            ImmutableArray<string> attributes = [.. type.AttributeLists.SelectMany(list => list.Attributes).Select(a => SourceNames.Of(a.Name).LastOrDefault() ?? "")];
            if (attributes.Length > 0)
                found.Add((type, attributes));
            if (attributes.Any(a => a is "Module" or "ModuleAttribute" || aliases.Contains(a))
                || (!attributes.Any(a => a is "Graph" or "GraphAttribute") && type.Members.Any(GivesTensor)))
            {
                HasPublicModules |= MayBePublic(type);
                HasInternalModules = true;
            }
            FindAttributed(type.Members, found);
        }
    }

    static bool GivesTensor(MemberDeclarationSyntax member) => member is MethodDeclarationSyntax
    {
        ReturnType: SimpleNameSyntax { Identifier.ValueText: "Tensor" } or QualifiedNameSyntax { Right.Identifier.ValueText: "Tensor" },
    };

    /// <summary>Whether other assemblies can see a type, as far as this part of it says.</summary>
    static bool MayBePublic(TypeDeclarationSyntax type) => type.AncestorsAndSelf().OfType<TypeDeclarationSyntax>()
        .All(t => t.Modifiers.Any(m => m.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.ProtectedKeyword or SyntaxKind.PartialKeyword));

    static IEnumerable<string> AliasesIn(SyntaxList<UsingDirectiveSyntax> usings, bool isGlobal) =>
        usings.Where(u => u.Alias is not null && u.GlobalKeyword.RawKind != 0 == isGlobal).Select(u => u.Alias!.Name.Identifier.ValueText);

    /// <summary>The declarations in a form that can be compared with another file's.</summary>
    sealed class Contents
    {
        readonly List<DeclaredType> types = [];
        readonly FileDeclarations file;

        public Contents(CompilationUnitSyntax unit, FileDeclarations file)
        {
            this.file = file;
            var global = unit.Usings.Where(u => u.GlobalKeyword.RawKind != 0).ToList();
            Globals = string.Join("\n", global.Concat<SyntaxNode>(unit.AttributeLists).Select(g => g.ToString()));
            GlobalNames = [.. global.SelectMany(SourceNames.Of)];
            Imports.AddRange(unit.Externs);
            Imports.AddRange(unit.Usings.Except(global));
            Add(unit.Members, "");
            ImportsText = string.Join("\n", Imports.Select(i => i.ToString()));
            TypesByName = types.ToLookup(t => t.Name, StringComparer.Ordinal);
        }

        public ILookup<string, DeclaredType> TypesByName { get; }

        public SortedSet<string> Namespaces { get; } = new(StringComparer.Ordinal);

        public List<SyntaxNode> Imports { get; } = [];

        public string ImportsText { get; }

        public string Globals { get; }

        public ImmutableArray<string> GlobalNames { get; }

        void Add(SyntaxList<MemberDeclarationSyntax> members, string space)
        {
            foreach (var member in members)
            {
                switch (member)
                {
                    case BaseNamespaceDeclarationSyntax inner:
                        string full = space;
                        foreach (string segment in SourceNames.Of(inner.Name))
                            Namespaces.Add(full = full.Length == 0 ? segment : $"{full}.{segment}");
                        Imports.AddRange(inner.Externs);
                        Imports.AddRange(inner.Usings);
                        Add(inner.Members, full);
                        break;
                    case BaseTypeDeclarationSyntax type:
                        types.Add(new DeclaredType(type.Identifier.ValueText, space, type, file));
                        break;
                    case DelegateDeclarationSyntax type:
                        types.Add(new DeclaredType(type.Identifier.ValueText, space, type, file));
                        break;
                }
            }
        }
    }
}

/// <summary>A type, or one of its parts, that is in no other type.</summary>
internal sealed record DeclaredType(string Name, string Namespace, MemberDeclarationSyntax Syntax, FileDeclarations File)
{
    /// <summary>What an extension may be called by without being named.</summary>
    static readonly HashSet<string> CalledUnnamed = new(StringComparer.Ordinal) { "GetEnumerator", "GetAsyncEnumerator", "GetAwaiter", "GetPinnableReference", "Deconstruct", "Add",
        "Dispose" };

    /// <summary>Whether code that never names the type may mean it, as the C# compiler does with the types of System.</summary>
    public bool IsUsedUnnamed => Namespace == "System" || Namespace.StartsWith("System.", StringComparison.Ordinal)
        || Extensions.Any(e => e is null || CalledUnnamed.Contains(e));

    /// <summary>By what names code refers to it.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            yield return Name;
            if (Name.EndsWith("Attribute", StringComparison.Ordinal))
                yield return Name.Substring(0, Name.Length - "Attribute".Length);
            foreach (string? extension in Extensions)
            {
                if (extension is not null)
                    yield return extension;
            }
        }
    }

    /// <summary>Whether code outside sees the same in both, whatever their bodies do.</summary>
    public bool IsLike(DeclaredType other) => Namespace == other.Namespace && SyntaxFactory.AreEquivalent(Syntax, other.Syntax, topLevel: true);

    /// <summary>The extension methods that it declares; null for what has no name, an operator.</summary>
    IEnumerable<string?> Extensions
    {
        get
        {
            if (Syntax is not ClassDeclarationSyntax type || !type.Modifiers.Any(SyntaxKind.StaticKeyword))
                yield break;
            foreach (var member in type.Members)
            {
                if (member is MethodDeclarationSyntax { ParameterList.Parameters: { Count: > 0 } parameters } method && parameters[0].Modifiers.Any(SyntaxKind.ThisKeyword))
                    yield return method.Identifier.ValueText;
                // A block of extensions is a kind of type that only later compilers know.
                if (member is not TypeDeclarationSyntax block
                    || block is ClassDeclarationSyntax or StructDeclarationSyntax or InterfaceDeclarationSyntax or RecordDeclarationSyntax)
                    continue;
                foreach (var extension in block.Members)
                    yield return extension switch
                    {
                        MethodDeclarationSyntax m => m.Identifier.ValueText,
                        PropertyDeclarationSyntax p => p.Identifier.ValueText,
                        _ => null,
                    };
            }
        }
    }
}

/// <summary>The identifiers in a piece of source.</summary>
internal static class SourceNames
{
    public static IEnumerable<string> Of(SyntaxNode node) => In(node.DescendantTokens());

    /// <summary>Those of a declaration without the bodies in it.</summary>
    public static IEnumerable<string> OfSurface(SyntaxNode node) => In(node.DescendantTokens(static child => !IsBody(child)));

    static IEnumerable<string> In(IEnumerable<SyntaxToken> tokens)
        => tokens.Where(t => t.Kind() is SyntaxKind.IdentifierToken or SyntaxKind.UnderscoreToken).Select(t => t.ValueText);

    /// <summary>What <see cref="SyntaxFactory.AreEquivalent(SyntaxNode, SyntaxNode, bool)"/> passes over at the top level.</summary>
    static bool IsBody(SyntaxNode node) => node is BlockSyntax or ArrowExpressionClauseSyntax
        || node is EqualsValueClauseSyntax { Parent.Parent.Parent: FieldDeclarationSyntax field } && !field.Modifiers.Any(SyntaxKind.ConstKeyword);
}
