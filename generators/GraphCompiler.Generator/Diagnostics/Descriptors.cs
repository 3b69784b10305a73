using GraphCompiler.Generator.Targets.Common;
using Microsoft.CodeAnalysis;

namespace GraphCompiler.Generator.Diagnostics;

/// <summary>
/// Every diagnostic: GC00 how the class is declared, GC01 its methods and dimensions, GC02 shapes and arguments, GC03 the
/// C# of graph methods, GC04 parameters
/// and state, GC05 optimizers. Each has a page in docs/diagnostics.
/// </summary>
internal static class Descriptors
{
    const string Declaration = "GraphCompiler.Declaration";
    const string Shapes = "GraphCompiler.Shapes";
    const string Language = "GraphCompiler.Language";
    const string Parameters = "GraphCompiler.Parameters";
    const string Optimizers = "GraphCompiler.Optimizers";

    public static readonly DiagnosticDescriptor NotPartial = Error("GC0001", Declaration,
        "A graph class is partial",
        "'{0}' is marked [Graph], so the compiler adds members to it: declare it partial");

    public static readonly DiagnosticDescriptor HasConstructor = Error("GC0002", Declaration,
        "A graph class has no constructor of its own",
        "'{0}' is marked [Graph] and gets its constructor from the compiler: initialise the fields where they are declared, and take sizes from constants");

    public static readonly DiagnosticDescriptor HasBaseClass = Error("GC0003", Declaration,
        "A graph class has no base class",
        "'{0}' is marked [Graph] and gets its base class from the compiler: hold '{1}' in a field instead of deriving from it");

    public static readonly DiagnosticDescriptor IsGeneric = Error("GC0004", Declaration,
        "A graph class is not generic",
        "'{0}' is marked [Graph] and cannot have type parameters, nor can a type around it");

    public static readonly DiagnosticDescriptor ContainerNotPartial = Error("GC0005", Declaration,
        "The types around a graph class are partial",
        "'{0}' contains the graph class '{1}', to which the compiler adds members: declare it partial too");

    public static readonly DiagnosticDescriptor UnsafeOff = Error("GC0006", Declaration,
        "The project allows unsafe blocks",
        "The code for '{0}' works on raw memory: set <AllowUnsafeBlocks>true</AllowUnsafeBlocks> in the project file");

    public static readonly DiagnosticDescriptor CannotBeInstantiated = Error("GC0007", Declaration,
        "A graph class can be instantiated",
        "'{0}' is marked [Graph] and cannot be {1}");

    public static readonly DiagnosticDescriptor NoMethod = Error("GC0008", Declaration,
        "A graph class has a graph method",
        "'{0}' is marked [Graph] but has no graph method: add a method that is not private and returns Tensor");

    public static readonly DiagnosticDescriptor OldLanguage = Error("GC0009", Declaration,
        "The project uses C# 12 or later",
        "The project compiles '{0}' as C# {1}, but the built-in modules and the generated code need C# 12: remove <LangVersion> from the project file");

    public static readonly DiagnosticDescriptor InvalidPrecision = Error("GC0010", Declaration,
        "A precision exists",
        "There is no precision {0}: write {1}");

    public static readonly DiagnosticDescriptor IsFileLocal = Error("GC0011", Declaration,
        "A graph class is visible beyond its file",
        "'{0}' is local to its file, and the members that the compiler adds to '{1}' lie in another one: remove 'file'");

    /// <summary>Reported by the C# compiler, at each call of the method that says so.</summary>
    public static readonly DiagnosticDescriptor NoObjective = Error(MissingTrainer.Id, Declaration,
        "A class that is trained has an objective", MissingTrainer.Message("{0}"));

    public static readonly DiagnosticDescriptor NothingToTrain = Error("GC0013", Declaration,
        "An objective depends on parameters",
        "No parameter changes the objective '{0}', so there is nothing to train: compute it with the class's parameters that are not frozen, or remove [Objective]");

