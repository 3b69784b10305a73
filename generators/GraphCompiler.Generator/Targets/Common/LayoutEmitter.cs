using System.Collections.Generic;
using System.Linq;
using GraphCompiler.Generator.Graphs;
using GraphCompiler.Generator.Models;
using GraphCompiler.Generator.Passes;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// Writes the list of the tensors in a block: a line each, and where layers repeat (<see cref="Rolling"/>), those of all
/// layers in the lines of one.
/// </summary>
/// <param name="field">What the list is called.</param>
/// <param name="tensors">The tensors in the order of their declaration.</param>
/// <param name="block">Their places.</param>
/// <param name="packed">Those that are packed, by name.</param>
internal sealed class LayoutEmitter(string field, IReadOnlyList<ModelParameter> tensors, TensorBlock block, IReadOnlyDictionary<string, PackedWeights> packed)
{
    const string Runtime = "global::GraphCompiler.Runtime.";
    const int FewestLinesLeftOut = 4;

    static readonly string[] Variables = ["layer", "part", "item"];

    public void Write(SourceWriter writer)
    {
        writer.Line($"static readonly {Runtime}ModelLayout {field} = new(");
        var lines = new SourceWriter();
        using (lines.OpenList("", "],"))
            WriteItems(lines, Items(), LoopNest.None);
        foreach (string line in lines.ToString().Trim('\n').Split('\n'))
            writer.Line("    " + line);
        writer.Line($"    {Literals.Integer(block.TotalBytes)});");
        writer.Line();
    }

    long OffsetOf(ModelParameter tensor) => block.OffsetOf(tensor.Name);

    IReadOnlyList<RolledItem> Items()
    {
        var keys = new Dictionary<string, int>();
        int KeyOf(ModelParameter parameter)
        {
            string text = LoopNest.WithoutNumbers(parameter.Name) + Rest(parameter);
            if (!keys.TryGetValue(text, out int key))
                keys.Add(text, key = keys.Count);
            return key;
        }
        return new Rolling(
            [.. tensors.Select(KeyOf)], [.. tensors.Select(p => new[] { OffsetOf(p) })], FewestLinesLeftOut).Run();
    }

    void WriteItems(SourceWriter writer, IReadOnlyList<RolledItem> items, LoopNest nest)
    {
        foreach (var item in items)
        {
            if (item is RolledPlace place)
                WriteParameter(writer, nest.Places(place.Place), nest);
            else
                WriteLoop(writer, (RolledLoop)item, nest);
        }
    }

    void WriteLoop(SourceWriter writer, RolledLoop loop, LoopNest outer)
    {
        string variable = Variables[outer.Depth];
        var nest = outer.With(variable, loop);
        if (outer.Depth == 0 && !AreNamesEven(loop.Body, nest))
        {
            for (int place = loop.Start; place < loop.Start + (loop.Count * loop.Period); place++)
                WriteParameter(writer, [place], outer);
            return;
        }
        using (writer.OpenList($".. {Runtime}ParameterLayout.Repeat({Literals.Integer(loop.Count)}, {variable} =>", "]),"))
            WriteItems(writer, loop.Body, nest);
    }

    /// <summary>Whether the numbers in all names rise with the layers; fields named "c1", "c2", "c4" do not.</summary>
    bool AreNamesEven(IReadOnlyList<RolledItem> items, LoopNest nest) => items.All(item => item is RolledPlace place
        ? nest.Template([.. nest.Places(place.Place).Select(p => tensors[p].Name)]) is not null
        : AreNamesEven(((RolledLoop)item).Body, nest.With(Variables[nest.Depth], (RolledLoop)item)));

    void WriteParameter(SourceWriter writer, int[] places, LoopNest nest)
    {
        var parameters = places.Select(p => tensors[p]).ToList();
        string name = nest.Template(parameters.ConvertAll(p => p.Name))!, offset = nest.Rising(parameters.ConvertAll(OffsetOf))!.Value;
        writer.Line($"new({(nest.Depth > 0 ? "$" : "")}{Literals.String(name)}, {Rest(parameters[0]).Replace("@", offset)}),");
    }

    /// <summary>Everything about a parameter but its name, with "@" where its offset goes.</summary>
    string Rest(ModelParameter parameter)
    {
        var initialization = parameter.Initialization;
        return $"[{string.Join(", ", parameter.Shape)}], @, new({Runtime}InitializationKind.{initialization.Kind}, "
            + $"{Literals.Double(initialization.First)}, {Literals.Double(initialization.Second)}{(initialization.ZeroRow is { } row ? ", " + Literals.Integer(row) : "")})"
            + (parameter.IsFrozen ? ", isFrozen: true" : "")
            + (parameter.Lora is { } lora ? $", lora: new({Literals.Float(lora.Scale)}, IsTransposed: {(lora.IsTransposed ? "true" : "false")})" : "")
            + (packed.TryGetValue(parameter.Name, out var weights)
                ? $", packed: new(global::GraphCompiler.WeightFormat.{weights.Format}, IsTransposed: {(weights.IsTransposed ? "true" : "false")})" : "")
            + (parameter.Type == ElementType.Float32 ? "" : $", dataType: global::GraphCompiler.SafetensorsDataType.{parameter.Type.Info().DataType}");
    }
}
