using System;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>What stands around a class of the user's wherever a part of it is written: its namespace, and the types that it is in.</summary>
internal static class PartOfClass
{
    public static void Write(SourceWriter writer, OptimizerClass type, Action write)
    {
        if (type.Namespace.Length == 0)
        {
            Write(writer, type.ContainingTypes, 0, write);
            return;
        }
        using (writer.Open($"namespace {type.Namespace}"))
            Write(writer, type.ContainingTypes, 0, write);
    }

    static void Write(SourceWriter writer, EquatableArray<ContainingType> containers, int depth, Action write)
    {
        if (depth == containers.Count)
        {
            write();
            return;
        }
        using (writer.Open($"partial {containers[depth].Keyword} {Literals.TypeName(containers[depth].Name)}"))
            Write(writer, containers, depth + 1, write);
    }
}
