using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using GraphCompiler.Generator.Frontend.Library;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Targets.Common;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

/// <summary>
/// A number or truth value that is known when the program runs and is the same for all elements: a hyper-parameter of an optimizer, the
/// learning rate, or what is computed of these. It is the C# that computes it, an expression that needs no parentheses.
/// </summary>
internal sealed class RunTimeNumber(string text, SpecialType type, string? name = null, bool usesStep = false, bool isOfGroup = false) : Value
{
    /// <summary>A longer name would say no more than the expression that it stands for.</summary>
    const int LongestName = 48;

    public string Text { get; } = text;

    public SpecialType Type { get; } = type;

    /// <summary>What a variable that holds it is called: beta1, oneMinusBeta1; null where that would be long, or says nothing.</summary>
    public string? Name { get; } = name is { Length: <= LongestName } ? name : null;

    /// <summary>Whether it may differ from update to update.</summary>
    public bool UsesStep { get; } = usesStep;

    /// <summary>Whether it may differ between groups of parameters.</summary>
    public bool IsOfGroup { get; } = isOfGroup;

    /// <summary>A number made of others.</summary>
    /// <param name="text">The C# that computes it.</param>
    /// <param name="type">Its type.</param>
    /// <param name="words">Its name, from those of the others; none where one of them has none.</param>
    /// <param name="operands">The others.</param>
    public static RunTimeNumber Of(string text, SpecialType type, Func<string[], string?> words, params RunTimeNumber[] operands) => new(
        text, type, operands.All(o => o.Name is not null) ? words([.. operands.Select(o => o.Name!)]) : null, operands.Any(o => o.UsesStep), operands.Any(o => o.IsOfGroup));

    public RunTimeNumber As(SpecialType type) => type == Type ? this : Of($"({Keyword(type)}){Text}", type, names => names[0], this);

    /// <summary>Names as one.</summary>
    public static string Joined(string first, params string[] others) =>
        string.Concat(others.Select(name => char.ToUpperInvariant(name[0]) + name.Substring(1)).Prepend(first));

    public static bool IsNumberOrTruth(SpecialType type) => Keyword(type).Length > 0;

    static string Keyword(SpecialType type) => type switch
    {
        SpecialType.System_Boolean => "bool",
        SpecialType.System_Int32 => "int",
        SpecialType.System_Int64 => "long",
        SpecialType.System_Single => "float",
        SpecialType.System_Double => "double",
        _ => "",
    };
}

/// <summary>One way through an optimizer's update: what it asked for on the way.</summary>
/// <param name="answers">What conditions on hyper-parameters are answered with, in the order in which they are asked; yes beyond these.</param>
internal sealed class UpdatePath(IReadOnlyList<bool> answers)
{
    public List<FormulaCondition> Conditions { get; } = [];

    public List<FormulaCoefficient> Coefficients { get; } = [];

    public bool Answer(string condition)
    {
        if (Conditions.FirstOrDefault(c => c.Text == condition) is { } asked)
            return asked.Holds;
        Conditions.Add(new FormulaCondition(condition, Conditions.Count >= answers.Count || answers[Conditions.Count]));
        return Conditions[Conditions.Count - 1].Holds;
    }

    /// <summary>The input that a number is.</summary>
    public string InputOf(RunTimeNumber number)
    {
        string text = number.As(SpecialType.System_Single).Text;
        int index = Coefficients.FindIndex(c => c.Text == text);
        if (index < 0)
        {
            index = Coefficients.Count;
            Coefficients.Add(new FormulaCoefficient(text, number.IsOfGroup, number.Name ?? OptimizerFormula.CoefficientName(index)));
        }
        return OptimizerFormula.CoefficientName(index);
    }
}

// Optimizers' updates: numbers that are known when the program runs, and tensors that are computed element by element.
internal sealed partial class Interpreter
{
    UpdatePath? updatePath;

    /// <summary>Builds the graph of one way through an optimizer's update.</summary>
    public Value BuildUpdate(Graph target, ObjectValue optimizer, IMethodSymbol update, Value[] arguments, UpdatePath path)
    {
        updatePath = path;
        try
        {
            return BuildGraph(target, optimizer, update, arguments);
        }
        finally
        {
            updatePath = null;
        }
    }

