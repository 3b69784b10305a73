using System.Globalization;
using System.Text;

namespace TinyGpt;

/// <summary>Draws losses against steps as SVG: the training loss as a line, smoothed, the validation loss with marks.</summary>
static class LossPlot
{
    const int Width = 720, Height = 420, Left = 64, Right = 24, Top = 44, Bottom = 56;
    const int MostPoints = 400;
    const string Ink = "#333", Grid = "#ddd", TrainingColour = "#3b78c4", ValidationColour = "#d9622b";

    public static string Draw(LossHistory history)
    {
        List<(int Step, double Loss)> training = Smoothed(history.Training);
        var all = training.Concat(history.Validation).Where(point => double.IsFinite(point.Loss)).ToList();
        if (all.Count == 0)
            all.Add((1, 0));
        Axis steps = new(0, all.Max(point => point.Step), Left, Width - Right);
        Axis losses = new(all.Min(point => point.Loss), all.Max(point => point.Loss), Height - Bottom, Top);

        StringBuilder svg = new();
        svg.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" ");
        svg.Append($"width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"13\" fill=\"{Ink}\">\n");
        svg.Append("<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n");
        DrawAxes(svg, steps, losses);
        Polyline(svg, training.Select(point => (steps.Place(point.Step), losses.Place(point.Loss))), TrainingColour);
        var marks = history.Validation.Where(point => double.IsFinite(point.Loss))
            .Select(point => (X: steps.Place(point.Step), Y: losses.Place(point.Loss))).ToList();
        Polyline(svg, marks, ValidationColour);
        foreach ((double x, double y) in marks)
            svg.Append(Invariant($"<circle cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"3.5\" fill=\"{ValidationColour}\"/>\n"));
        Legend(svg, Width - Right - 210, "training", TrainingColour);
        Legend(svg, Width - Right - 110, "validation", ValidationColour);
        return svg.Append("</svg>\n").ToString();
    }

    static void DrawAxes(StringBuilder svg, Axis steps, Axis losses)
    {
        const int Bottommost = Height - Bottom, Rightmost = Width - Right;
        foreach (double tick in losses.Ticks())
        {
            double y = losses.Place(tick);
            svg.Append(Invariant($"<line x1=\"{Left}\" y1=\"{y:F1}\" x2=\"{Rightmost}\" y2=\"{y:F1}\" stroke=\"{Grid}\"/>\n"));
            svg.Append(Invariant($"<text x=\"{Left - 8}\" y=\"{y + 4.5:F1}\" text-anchor=\"end\">{tick:0.##}</text>\n"));
        }

        foreach (double tick in steps.Ticks())
        {
            double x = steps.Place(tick);
            svg.Append(Invariant($"<line x1=\"{x:F1}\" y1=\"{Bottommost}\" x2=\"{x:F1}\" y2=\"{Bottommost + 5}\" stroke=\"{Ink}\"/>\n"));
            svg.Append(Invariant($"<text x=\"{x:F1}\" y=\"{Bottommost + 20}\" text-anchor=\"middle\">{tick:#,0.##}</text>\n"));
        }

        svg.Append(Invariant($"<path d=\"M{Left} {Top} V{Bottommost} H{Rightmost}\" fill=\"none\" stroke=\"{Ink}\"/>\n"));
        svg.Append(Invariant(
            $"<text x=\"{(Left + Rightmost) / 2}\" y=\"{Height - 14}\" text-anchor=\"middle\">step</text>\n"));
        svg.Append(Invariant($"<text x=\"{Left}\" y=\"{Top - 18}\" text-anchor=\"middle\">loss</text>\n"));
    }

    static void Polyline(StringBuilder svg, IEnumerable<(double X, double Y)> points, string colour)
    {
        string joined = string.Join(' ', points.Where(point => double.IsFinite(point.Y))
            .Select(point => Invariant($"{point.X:F1},{point.Y:F1}")));
        svg.Append($"<polyline points=\"{joined}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.8\"/>\n");
    }

    static void Legend(StringBuilder svg, int x, string text, string colour)
    {
        const int Y = Top - 22;
        svg.Append(Invariant($"<line x1=\"{x}\" y1=\"{Y}\" x2=\"{x + 24}\" y2=\"{Y}\" stroke=\"{colour}\" stroke-width=\"3\"/>\n"));
        svg.Append(Invariant($"<text x=\"{x + 30}\" y=\"{Y + 4.5}\">{text}</text>\n"));
    }

    /// <summary>Means over stretches of equal length: as many points as can be told apart.</summary>
    static List<(int Step, double Loss)> Smoothed(List<(int Step, double Loss)> losses) =>
        [.. losses.Chunk(Math.Max(1, losses.Count / MostPoints))
            .Select(part => (part[^1].Step, part.Average(point => point.Loss)))];

    static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Places a range of values, widened to whole ticks, on a line of the picture.</summary>
    sealed class Axis
    {
        const int AboutTicks = 6;

        readonly double low, high, step;
        readonly int from, to;

        public Axis(double low, double high, int from, int to)
        {
            double range = high - low > 0 ? high - low : 1;
            double power = Math.Pow(10, Math.Floor(Math.Log10(range / AboutTicks)));
            step = new[] { 1, 2, 5, 10 }.First(factor => factor * power * AboutTicks >= range * 0.999) * power;
            this.low = Math.Floor(low / step) * step;
            this.high = Math.Ceiling((low + range) / step) * step;
            (this.from, this.to) = (from, to);
        }

        public double Place(double value) => from + (value - low) / (high - low) * (to - from);

        public IEnumerable<double> Ticks()
        {
            for (int i = 0; i <= (int)Math.Round((high - low) / step); i++)
                yield return low + i * step;
        }
    }
}
