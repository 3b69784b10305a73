using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using GraphCompiler.Generator.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace GraphCompiler.Generator.Frontend;

// Statements. Each says how control goes on.
internal sealed partial class Interpreter
{
    enum Flow
    {
        Next,
        Break,
        Continue,
        Return,
    }

    Flow Execute(IOperation operation)
    {
        switch (operation)
        {
            case IBlockOperation block:
                return ExecuteAll(block.Operations);
            case IExpressionStatementOperation statement:
                EvaluateVoid(statement.Operation);
                return Flow.Next;
            case IVariableDeclarationGroupOperation group:
                foreach (var declaration in group.Declarations)
                    ExecuteDeclaration(declaration);
                return Flow.Next;
            case IVariableDeclarationOperation declaration:
                ExecuteDeclaration(declaration);
                return Flow.Next;
            case IReturnOperation { Kind: OperationKind.Return } result:
                if (result.ReturnedValue is not null)
                    Top.ReturnValue = CopyOfStruct(Evaluate(result.ReturnedValue));
                return Flow.Return;
            case IConditionalOperation conditional:
                return IsTrue(conditional.Condition)
                    ? ExecuteOrLeaveOut(conditional.WhenTrue)
                    : conditional.WhenFalse is null ? Flow.Next : ExecuteOrLeaveOut(conditional.WhenFalse);
            case IForLoopOperation loop:
                return ExecuteFor(loop);
            case IForEachLoopOperation loop:
                return ExecuteForEach(loop);
            case IWhileLoopOperation loop:
                return ExecuteWhile(loop);
            case ISwitchOperation choice:
                return ExecuteSwitch(choice);
            case IBranchOperation { BranchKind: BranchKind.Break }:
                return Flow.Break;
            case IBranchOperation { BranchKind: BranchKind.Continue }:
                return Flow.Continue;
            case ITryOperation { Catches.IsEmpty: true, Finally: { } last } attempt:
                // What throws ends the evaluation, so the last block runs only where nothing does.
                var flow = Execute(attempt.Body);
                Execute(last);
                return flow;
            case IThrowOperation thrown:
                throw Thrown(thrown);
            case IEmptyOperation or ILocalFunctionOperation:
                return Flow.Next;
            case IInvalidOperation:
                throw new StopException(null);
            default:
                throw UnsupportedStatement(operation);
        }
    }

    Flow ExecuteAll(IEnumerable<IOperation> statements)
    {
        foreach (var statement in statements)
        {
            Step(statement.Syntax);
            var flow = ExecuteOrLeaveOut(statement);
            if (flow != Flow.Next)
                return flow;
        }
        return Flow.Next;
    }

    void ExecuteDeclaration(IVariableDeclarationOperation declaration)
    {
        foreach (var declarator in declaration.Declarators)
        {
            if (declarator.Symbol.IsRef)
                throw Unsupported(declarator, "ref locals are not supported in a graph method: use the variable itself");
            var initializer = declarator.Initializer ?? declaration.Initializer;
            Top.Declare(declarator.Symbol, initializer is null ? Default(declarator.Symbol.Type) : CopyOfStruct(Evaluate(initializer.Value)));
        }
    }

    Flow ExecuteFor(IForLoopOperation loop)
    {
        ExecuteAll(loop.Before);
        while (loop.Condition is null || IsTrue(loop.Condition))
        {
            Step(loop.Syntax);
            var flow = ExecuteOrLeaveOut(loop.Body);
            if (flow == Flow.Return)
                return flow;
            if (flow == Flow.Break)
                break;
            ExecuteAll(loop.AtLoopBottom);
        }
        return Flow.Next;
    }

    Flow ExecuteForEach(IForEachLoopOperation loop)
    {
        if (loop.IsAsynchronous)
            throw Unsupported(loop, "a graph method cannot await: write a plain foreach");
        foreach (var item in Elements(Evaluate(loop.Collection), loop.Collection.Syntax))
        {
            SetLoopVariable(loop, item);
            var flow = ExecuteOrLeaveOut(loop.Body);
            if (flow == Flow.Return)
                return flow;
            if (flow == Flow.Break)
                break;
        }
        return Flow.Next;
    }