    /// <summary>What an update gives: every element of a block.</summary>
    public Node UpdateResult(Graph target, Value value)
    {
        var node = OutputOf(target, value);
        return target.BroadcastTo(node, new Shape([OptimizerFormula.Size]));
    }

    Node CoefficientOf(RunTimeNumber number, SyntaxNode syntax)
    {
        if (updatePath is null || number.Type == SpecialType.System_Boolean)
            throw Fail(Descriptors.WrongElementType, syntax, "a tensor is needed here and the value is a truth value: choose between numbers with '? :'");
        return graph!.Input(updatePath.InputOf(number), new Shape([OptimizerFormula.Size]), ElementType.Float32);
    }

    static RunTimeNumber? ToRunTimeNumber(Value value) => value switch
    {
        RunTimeNumber number => number,
        ConstantValue { EnumType: null, Content: bool truth } => new(truth ? "true" : "false", SpecialType.System_Boolean),
        ConstantValue { EnumType: null, Content: int number } => new(Parenthesized(Literals.Integer(number)), SpecialType.System_Int32, NameOf(number)),
        ConstantValue { EnumType: null, Content: long number } => new(Parenthesized(Literals.Integer(number) + "L"), SpecialType.System_Int64, NameOf(number)),
        ConstantValue { EnumType: null, Content: float number } => new(Parenthesized(Literals.Float(number)), SpecialType.System_Single, NameOf(number)),
        ConstantValue { EnumType: null, Content: double number } => new(Parenthesized(Literals.Double(number)), SpecialType.System_Double, NameOf(number)),
        _ => null,
    };

    static string? NameOf(double number) => number switch { 0 => "zero", 0.5 => "half", 1 => "one", 2 => "two", _ => null };

    static string Parenthesized(string literal) => literal[0] == '-' ? $"({literal})" : literal;

    /// <summary>An operator of which an operand is known when the program runs; null where it is none that can wait until then.</summary>
    static RunTimeNumber? CombineAtRunTime(BinaryOperatorKind kind, Value left, Value right, ITypeSymbol? type)
    {
        var (symbol, word) = kind switch
        {
            BinaryOperatorKind.Add => ("+", "plus"),
            BinaryOperatorKind.Subtract => ("-", "minus"),
            BinaryOperatorKind.Multiply => ("*", "times"),
            BinaryOperatorKind.Divide => ("/", "over"),
            BinaryOperatorKind.Remainder => ("%", ""),
            BinaryOperatorKind.And => ("&", ""),
            BinaryOperatorKind.Or => ("|", ""),
            BinaryOperatorKind.ExclusiveOr => ("^", ""),
            BinaryOperatorKind.Equals => ("==", ""),
            BinaryOperatorKind.NotEquals => ("!=", ""),
            BinaryOperatorKind.LessThan => ("<", ""),
            BinaryOperatorKind.LessThanOrEqual => ("<=", ""),
            BinaryOperatorKind.GreaterThan => (">", ""),
            BinaryOperatorKind.GreaterThanOrEqual => (">=", ""),
            _ => ("", ""),
        };
        bool isKnown = symbol.Length > 0 && type is not null && RunTimeNumber.IsNumberOrTruth(type.SpecialType);
        return isKnown && ToRunTimeNumber(left) is { } a && ToRunTimeNumber(right) is { } b
            ? RunTimeNumber.Of($"({a.Text} {symbol} {b.Text})", type!.SpecialType, names => word.Length == 0 ? null : RunTimeNumber.Joined(names[0], word, names[1]), a, b)
            : null;
    }

    static RunTimeNumber? ApplyAtRunTime(UnaryOperatorKind kind, RunTimeNumber operand, ITypeSymbol? type) => kind switch
    {
        UnaryOperatorKind.Minus when type is not null => RunTimeNumber.Of($"(-{operand.Text})", type.SpecialType, names => RunTimeNumber.Joined("minus", names), operand),
        UnaryOperatorKind.Plus => operand,
        UnaryOperatorKind.Not when operand.Type == SpecialType.System_Boolean => RunTimeNumber.Of($"(!{operand.Text})", operand.Type, names => RunTimeNumber.Joined("not", names), operand),
        _ => null,
    };

