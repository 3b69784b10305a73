using System.Diagnostics;

namespace TinyGpt;

/// <summary>
/// Where training stands. On a terminal one line that is drawn over and over, at most every 100 ms; elsewhere a line at
/// each validation.
/// </summary>
sealed class ProgressBar(TextWriter output, bool isRedirected, int steps)
{
    const int Width = 24;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    long lastDrawn;
    double validationLoss = double.NaN;
    int drawnLength;

    /// <summary>Steps are done.</summary>
    public void Advance(int done, double loss, double tokensPerSecond, TimeSpan left)
    {
        if (isRedirected || Stopwatch.GetElapsedTime(lastDrawn) < Pause)
            return;
        lastDrawn = Stopwatch.GetTimestamp();
        Draw(done, loss, tokensPerSecond, left);
    }

    /// <summary>The loss on the validation text was measured.</summary>
    public void Validated(int done, double loss, double validation, double tokensPerSecond, TimeSpan left)
    {
        validationLoss = validation;
        if (isRedirected)
            output.WriteLine($"step {done,5}/{steps}  {Figures(loss, tokensPerSecond, left)}");
        else
            Draw(done, loss, tokensPerSecond, left);
    }

    /// <summary>Leaves the line.</summary>
    public void Finish()
    {
        if (!isRedirected)
            output.WriteLine();
    }

    void Draw(int done, double loss, double tokensPerSecond, TimeSpan left)
    {
        int eighths = (int)((long)done * Width * 8 / steps);
        string bar = new string('█', eighths / 8) + (eighths % 8 > 0 ? " ▏▎▍▌▋▊▉"[eighths % 8] : "");
        string line = $"{done,5}/{steps} [{bar.PadRight(Width)}] {Figures(loss, tokensPerSecond, left)}";
        output.Write('\r' + line.PadRight(drawnLength));
        drawnLength = line.Length;
    }

    string Figures(double loss, double tokensPerSecond, TimeSpan left)
    {
        string validation = double.IsNaN(validationLoss) ? "" : $"  val {validationLoss:F3}";
        return $"train {loss:F3}{validation}  {tokensPerSecond:N0} tokens/s  {left:m\\:ss} left";
    }
}