    void SetLoopVariable(IForEachLoopOperation loop, Value item)
    {
        if (loop.LoopControlVariable is IVariableDeclaratorOperation { Symbol.IsRef: true })
            throw Unsupported(loop.LoopControlVariable, "ref locals are not supported in a graph method: use a for loop over the positions");
        item = CopyOfStruct(item);
        if (loop.LoopControlVariable is IVariableDeclaratorOperation declarator)
            Top.Declare(declarator.Symbol, item);
        else
            Assign(loop.LoopControlVariable, item);
    }

    Flow ExecuteWhile(IWhileLoopOperation loop)
    {
        if (loop.Condition is null)
            throw new StopException(null);
        while (!loop.ConditionIsTop || IsTrue(loop.Condition) != loop.ConditionIsUntil)
        {
            Step(loop.Syntax);
            var flow = ExecuteOrLeaveOut(loop.Body);
            if (flow == Flow.Return)
                return flow;
            if (flow == Flow.Break || (!loop.ConditionIsTop && IsTrue(loop.Condition) == loop.ConditionIsUntil))
                break;
        }
        return Flow.Next;
    }

    Flow ExecuteSwitch(ISwitchOperation choice)
    {
        var flow = ExecuteAll(ChosenCase(choice));
        return flow == Flow.Break ? Flow.Next : flow;
    }

    /// <summary>The statements of the case that fits; none where none does.</summary>
    ImmutableArray<IOperation> ChosenCase(ISwitchOperation choice)
    {
        var value = Evaluate(choice.Value);
        var chosen = choice.Cases.FirstOrDefault(c => c.Clauses.Any(clause => clause.CaseKind != CaseKind.Default && Matches(clause, value)))
            ?? choice.Cases.FirstOrDefault(c => c.Clauses.Any(clause => clause.CaseKind == CaseKind.Default));
        return chosen is null ? [] : chosen.Body;
    }

    bool Matches(ICaseClauseOperation clause, Value value) => clause switch
    {
        ISingleValueCaseClauseOperation single => AreEqual(value, Evaluate(single.Value), clause.Syntax),
        IPatternCaseClauseOperation pattern => Matches(pattern.Pattern, value)
            && (pattern.Guard is null || IsTrue(pattern.Guard)),
        _ => throw Unsupported(clause, "this kind of case is not supported in a graph method: use a constant or a pattern"),
    };

    StopException UnsupportedStatement(IOperation operation) => operation switch
    {
        ITryOperation => Unsupported(operation, "a graph method cannot catch exceptions: it is evaluated at build time, where a wrong value is a compile error"),
        IUsingOperation or IUsingDeclarationOperation =>
            Unsupported(operation, "a graph method cannot use disposable objects: it is evaluated at build time and only tensors reach the real program"),
        ILockOperation => Unsupported(operation, "a graph method runs at build time on one thread: remove the lock"),
        IBranchOperation => Unsupported(operation, "goto is not supported in a graph method: use a loop or a condition"),
        ILabeledOperation => Unsupported(operation, "labels are not supported in a graph method: use a loop or a condition"),
        _ => Unsupported(operation, "this statement is not supported in a graph method: use locals, loops and conditions on constants, and calls"),
    };

    /// <summary>A condition, which must be known at build time.</summary>
    bool IsTrue(IOperation condition) => IsTrue(Evaluate(condition), condition);

    bool IsTrue(Value value, IOperation condition) => value is ConstantValue { Content: bool truth } ? truth
        : value is RunTimeNumber number ? Decide(number, condition.Syntax)
        : throw Fail(Descriptors.NotConstant, condition.Syntax, "this condition is not known at build time: it must depend on constants only; for a choice by element use Select");
}
