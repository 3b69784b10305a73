using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// Evaluates the C# of a graph class at build time.
/// <para>
/// The compiler's operation trees (<see cref="IOperation"/>) are walked as a program is run: constructors build objects,
/// loops and conditions on constants are executed, and calls are entered. Only tensors are not data but nodes: an
/// operation on tensors appends to the graph of the method being read. What runs is therefore what would run in the real
/// program, and the graph is its trace. The first thing that cannot be evaluated ends the method with a diagnostic at
/// the innermost expression of the user's own source.
/// </para>
/// </summary>
internal sealed partial class Interpreter(Compilation compilation, ModuleLibraries libraries, CancellationToken cancellation)
{
    /// <summary>Calls of one method on one receiver inside each other.</summary>
    const int MaximumRecursion = 100;

    /// <summary>Characters of a message: a text of the user's may be in it.</summary>
    const int LongestMessage = 2000;

    readonly Dictionary<SyntaxNode, IOperation?> operations = [];
    readonly Dictionary<SyntaxTree, SemanticModel> semanticModels = [];
    readonly HashSet<SyntaxTree> trees = [];
    readonly Dictionary<SyntaxNode, string> origins = [];
    readonly Dictionary<ISymbol, Value?> statics = new(SymbolEqualityComparer.Default);
    readonly List<Frame> stack = [];
    int randomStreams;
    Graph? graph;

    /// <summary>The members whose operation trees were walked, for a report of an internal fault.</summary>
    public SyntaxNode? Current { get; private set; }

    /// <summary>The files whose code was looked into.</summary>
    public IReadOnlyCollection<SyntaxTree> Trees => trees;

    Frame Top => stack[stack.Count - 1];

    /// <summary>Runs the constructor of the model: its fields hold modules and parameters afterwards.</summary>
    public ObjectValue Construct(INamedTypeSymbol type)
    {
        RenewBudget();
        return !type.IsAbstract && type.InstanceConstructors.FirstOrDefault(c => c.Parameters.Length == 0) is { } constructor
            ? Construct(type, constructor, [], site: null)
            : ConstructInPart(type);
    }

    /// <summary>Calls a method of a module outside graphs; what it sets stays.</summary>
    public void Call(ObjectValue module, string method, Value[] arguments)
    {
        RenewBudget();
        stack.Clear();
        for (INamedTypeSymbol? declaring = module.Type; declaring is not null; declaring = declaring.BaseType)
        {
            if (declaring.GetMembers(method).OfType<IMethodSymbol>().FirstOrDefault(m => m.Parameters.Length == arguments.Length) is { } found)
            {
                Invoke(found, module, arguments, site: null);
                return;
            }
        }
    }

    /// <summary>Builds the graph of one method.</summary>
    public Value BuildGraph(Graph target, ObjectValue model, IMethodSymbol method, Value[] inputs)
    {
        RenewBudget();
        randomStreams = 0;
        leftOut = 0;
        stack.Clear();
        initializedObjects.Clear();
        conditionalReceivers.Clear();
        traces.Clear();
        oversized.Clear();
        demands.Clear();
        graph = target;
        try
        {
            return Invoke(method, model, inputs, site: null);
        }
        finally
        {
            graph = null;
        }
    }

    // Calls.

