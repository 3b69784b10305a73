using System;
using System.Text;

namespace GraphCompiler.Generator.Emit;

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
        Line("{");
        level++;
        return new Block(this, end);
    }

    /// <summary>A block of its own, for the scope of its locals.</summary>
    public Block OpenBare()
    {
        Line("{");
        level++;
        return new Block(this, "}");
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