    public static readonly DiagnosticDescriptor NoModuleSource = Error("GC0120", Declaration,
        "The sources of a library's modules are at hand",
        "{0}");

    public static readonly DiagnosticDescriptor MissingShape = Error("GC0101", Declaration,
        "A graph method states the shapes of its tensors",
        "The shape of '{0}' is not stated: write [Shape(...)] before it, or make '{1}' private if it is a helper");

    public static readonly DiagnosticDescriptor InvalidDimension = Error("GC0102", Declaration,
        "A dimension is a positive integer or a name",
        "{0} is not a dimension: write a positive int constant, or the name of a [Dim] for a size that is known when the model runs");

    public static readonly DiagnosticDescriptor UnknownDimension = Error("GC0103", Declaration,
        "A named dimension is declared on the class",
        "There is no dimension \"{0}\": declare [Dim(\"{0}\", Max = ...)] on '{1}'{2}");

    public static readonly DiagnosticDescriptor UnboundedDimension = Error("GC0104", Declaration,
        "A named dimension has a bound",
        "The dimension \"{0}\" has no bound: memory is planned for its largest size, so write [Dim(\"{0}\", Max = ...)] with at least 1");

    public static readonly DiagnosticDescriptor DuplicateDimension = Error("GC0105", Declaration,
        "A named dimension is declared once",
        "The dimension \"{0}\" is declared twice");

    public static readonly DiagnosticDescriptor UnsupportedSignature = Error("GC0106", Declaration,
        "A graph method takes and returns tensors",
        "The graph method '{0}' {1}");

    public static readonly DiagnosticDescriptor ObjectiveNotScalar = Error("GC0107", Declaration,
        "An objective is a scalar",
        "The objective '{0}' returns {1}, but training minimises a scalar: reduce it with Mean or Sum, or use a loss");

    public static readonly DiagnosticDescriptor SecondObjective = Error("GC0108", Declaration,
        "A graph class has one objective",
        "'{0}' is the second objective of '{1}', after '{2}': add the two in one method, or make two classes");

    public static readonly DiagnosticDescriptor NameTaken = Error("GC0109", Declaration,
        "Names do not clash with those that the compiler adds",
        "The name '{0}' is taken by {1}: rename it");

    public static readonly DiagnosticDescriptor UnusedDimension = Error("GC0110", Declaration,
        "A named dimension is the size of an input",
        "No [Shape] of '{1}' mentions the dimension \"{0}\", so nothing gives it a size: use it or remove it");

    public static readonly DiagnosticDescriptor TooMuchMemory = Error("GC0111", Language,
        "Evaluation takes little memory",
        "{0}");

    public static readonly DiagnosticDescriptor TooManyNodes = Error("GC0112", Language,
        "A graph has at most 20,000 operations, a model as many parameters",
        "{0}");

    public static readonly DiagnosticDescriptor ShapeMismatch = Error("GC0201", Shapes,
        "Shapes match", "{0}");

    public static readonly DiagnosticDescriptor WrongRank = Error("GC0202", Shapes,
        "A tensor has the number of axes that an operation takes", "{0}");

    public static readonly DiagnosticDescriptor WrongElementType = Error("GC0203", Shapes,
        "A tensor has the element type that is asked for", "{0}");

    public static readonly DiagnosticDescriptor AxisOutOfRange = Error("GC0204", Shapes,
        "An axis exists", "{0}");

    public static readonly DiagnosticDescriptor InvalidArgument = Error("GC0205", Shapes,
        "An argument of an operation is in its range", "{0}");

    public static readonly DiagnosticDescriptor TooLarge = Error("GC0206", Shapes,
        "A tensor can be addressed", "{0}");

    public static readonly DiagnosticDescriptor TooFewInTraining = Error("GC0207", Shapes,
        "Training has enough values", "{0}");

    public static readonly DiagnosticDescriptor UnsupportedSyntax = Error("GC0301", Language,
        "Graph methods use the supported part of C#", "{0}");