    /// <summary>Runs a method whose source is at hand.</summary>
    /// <param name="method">The method, with its type arguments.</param>
    /// <param name="self">What this is in it.</param>
    /// <param name="arguments">A value for each parameter.</param>
    /// <param name="site">Where it is called.</param>
    /// <param name="scope">The frame around a local function.</param>
    /// <param name="extended">What a member of an extension block is called on.</param>
    Value Invoke(IMethodSymbol method, ObjectValue? self, Value[] arguments, SyntaxNode? site, Frame? scope = null, Value? extended = null)
    {
        var called = method = libraries.Source(method);
        bool isExtension = called.ContainingType.IsExtension;
        method = method.OriginalDefinition;
        method = method.PartialImplementationPart ?? method;
        var body = Body(method) ?? throw NoSource(method, site,
            $"'{Name(method)}' has no source in this project that could be read: only methods written in the project can be called from a graph method");
        if (method.IsAsync)
            throw Fail(Descriptors.UnsupportedSyntax, site, $"'{Name(method)}' is async: a graph method is evaluated at build time and has nothing to wait for");
        if (method.ReturnsByRef || method.ReturnsByRefReadonly)
            throw Fail(Descriptors.UnsupportedSyntax, site, $"'{Name(method)}' returns a reference: return the value");
        CheckRecursion(method, self, site);
        Frame Enter()
        {
            var frame = new Frame(scope, method, isExtension ? null : self, CallSite(site))
            {
                TypeArguments = TypeArgumentsOf(called),
                Container = called.IsStatic || isExtension ? Substitute(called.ContainingType) : null
            };
            if (extended is not null && method.ContainingType.ExtensionParameter is { } parameter)
                frame.Declare(parameter, extended);
            for (int i = 0; i < method.Parameters.Length; i++)
                frame.Declare(method.Parameters[i], arguments[i]);
            return frame;
        }
        if (IsIterator(method))
            return new SequenceValue(Iterate(Enter(), body));
        var entered = Enter();
        stack.Add(entered);
        CheckArgumentShapes(method, arguments, site);
        Run(body);
        stack.RemoveAt(stack.Count - 1);
        return entered.ReturnValue;
    }

    Dictionary<ISymbol, ITypeSymbol>? TypeArgumentsOf(IMethodSymbol called)
    {
        if (!called.IsGenericMethod || called.IsDefinition)
            return null;
        var arguments = new Dictionary<ISymbol, ITypeSymbol>(SymbolEqualityComparer.Default);
        for (int i = 0; i < called.TypeArguments.Length; i++)
            arguments.Add(called.OriginalDefinition.TypeParameters[i], Substitute(called.TypeArguments[i]));
        return arguments;
    }

    void Run(IOperation body)
    {
        switch (body)
        {
            case Microsoft.CodeAnalysis.Operations.IMethodBodyOperation method:
                Run(method.BlockBody ?? method.ExpressionBody ?? throw new StopException(null));
                break;
            case Microsoft.CodeAnalysis.Operations.IConstructorBodyOperation constructor:
                if (constructor.BlockBody is not null)
                    Run(constructor.BlockBody);
                else if (constructor.ExpressionBody is not null)
                    Run(constructor.ExpressionBody);
                break;
            default:
                Execute(body);
                break;
        }
    }

    void CheckRecursion(IMethodSymbol method, ObjectValue? self, SyntaxNode? site)
    {
        int entered = 0;
        foreach (var frame in stack)
        {
            if (ReferenceEquals(frame.Self, self) && SymbolEqualityComparer.Default.Equals(frame.Method, method))
                entered++;
        }
        if (entered < MaximumRecursion)
            return;
        int last = stack.FindLastIndex(f => SymbolEqualityComparer.Default.Equals(f.Method, method));
        var cycle = stack.Skip(last).Select(f => f.Method).Where(m => m is not null).Select(m => Name(m!));
        throw Fail(Descriptors.Recursion, site, $"'{Name(method)}' calls itself without end ({string.Join(" → ", cycle)} → {Name(method)}), or more than {MaximumRecursion} deep: a graph is finite, so write a loop over a constant");
    }

    /// <summary>The expression of the user's own source that is being evaluated when <paramref name="site"/> is.</summary>
    SyntaxNode? CallSite(SyntaxNode? site) =>
        site is not null && !libraries.IsForeign(site.SyntaxTree) ? site : stack.Count > 0 ? Top.CallSite : null;

