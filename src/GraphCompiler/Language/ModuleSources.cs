using System.ComponentModel;

namespace GraphCompiler;

/// <summary>
/// Says that an assembly carries the sources of its modules, in <see cref="ModuleSourceAttribute"/>s, and how they were
/// compiled. Written by the generator into libraries, and read by it in the projects that use these.
/// </summary>
/// <param name="format">The form of these attributes.</param>
[AttributeUsage(AttributeTargets.Assembly)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ModuleSourcesAttribute(int format) : Attribute
{
    /// <summary>The form of these attributes: a generator that does not know it says so.</summary>
    public int Format { get; } = format;

    /// <summary>The version of C#, as the compiler numbers it: 1300 is C# 13.</summary>
    public int Language { get; set; }

    /// <summary>The symbols that <c>#if</c> tests, joined by semicolons.</summary>
    public string Symbols { get; set; } = "";

    /// <summary>The names of the assemblies that they were compiled against, but for the platform's, joined by semicolons.</summary>
    public string References { get; set; } = "";

    /// <summary>Whether arithmetic is checked for overflow where it does not say.</summary>
    public bool IsChecked { get; set; }
}

/// <summary>A source file that modules of the assembly were compiled from.</summary>
/// <param name="name">Its name, without folders.</param>
/// <param name="text">Its text.</param>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ModuleSourceAttribute(string name, string text) : Attribute
{
    /// <summary>The file's name, without folders.</summary>
    public string Name { get; } = name;

    /// <summary>The file's text.</summary>
    public string Text { get; } = text;
}