    public static readonly DiagnosticDescriptor NotConstant = Error("GC0302", Language,
        "A value is known at build time", "{0}");

    public static readonly DiagnosticDescriptor UnsupportedMember = Error("GC0303", Language,
        "A member that is used can be read",
        "{0}");

    public static readonly DiagnosticDescriptor Recursion = Error("GC0304", Language,
        "Graph methods do not call themselves without end",
        "{0}");

    public static readonly DiagnosticDescriptor TooManySteps = Error("GC0305", Language,
        "Graph methods end",
        "{0}");

    public static readonly DiagnosticDescriptor NullValue = Error("GC0306", Language,
        "A value that is used is not null", "{0}");

    public static readonly DiagnosticDescriptor EvaluationFailed = Error("GC0307", Language,
        "Build-time evaluation succeeds", "{0}");

    public static readonly DiagnosticDescriptor ChangesState = Error("GC0308", Language,
        "Graph methods change nothing but their locals", "{0}");

    public static readonly DiagnosticDescriptor OperationInConstructor = Error("GC0309", Language,
        "Tensors are computed in methods", "{0}");

    public static readonly DiagnosticDescriptor UnusedParameter = Warning("GC0401", Parameters,
        "A parameter is used",
        "The parameter '{0}' {1} is used by no graph method, so training can never change it: use it or remove it");

    public static readonly DiagnosticDescriptor DuplicateParameter = Error("GC0402", Parameters,
        "Parameters have names of their own",
        "Two parameters are named '{0}': rename a field or its [Name]");

    public static readonly DiagnosticDescriptor InvalidParameterShape = Error("GC0403", Parameters,
        "A parameter's dimensions are positive constants", "{0}");

    public static readonly DiagnosticDescriptor UnnamedParameter = Error("GC0404", Parameters,
        "A parameter is held by a field", "{0}");

    public static readonly DiagnosticDescriptor StateUpdate = Error("GC0405", Parameters,
        "An update fits its state", "{0}");

    public static readonly DiagnosticDescriptor StateOwner = Error("GC0406", Parameters,
        "State is updated by what owns it", "{0}");

    public static readonly DiagnosticDescriptor UnmatchedPattern = Error("GC0407", Parameters,
        "A pattern of names fits something",
        "The pattern '{0}' fits no {1} of '{2}', which has {3}: correct it or remove it");

    public static readonly DiagnosticDescriptor UnpackableWeights = Error("GC0408", Parameters,
        "Weights that are packed can be",
        "{0}");

    public static readonly DiagnosticDescriptor UntrainableType = Error("GC0409", Parameters,
        "A parameter that is trained has 32 or 16 bits",
        "'{0}' is a Parameter<{1}> in a class with an objective, and only parameters of floats, BFloat16 and Half are trained: mark its field [Frozen], or declare it as one of these");

    public static readonly DiagnosticDescriptor OptimizerClass = Error("GC0501", Optimizers,
        "The compiler can write the other part of an optimizer",
        "'{0}' is marked [Optimizer], so the compiler writes a part of it: {1}");

    public static readonly DiagnosticDescriptor NotElementwise = Error("GC0502", Optimizers,
        "An update computes element by element", "{0}");

    public static readonly DiagnosticDescriptor UnsetOptimizerState = Error("GC0503", Optimizers,
        "An update sets the states that it reads",
        "'{0}' {1}");

    public static readonly DiagnosticDescriptor InternalFault = Error("GC9999", "GraphCompiler",
        "The compiler has a fault",
        "The graph compiler failed in '{0}'{1}: {2}. This is a fault of the compiler, not of your code; please report it.");

    static DiagnosticDescriptor Error(string id, string category, string title, string message)
        => new(id, title, message, category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    static DiagnosticDescriptor Warning(string id, string category, string title, string message)
        => new(id, title, message, category, DiagnosticSeverity.Warning, isEnabledByDefault: true);
}
