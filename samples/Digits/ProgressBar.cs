using System.Diagnostics;

namespace Digits;

/// <summary>
/// Where training stands. On a terminal one line that is drawn over and over, at most every 50 ms so that drawing costs
/// nothing; elsewhere a line an epoch.
/// </summary>
sealed class ProgressBar(TextWriter output, bool isRedirected, int epochs, int imagesPerEpoch)
{
    const int Width = 30;
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    readonly long start = Stopwatch.GetTimestamp();
    long lastDrawn;
    double accuracy = double.NaN;
    int drawnLength;

    /// <summary>Some images of an epoch are done.</summary>
    public void Advance(int epoch, int images, double loss)
    {
        if (isRedirected || Stopwatch.GetElapsedTime(lastDrawn) < Pause)
            return;
        lastDrawn = Stopwatch.GetTimestamp();
        Draw(epoch, images, loss);
    }

    /// <summary>An epoch is done, or the part of it that training ends with.</summary>
    public void EndEpoch(int epoch, int images, double loss, double validationAccuracy)
    {
        accuracy = validationAccuracy;
        if (isRedirected)
            output.WriteLine(
                $"epoch {epoch + 1,3}/{epochs}  {Figures(loss)}  {ImagesPerSecond(epoch, images):N0} images/s");
        else
            Draw(epoch, images, loss);
    }

    /// <summary>Leaves the line.</summary>
    public void Finish()
    {
        if (!isRedirected)
            output.WriteLine();
    }

    void Draw(int epoch, int images, double loss)
    {
        double done = (epoch + Math.Min(1, (double)images / imagesPerEpoch)) / epochs;
        int eighths = (int)Math.Round(done * Width * 8);
        string bar = new string('█', eighths / 8) + (eighths % 8 > 0 ? " ▏▎▍▌▋▊▉"[eighths % 8] : "");
        string line = $"{epoch + 1,3}/{epochs} [{bar.PadRight(Width, ' ')}] {Figures(loss)}  "
            + $"{ImagesPerSecond(epoch, images):N0} images/s";
        output.Write('\r' + line.PadRight(drawnLength));
        drawnLength = line.Length;
    }

    string Figures(double loss) =>
        double.IsNaN(accuracy) ? $"loss {loss:F4}" : $"loss {loss:F4}  accuracy {accuracy:F4}";

    double ImagesPerSecond(int epoch, int images) =>
        ((double)epoch * imagesPerEpoch + images) / Stopwatch.GetElapsedTime(start).TotalSeconds;
}