    /// <summary>The operations of a method, accessor or local function; null where there is no source.</summary>
    IOperation? Body(IMethodSymbol method)
    {
        // What the C# compiler gives a record is declared where the record is.
        bool isSynthesized = method is { IsImplicitlyDeclared: true, MethodKind: MethodKind.Ordinary or MethodKind.UserDefinedOperator };
        if (isSynthesized || !libraries.HasSource(method))
            return null;
        var operation = OperationOf(method.DeclaringSyntaxReferences[0].GetSyntax(cancellation));
        return operation is Microsoft.CodeAnalysis.Operations.ILocalFunctionOperation local ? local.Body : operation;
    }

    IOperation? OperationOf(SyntaxNode syntax)
    {
        if (operations.TryGetValue(syntax, out var operation))
            return operation;
        cancellation.ThrowIfCancellationRequested();
        if (libraries.IsForeign(syntax.SyntaxTree))
            return libraries.OperationOf(syntax, cancellation);
        trees.Add(syntax.SyntaxTree);
        if (!semanticModels.TryGetValue(syntax.SyntaxTree, out var semanticModel))
            semanticModels.Add(syntax.SyntaxTree, semanticModel = compilation.GetSemanticModel(syntax.SyntaxTree));
        operation = semanticModel.GetOperation(syntax, cancellation);
        operations.Add(syntax, operation);
        return operation;
    }

    // Errors.

    /// <summary>A diagnostic at the innermost expression of the user's own source; the text names the module it arose in.</summary>
    StopException Fail(DiagnosticDescriptor descriptor, SyntaxNode? syntax, string message)
    {
        string? place = stack.Select(f => f.Self).LastOrDefault(self => self?.Path is { Length: > 0 })?.Path;
        if (syntax is not null && libraries.IsForeign(syntax.SyntaxTree))
        {
            int entry = stack.FindIndex(f => f.Method is { DeclaringSyntaxReferences: { Length: > 0 } declared } && libraries.IsForeign(declared[0].SyntaxTree));
            var module = entry < 0 ? null : stack[entry].Self;
            if (module is not null)
                place = module.Path is { Length: > 0 } path ? $"{path} ({module.Type.Name})" : module.Type.Name;
        }
        var where = CallSite(syntax);
        if (message.Length > LongestMessage)
            message = message.Substring(0, LongestMessage) + "…";
        string text = place is null ? message : $"{place}: {message}";
        return new StopException(new DiagnosticInfo(
            descriptor, where is null ? LocationInfo.None : LocationInfo.From(where), new EquatableArray<string>([text])));
    }

    /// <summary>The code of a type or member is not at hand: a library's modules may have been compiled without it.</summary>
    StopException NoSource(ISymbol symbol, SyntaxNode? site, string message) => libraries.ReasonFor(symbol) is { } reason
        ? Fail(Descriptors.NoModuleSource, site, $"'{Name(symbol)}' cannot be used in a graph: {reason}")
        : Fail(Descriptors.UnsupportedMember, site, message);

    /// <summary>What to say of a stop without a diagnostic: nothing in the user's own code, of which the C# compiler says it.</summary>
    public DiagnosticInfo? ForeignFault()
        => Current is { } syntax && libraries.IsForeign(syntax.SyntaxTree) && stack.Count > 0 && libraries.ErrorAround(syntax, cancellation) is { } error
        ? Fail(Descriptors.NoModuleSource, syntax, $"the code of this module does not compile in this project: {error}").Diagnostic
        : null;

    StopException Unsupported(IOperation operation, string instead) =>
        Fail(Descriptors.UnsupportedSyntax, operation.Syntax, instead);

    static string Name(ISymbol symbol) => symbol.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);
}

/// <summary>Ends the reading of a method; without a diagnostic where the C# compiler reports the error itself.</summary>
/// <param name="diagnostic">What the user is told.</param>
/// <param name="place">Where there is an error of C#, if that is not what was evaluated last.</param>
internal sealed class StopException(DiagnosticInfo? diagnostic, SyntaxNode? place = null) : Exception
{
    public DiagnosticInfo? Diagnostic { get; } = diagnostic;

    public SyntaxNode? Place { get; } = place;
}
