using System.Text;

namespace GraphCompiler.Tests.Text;

/// <summary>Random texts: few letters, so that pairs repeat; words; any characters at all.</summary>
static class RandomText
{
    const string Plain = "aaabbc  'stemlldrv1\n\t.,é√Ж中";

    /// <summary>Text of a few characters below U+10000.</summary>
    public static string Repetitive(Random random, int length) =>
        string.Concat(Enumerable.Range(0, length).Select(_ => Plain[random.Next(Plain.Length)]));

    /// <summary>Characters from all of Unicode.</summary>
    public static string Any(Random random, int length)
    {
        StringBuilder text = new();
        while (text.Length < length)
        {
            int most = random.Next(4) switch { 0 => 0x80, 1 => 0x800, 2 => 0x1_0000, _ => 0x11_0000 };
            if (Rune.TryCreate(random.Next(most), out Rune character))
                text.Append(character);
        }

        return text.ToString();
    }
}
