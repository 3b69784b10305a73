using System;
using System.Linq;
using GraphCompiler.Generator.Graphs;

namespace GraphCompiler.Generator.Language;

// Attention.
internal static partial class Operations
{
    static CallResult Attention(LanguageCall call)
    {
        Node query = call.Tensor("query"), key = call.Tensor("key"), value = call.Tensor("value");
        CheckAttention(call, query, key, value);
        var form = new AttentionForm
        {
            Scale = !call.IsGiven("scale") ? 1 / Math.Sqrt(query.Shape.Last.Value) : (float)call.Number("scale"),
            IsCausal = call.Flag("causal"),
            Window = call.Integer("window"),
            Dropout = (float)call.Number("dropout"),
        };
        if (double.IsNaN(form.Scale) || double.IsInfinity(form.Scale))
            throw call.Fail(Fault.InvalidArgument, $"Attention: the scale {call.Written("scale")} must be finite");
        if (form.Window < 0)
            throw call.Fail(Fault.InvalidArgument, $"Attention: the window {call.Written("window")} must be at least 0, which is none");
        if (!(form.Dropout >= 0 && form.Dropout < 1))
            throw call.Fail(Fault.InvalidArgument, $"Attention: the probability {call.Written("dropout")} must be at least 0 and below 1");
        if (form.Dropout > 0)
            form = form with { Stream = call.NextRandomStream() };
        var graph = call.Graph;
        var result = graph.Attention(
            graph.SwapTimeAndHeads(query), graph.SwapTimeAndHeads(key), graph.SwapTimeAndHeads(value), form, KeyMask(call, key), KeyCount(call));
        return graph.SwapTimeAndHeads(result);
    }

    static void CheckAttention(LanguageCall call, Node query, Node key, Node value)
    {
        call.RequireRank(query, 3, "'query'");
        string all = $"Attention: query {query.Shape}, key {key.Shape} and value {value.Shape}";
        string queryName = LanguageCall.NameOf(query, "'query'"), keyName = LanguageCall.NameOf(key, "'key'"), valueName = LanguageCall.NameOf(value, "'value'");
        int rank = query.Shape.Rank, heads = rank - 3, length = rank - 2, size = rank - 1;
        foreach (var (node, name) in new[] { (key, keyName), (value, valueName) })
        {
            if (node.Shape.Rank != rank)
                throw call.Fail(Fault.WrongRank, $"{all}: {name} has {node.Shape.Rank} axes and {queryName} has {rank}; all three are [batch..., heads, time, head size]");
        }
        if (ShapeRules.Attention(query.Shape, key.Shape, value.Shape, heads, length) is { } mismatch)
        {
            var ((first, firstRole), (second, secondRole)) = mismatch.Operands == (0, 1) ? ((query, "'query'"), (key, "'key'")) : ((key, "'key'"), (value, "'value'"));
            throw call.Fail(Fault.ShapeMismatch, $"{all}: {LanguageCall.AxesOf(mismatch, first, firstRole, second, secondRole)}");
        }
        if (!query.Shape[size].IsConstant)
            throw call.Fail(Fault.NotConstant, $"{all}: axis {size}, the size of a head, is {query.Shape[size]} and must be a constant");
        if (ShapeRules.SharedHeads(query.Shape, key.Shape, heads) is { } shared)
            throw call.Fail(Fault.ShapeMismatch, $"{all}: the {shared.Size} heads of {queryName} (axis {heads}) are no multiple of the {shared.OtherSize} of {keyName}; each key head serves equally many query heads");
        if (query.Shape[length].Coefficient < 1 || key.Shape[length].Coefficient < 1)
            throw call.Fail(Fault.InvalidArgument, $"{all}: there must be a query and a key");
    }

    static Node? KeyMask(LanguageCall call, Node key)
    {
        if (call.OptionalTensor("keyMask") is not { } mask)
            return null;
        var expected = ShapeRules.KeyMask(key.Shape, length: key.Shape.Rank - 2);
        string name = LanguageCall.NameOf(mask, "'keyMask'");
        if (mask.Shape.Rank > expected.Rank)
            throw call.Fail(Fault.WrongRank, $"Attention: {name} has the shape {mask.Shape} and needs {expected}, a truth value a key");
        if (ShapeRules.Stretch(mask.Shape, expected) is { } mismatch)
            throw call.Fail(Fault.ShapeMismatch,
                $"Attention: {name} has the shape {mask.Shape} and needs {expected}, a truth value a key: axis {mismatch.Axis} is {mismatch.Size} instead of {mismatch.OtherSize}");
        return call.Graph.BroadcastTo(mask, expected);
    }

    static Node? KeyCount(LanguageCall call)
    {
        if (call.OptionalTensor("keyCount") is not { } count)
            return null;
        return count.Shape.Size.IsOne
            ? count
            : throw call.Fail(Fault.WrongRank, $"Attention: {LanguageCall.NameOf(count, "'keyCount'")} has the shape {count.Shape} and must be one number");
    }
}
