using System;
using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>One argument of a call of a kernel.</summary>
/// <param name="Key">What is the same in every iteration of a loop.</param>
/// <param name="Number">What may differ, a place in memory or another number; null where nothing does.</param>
/// <param name="Write">The argument's text, from the number's; of that of an argument without number nothing is asked.</param>
internal sealed record CallArgument(string Key, long? Number, Func<Expression, string> Write);

/// <summary>A call of a kernel in a program.</summary>
/// <param name="Key">What is called, and how: calls that differ in it are no iterations of a loop.</param>
/// <param name="Arguments">What is passed.</param>
/// <param name="Comment">What a reader is told about it.</param>
internal record RolledCall(string Key, IReadOnlyList<CallArgument> Arguments, string Comment);

/// <summary>Writes the calls of one block of a program, in their order.</summary>
internal abstract class CallBlock<TCall>
    where TCall : RolledCall
{
    /// <summary>Writes a call that stands for those of all iterations of the loops around it.</summary>
    /// <param name="writer">Where to write.</param>
    /// <param name="iterations">The calls, in the order in which they are run.</param>
    /// <param name="arguments">The texts of the arguments.</param>
    /// <param name="comment">The comment of them all; null where they have none in common.</param>
    public abstract void Write(SourceWriter writer, IReadOnlyList<TCall> iterations, IReadOnlyList<string> arguments, string? comment);

    /// <summary>Ends a run of calls: a loop begins, or the block ends.</summary>
    public abstract void End(SourceWriter writer);
}

/// <summary>
/// Writes the calls of a program in their order, in loops where they repeat themselves (<see cref="Rolling"/>). What a call
/// passes may differ between the iterations of a loop (<see cref="LoopTables"/>).
/// </summary>
/// <param name="calls">The calls.</param>
/// <param name="open">How a target writes those of a block.</param>
internal sealed class RolledCalls<TCall>(IReadOnlyList<TCall> calls, Func<CallBlock<TCall>> open)
    where TCall : RolledCall
{
    const int FewestLeftOut = 3;

    readonly LoopTables tables = new();

    /// <summary>Writes the calls.</summary>
    public void Write(SourceWriter writer)
    {
        var keys = new Dictionary<string, int>();
        int KeyOf(TCall call)
        {
            string key = string.Join(",", call.Arguments.Select(a => a.Key).Prepend(call.Key));
            if (!keys.TryGetValue(key, out int number))
                keys.Add(key, number = keys.Count);
            return number;
        }
        long[] NumbersOf(TCall call) => [.. call.Arguments.Where(a => a.Number is not null).Select(a => a.Number!.Value)];
        WriteItems(writer, new Rolling([.. calls.Select(KeyOf)], [.. calls.Select(NumbersOf)], FewestLeftOut).Run(), LoopTables.Outside);
    }

    void WriteItems(SourceWriter writer, IReadOnlyList<RolledItem> items, LoopTables.Place place)
    {
        var block = open();
        foreach (var item in items)
        {
            if (item is RolledLoop loop)
            {
                block.End(writer);
                tables.WriteLoop(writer, loop, place, (body, inner) => WriteItems(body, loop.Body, inner));
                continue;
            }
            TCall[] iterations = Array.ConvertAll(place.Nest.Places(((RolledPlace)item).Place), p => calls[p]);
            var arguments = iterations[0].Arguments.Select((argument, i) =>
                argument.Write(argument.Number is null ? Expression.None : place.Number(Array.ConvertAll(iterations, call => call.Arguments[i].Number!.Value))));
            block.Write(writer, iterations, [.. arguments], place.Nest.Template(Array.ConvertAll(iterations, call => call.Comment)));
        }
        block.End(writer);
    }

    /// <summary>Writes the tables that the loops read, after <see cref="Write"/> has found what they hold.</summary>
    public void WriteTables(SourceWriter writer) => tables.Write(writer);
}
