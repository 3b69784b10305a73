using GraphCompiler.Data;

namespace Digits;

/// <summary>Draws digits with block characters, two rows of pixels in a line, and writes the model's guess below.</summary>
static class DigitDrawing
{
    const int Side = 28, Gap = 2, DigitCount = 4;
    const int NarrowTerminal = 80;

    // About the grey at which a stroke begins.
    const byte Ink = 90;

    /// <summary>Draws a few digits of a set, chosen by a seed.</summary>
    public static void PrintSome(TextWriter output, Evaluation evaluation, ImageSet set, ulong seed)
    {
        List<int> chosen = Choose(set.Count, seed);
        int columns = Math.Clamp((TerminalWidth() + Gap) / (Side + Gap), 1, DigitCount);
        foreach (int[] row in chosen.Chunk(columns))
        {
            for (int y = 0; y < Side; y += 2)
                PrintJoined(output, row.Select(digit => Line(set.Bytes(digit), y)));
            PrintJoined(output, row.Select(digit =>
                $"{evaluation.Guess(digit)} with {evaluation.Probability(digit):P1}"
                + (evaluation.Guess(digit) == set.Label(digit) ? "" : $", is {set.Label(digit)}")));
        }
    }

    static List<int> Choose(int count, ulong seed)
    {
        Random random = new((int)(seed & int.MaxValue));
        return [.. Enumerable.Range(0, Math.Min(DigitCount, count)).Select(_ => random.Next(count))];
    }

    static string Line(ReadOnlySpan<byte> pixels, int y)
    {
        Span<char> line = stackalloc char[Side];
        for (int x = 0; x < Side; x++)
        {
            bool upper = pixels[y * Side + x] >= Ink, lower = pixels[(y + 1) * Side + x] >= Ink;
            line[x] = (upper, lower) switch
            {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                _ => ' ',
            };
        }

        return line.ToString();
    }

    static void PrintJoined(TextWriter output, IEnumerable<string> parts) =>
        output.WriteLine(string.Join(new string(' ', Gap), parts.Select(part => part.PadRight(Side))).TrimEnd());

    static int TerminalWidth()
    {
        if (Console.IsOutputRedirected)
            return NarrowTerminal;
        int width = Console.WindowWidth;
        return width > 0 ? width : NarrowTerminal;
    }
}
