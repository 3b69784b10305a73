// A window of the wanted size is laid at a random place over the image, which a border of `padding` fill bytes
// surrounds. A shift by up to p pixels is a window as large as the image with padding p. The border is never made:
// a row of the window is fill, a piece of the image's row, fill.

namespace GraphCompiler.Data;

sealed class RandomCrop
{
    readonly ImageShape image;
    readonly int padding;
    readonly float probability;
    readonly ulong seed;
    readonly byte fill;

    public RandomCrop(
        ImageShape image, int height, int width, int padding, float probability, ulong seed, byte fill)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(padding, 1 << 20);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, image.Height + 2 * padding);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, image.Width + 2 * padding);
        if (!(probability >= 0 && probability <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Must be from 0 to 1.");
        this.image = image;
        this.padding = padding;
        this.probability = probability;
        this.seed = seed;
        this.fill = fill;
        Shape = new ImageShape(image.Channels, height, width);
    }

    /// <summary>The shape of the window.</summary>
    public ImageShape Shape { get; }

    /// <summary>Cuts the window of the example at a position of an epoch.</summary>
    public void Apply(ReadOnlySpan<byte> source, Span<byte> destination, int epoch, int position)
    {
        Span<uint> words = stackalloc uint[4];
        ExampleRandom.Words(seed, epoch, ExampleRandom.CropStream, position, words);
        int rows = image.Height + 2 * padding - Shape.Height + 1;
        int columns = image.Width + 2 * padding - Shape.Width + 1;
        bool moved = (words[2] >> 8) < probability * (1 << 24);
        int top = (moved ? ExampleRandom.Below(words[0], rows) : (rows - 1) / 2) - padding;
        int left = (moved ? ExampleRandom.Below(words[1], columns) : (columns - 1) / 2) - padding;
        if (top == 0 && left == 0 && Shape == image)
            source.CopyTo(destination);
        else
            Cut(source, destination, top, left);
    }

    void Cut(ReadOnlySpan<byte> source, Span<byte> destination, int top, int left)
    {
        int windowSize = Shape.Height * Shape.Width, planeSize = image.Height * image.Width;
        for (int channel = 0; channel < Shape.Channels; channel++)
        {
            ReadOnlySpan<byte> plane = source.Slice(channel * planeSize, planeSize);
            Span<byte> window = destination.Slice(channel * windowSize, windowSize);
            if (Shape.Width == image.Width)
                CutWholeRows(plane, window, top, left);
            else
                CutRows(plane, window, top, left);
        }
    }

    void CutRows(ReadOnlySpan<byte> plane, Span<byte> window, int top, int left)
    {
        // Columns [start, end) of the window lie on the image.
        int start = Math.Clamp(-left, 0, Shape.Width);
        int end = Math.Clamp(image.Width - left, start, Shape.Width);
        for (int row = 0; row < Shape.Height; row++)
        {
            Span<byte> target = window.Slice(row * Shape.Width, Shape.Width);
            int sourceRow = row + top;
            if ((uint)sourceRow >= (uint)image.Height || start == end)
            {
                target.Fill(fill);
                continue;
            }

            target[..start].Fill(fill);
            plane.Slice(sourceRow * image.Width + left + start, end - start).CopyTo(target[start..]);
            target[end..].Fill(fill);
        }
    }

    // A window as wide as the image is one run of its bytes, moved: what comes from a neighbouring row is filled after.
    void CutWholeRows(ReadOnlySpan<byte> plane, Span<byte> window, int top, int left)
    {
        int width = image.Width;
        int move = top * width + left;
        int start = Math.Clamp(-move, 0, window.Length);
        int end = Math.Clamp(plane.Length - move, start, window.Length);
        window[..start].Fill(fill);
        if (end > start)
            plane.Slice(start + move, end - start).CopyTo(window[start..]);
        window[end..].Fill(fill);

        int edge = Math.Min(Math.Abs(left), width);
        int firstOfEdge = left > 0 ? width - edge : 0;
        for (int row = firstOfEdge; row < window.Length; row += width)
        {
            for (int i = 0; i < edge; i++)
                window[row + i] = fill;
        }
    }
}
