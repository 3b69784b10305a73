using System;
using System.Text;

namespace GraphCompiler.Generator.Targets.Common;

/// <summary>Writes indented C# with '\n' line ends.</summary>
internal sealed class SourceWriter
{
    const int SpacesPerLevel = 4;

    readonly StringBuilder text = new();
    int level;

    public SourceWriter(int level = 0) => this.level = level;

    public void Line(string line = "")
    {
        if (line.Length > 0)
            text.Append(' ', level * SpacesPerLevel).Append(line);
        text.Append('\n');
    }

    /// <summary>Lines of text that are already indented against each other.</summary>
    public void Lines(string lines)
    {
        foreach (string line in lines.TrimEnd('\n').Split('\n'))
            Line(line);
    }

    /// <summary>Opens a block in braces; disposing the result closes it.</summary>
    public Block Open(string header, string end = "}")
    {
        Line(header);
        return OpenBare(end: end);
    }

    /// <summary>Opens a list in brackets.</summary>
    public Block OpenList(string header, string end = "]")
    {
        Line(header);
        return OpenBare("[", end);
    }

    /// <summary>A block of its own, for the scope of its locals.</summary>
    public Block OpenBare(string begin = "{", string end = "}")
    {
        Line(begin);
        level++;
        return new Block(this, end);
    }

    public override string ToString() => text.ToString();

    internal readonly struct Block(SourceWriter writer, string end) : IDisposable
    {
        public void Dispose()
        {
            writer.level--;
            writer.Line(end);
        }
    }
}
