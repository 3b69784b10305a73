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
        for (int axis = 0; axis < rank; axis++)
        {
            if ((axis < heads || axis == size) && key.Shape[axis] != query.Shape[axis])
                throw call.Fail(Fault.ShapeMismatch, $"{all}: axis {axis} of {queryName} is {query.Shape[axis]} and axis {axis} of {keyName} is {key.Shape[axis]}");
            if (value.Shape[axis] != key.Shape[axis])
                throw call.Fail(Fault.ShapeMismatch, $"{all}: axis {axis} of {keyName} is {key.Shape[axis]} and axis {axis} of {valueName} is {value.Shape[axis]}");
        }
        if (!query.Shape[size].IsConstant)
            throw call.Fail(Fault.NotConstant, $"{all}: axis {size}, the size of a head, is {query.Shape[size]} and must be a constant");
        if (!query.Shape[heads].TryDivide(key.Shape[heads], out _))
            throw call.Fail(Fault.ShapeMismatch, $"{all}: the {query.Shape[heads]} heads of {queryName} (axis {heads}) are no multiple of the {key.Shape[heads]} of {keyName}; each key head serves equally many query heads");
        if (query.Shape[length].Coefficient < 1 || key.Shape[length].Coefficient < 1)
            throw call.Fail(Fault.InvalidArgument, $"{all}: there must be a query and a key");
    }

    static Node? KeyMask(LanguageCall call, Node key)
    {
        if (call.OptionalTensor("keyMask") is not { } mask)
            return null;
        int rank = key.Shape.Rank;
        var expected = new Shape(key.Shape.Take(rank - 3).Append(key.Shape[rank - 2]));
        string name = LanguageCall.NameOf(mask, "'keyMask'");
        if (mask.Shape.Rank > expected.Rank)
            throw call.Fail(Fault.WrongRank, $"Attention: {name} has the shape {mask.Shape} and needs {expected}, a truth value a key");
        for (int axis = 0; axis < mask.Shape.Rank; axis++)
        {
            Dim size = mask.Shape[axis], needed = expected[axis + expected.Rank - mask.Shape.Rank];
            if (size != needed && !size.IsOne)
                throw call.Fail(Fault.ShapeMismatch,
                    $"Attention: {name} has the shape {mask.Shape} and needs {expected}, a truth value a key: axis {axis} is {size} instead of {needed}");
        }
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
