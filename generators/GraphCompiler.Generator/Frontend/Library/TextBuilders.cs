using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using GraphCompiler.Generator.Diagnostics;

namespace GraphCompiler.Generator.Frontend.Library;

/// <summary>The methods of StringBuilder; null from one whose overload is not known.</summary>
internal static class TextBuilders
{
    static readonly Dictionary<string, Func<LibraryCall, StringBuilder, bool>> Table = new(StringComparer.Ordinal)
    {
        ["Append"] = (c, text) => c.Count switch
        {
            1 => Append(c, text, Text(c, 0)),
            2 when c[0] is ConstantValue { Content: char letter } && c.IsInt(1) => Append(c, text, letter, c.Int(1)),
            _ => false,
        },
        ["AppendLine"] = (c, text) => Append(c, text, (c.Has(0) ? Text(c, 0) : "") + "\n"),
        ["AppendJoin"] = (c, text) => c.Count == 2 && Append(c, text, string.Join(Text(c, 0), c.Items(1).Select(i => c.Interpreter.TextOf(i, null, c.Syntax)))),
        ["Insert"] = (c, text) => c.Count == 2 && Inserted(c, text, c.Place(0, text.Length), Text(c, 1)),
        ["Remove"] = (c, text) => c.Place(0, text.Length) is var start && c.Int(1) is var count && count >= 0 && start + (long)count <= text.Length
            ? text.Remove(start, count) is not null
            : throw c.Fail(Descriptors.EvaluationFailed, "Remove: the range is outside of the text"),
        ["Replace"] = (c, text) => c.Count == 2 && Text(c, 0).Length > 0 && Replaced(c, text, Text(c, 0), Text(c, 1)),
        ["Clear"] = (_, text) => text.Clear() is not null,
    };

    public static Value? Call(LibraryCall call)
    {
        var builder = (TextValue)call.Receiver;
        if (call.Method.Name == "ToString")
            return call.Count == 0 ? Value.Of(call.Interpreter.TextOf(builder, null, call.Syntax)) : null;
        call.Interpreter.RequireOwn(builder, call.Syntax);
        return Table.TryGetValue(call.Method.Name, out var method) && method(call, builder.Text) ? builder : null;
    }

    static string Text(LibraryCall call, int argument) => call[argument] is ListValue characters
        ? string.Concat(characters.Items.OfType<ConstantValue>().Select(c => c.Content))
        : call.Interpreter.TextOf(call[argument], null, call.Syntax);

    static bool Append(LibraryCall call, StringBuilder text, string added)
    {
        call.Interpreter.ChargeText(added.Length);
        return text.Append(added) is not null;
    }

    static bool Append(LibraryCall call, StringBuilder text, char letter, int count)
    {
        if (count < 0)
            throw call.Fail(Descriptors.EvaluationFailed, "Append: a number of characters is not negative");
        call.Interpreter.ChargeText(count);
        return text.Append(letter, count) is not null;
    }

    static bool Inserted(LibraryCall call, StringBuilder text, int place, string added)
    {
        call.Interpreter.ChargeText(added.Length);
        return text.Insert(place, added) is not null;
    }

    static bool Replaced(LibraryCall call, StringBuilder text, string old, string with)
    {
        call.Interpreter.ChargeText(text.Length + ((long)text.Length / old.Length * with.Length));
        return text.Replace(old, with) is not null;
    }
}
