// A window of the wanted size is laid at a random place over the image, which a border of `padding` fill bytes
// surrounds. A shift by up to p pixels is a window as large as the image with padding p. The border is never made:
// each row of the window is fill, a piece of the image's row, fill.

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
        // Columns [start, end) of the window lie on the image.
        int start = Math.Clamp(-left, 0, Shape.Width);
        int end = Math.Clamp(image.Width - left, start, Shape.Width);
        for (int channel = 0; channel < Shape.Channels; channel++)
        {
            for (int row = 0; row < Shape.Height; row++)
            {
                Span<byte> target = destination.Slice((channel * Shape.Height + row) * Shape.Width, Shape.Width);
                int sourceRow = row + top;
                if ((uint)sourceRow >= (uint)image.Height)
                {
                    target.Fill(fill);
                    continue;
                }

                target[..start].Fill(fill);
                target[end..].Fill(fill);
                int sourceStart = (channel * image.Height + sourceRow) * image.Width + left + start;
                if (end > start)
                    source.Slice(sourceStart, end - start).CopyTo(target[start..]);
            }
        }
    }
}
