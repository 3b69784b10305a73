using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;

namespace GraphCompiler.Generator.Targets.Report;

/// <summary>
/// Writes JSON on one line. A generator cannot count on a library beside the compiler's own, and the report needs no more than this. Text is ASCII
/// without &lt;, so that it may stand in a script of a page and in a literal of C# as it is.
/// </summary>
internal sealed class JsonText
{
    readonly StringBuilder text = new();

    /// <summary>An object; its members are written meanwhile.</summary>
    public void Object(Action members) => Enclose('{', members, '}');

    /// <summary>A member that is an object.</summary>
    public void Object(string name, Action members)
    {
        Name(name);
        Enclose('{', members, '}');
    }

    /// <summary>A member that is an array of objects.</summary>
    public void Objects<T>(string name, IEnumerable<T> items, Action<T> members)
    {
        Name(name);
        Enclose('[', () =>
        {
            foreach (var item in items)
            {
                Separate();
                Object(() => members(item));
            }
        }, ']');
    }

    /// <summary>A member that is an array of whole numbers.</summary>
    public void Numbers(string name, IEnumerable<int> numbers)
    {
        Name(name);
        text.Append('[').Append(string.Join(",", numbers)).Append(']');
    }

    /// <summary>A member that is a text.</summary>
    public void Text(string name, string value)
    {
        Name(name);
        Quote(value);
    }

    /// <summary>A member that is a whole number.</summary>
    public void Number(string name, long value)
    {
        Name(name);
        text.Append(value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A member that is a number.</summary>
    public void Number(string name, double value)
    {
        Name(name);
        text.Append(value.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>A member that is true; where it is not, it is left out.</summary>
    public void Flag(string name, bool value)
    {
        if (!value)
            return;
        Name(name);
        text.Append("true");
    }

    public override string ToString() => text.ToString();

    void Enclose(char begin, Action inside, char end)
    {
        text.Append(begin);
        inside();
        text.Append(end);
    }

    void Name(string name)
    {
        Separate();
        Quote(name);
        text.Append(':');
    }

    /// <summary>A comma, unless what is written next is the first.</summary>
    void Separate()
    {
        if (text.Length > 0 && text[text.Length - 1] is not ('{' or '[' or ':'))
            text.Append(',');
    }

    void Quote(string value)
    {
        text.Append('"');
        foreach (char c in value)
        {
            if (c is '"' or '\\')
                text.Append('\\').Append(c);
            else if (c is < ' ' or > '~' or '<')
                text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                text.Append(c);
        }
        text.Append('"');
    }
}
