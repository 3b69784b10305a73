using System;
using System.Collections.Generic;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>
/// The kernel methods of one model. Equal texts are one method: the layers of a deep network, and its inference and training
/// programs, share what they do alike. The comments of its first use stand above a method; they do not decide what is equal.
/// </summary>
internal sealed class MethodsByText<TKernel>
{
    readonly Dictionary<string, string> byText = [];
    readonly List<Method> methods = [];
    readonly HashSet<string> names = [];

    /// <summary>A method.</summary>
    /// <param name="Name">Its name.</param>
    /// <param name="Kernel">What it is written from.</param>
    /// <param name="Comments">The lines above it.</param>
    public sealed record Method(string Name, TKernel Kernel, IReadOnlyList<string> Comments)
    {
        /// <summary>Gives operator structs, which texts call "@Epilogue" and so on, the name of their method.</summary>
        public string Named(string text) => text.Replace("@Batch", Name + "_Batch").Replace("@Epilogue", Name + "_Epilogue")
            .Replace("@Left", Name + "_Left").Replace("@Right", Name + "_Right");
    }

    /// <summary>The name of the method of a text.</summary>
    /// <param name="text">Everything that is written but the name.</param>
    /// <param name="wanted">The name it would like.</param>
    /// <param name="kernel">What it is written from.</param>
    /// <param name="comments">The lines above it.</param>
    public string Add(string text, string wanted, TKernel kernel, Func<IReadOnlyList<string>> comments)
    {
        if (!byText.TryGetValue(text, out string? name))
        {
            name = wanted;
            for (int i = 2; !names.Add(name); i++)
                name = wanted + "_" + Literals.Integer(i);
            byText.Add(text, name);
            methods.Add(new Method(name, kernel, comments()));
        }
        return name;
    }

    /// <summary>Writes all methods, with a line between them.</summary>
    public void Write(SourceWriter writer, Action<SourceWriter, Method> write)
    {
        for (int i = 0; i < methods.Count; i++)
        {
            if (i > 0)
                writer.Line();
            write(writer, methods[i]);
        }
    }
}