    /// <summary>A method of .NET that depends on its arguments alone, called when the program runs.</summary>
    static RunTimeNumber? CallAtRunTime(IMethodSymbol method, Value[] arguments)
    {
        if (!method.IsStatic || !PureMethods.Covers(method.ContainingType) || !RunTimeNumber.IsNumberOrTruth(method.ReturnType.SpecialType)
            || !arguments.Any(a => a is RunTimeNumber))
            return null;
        var numbers = arguments.Select(ToRunTimeNumber).ToArray();
        return numbers.Contains(null) ? null : RunTimeNumber.Of(
            $"global::System.{method.ContainingType.Name}.{method.Name}({string.Join(", ", numbers.Select(n => n!.Text))})", method.ReturnType.SpecialType,
            names => RunTimeNumber.Joined(Literals.Camel(method.Name), ["of", string.Join("And", names.Select(name => RunTimeNumber.Joined("", name)))]), numbers!);
    }

    /// <summary>A choice between numbers that is made when the program runs; null where one is no number.</summary>
    RunTimeNumber? ChooseAtRunTime(IConditionalOperation conditional, RunTimeNumber condition)
    {
        if (conditional.Type is not { } type || !RunTimeNumber.IsNumberOrTruth(type.SpecialType) || conditional.WhenFalse is null)
            return null;
        return ToRunTimeNumber(Evaluate(conditional.WhenTrue)) is { } whenTrue && ToRunTimeNumber(Evaluate(conditional.WhenFalse)) is { } whenFalse
            ? RunTimeNumber.Of($"({condition.Text} ? {whenTrue.Text} : {whenFalse.Text})", type.SpecialType, _ => null, condition, whenTrue, whenFalse)
            : null;
    }

    /// <summary>A condition on hyper-parameters chooses between formulas: each way is read in its turn.</summary>
    bool Decide(RunTimeNumber condition, SyntaxNode syntax)
    {
        if (condition.UsesStep)
            throw Fail(Descriptors.NotConstant, syntax,
                "this differs from update to update, and the formula is the same for all of them: choose between numbers with '? :', or between elements with Select");
        return updatePath!.Answer(condition.Text);
    }

    /// <summary>What an operation of an update has made must be computed element by element, of all elements, or be the sum of all.</summary>
    void RequireElements(Graph target, int firstNode, string operation, SyntaxNode syntax)
    {
        foreach (var node in target.Nodes.Skip(firstNode))
        {
            if (node.Op == Op.ReduceSum)
                RequireNoSum(node.Inputs[0], operation, syntax);
            bool isElement = node.Kind == OpKind.Elementwise || node.Op is Op.Constant or Op.Input or Op.State or Op.ReduceSum
                || (node.Op is Op.Broadcast or Op.Reshape && node.Inputs[0].Shape.Size.IsOne);
            bool isWhole = node.Shape.Size.IsOne || (node.Shape.Rank == 1 && node.Shape[0] == OptimizerFormula.Size);
            if (!isElement || !isWhole)
                throw NotElementwise(operation, syntax);
        }
    }

    /// <summary>A formula's sums are taken in one pass, so none is in what another adds up.</summary>
    void RequireNoSum(Node summed, string operation, SyntaxNode syntax)
    {
        var seen = new HashSet<Node>();
        var pending = new Stack<Node>([summed]);
        while (pending.Count > 0)
        {
            var node = pending.Pop();
            if (node.Op == Op.ReduceSum)
                throw Fail(Descriptors.NotElementwise, syntax, $"{operation}: what it adds up depends on another sum, and an update takes all its sums before it computes with them");
            foreach (var input in node.Inputs.Where(seen.Add))
                pending.Push(input);
        }
    }

    StopException NotElementwise(string operation, SyntaxNode syntax) => Fail(
        Descriptors.NotElementwise, syntax, string.Format(CultureInfo.InvariantCulture,
            "{0}: an update computes each element from the same element of parameter, gradient and states, in blocks that know no shapes: use elementwise operations, and Sum of all elements", operation));
}
