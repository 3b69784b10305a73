namespace GraphCompiler.Data;

/// <summary>The shape of one image: [channels, height, width], in row-major order.</summary>
public readonly record struct ImageShape
{
    /// <summary>A shape.</summary>
    /// <param name="channels">Colour planes; 1 for grey.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <exception cref="ArgumentOutOfRangeException">A dimension below 1, or more than 2^31 - 1 values.</exception>
    public ImageShape(int channels, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if ((Int128)channels * height * width > int.MaxValue)
            throw new ArgumentOutOfRangeException(nameof(width), "An image has at most 2,147,483,647 values.");
        Channels = channels;
        Height = height;
        Width = width;
    }

    /// <summary>Colour planes; 1 for grey.</summary>
    public int Channels { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Values in an image.</summary>
    public int Size => Channels * Height * Width;

    /// <inheritdoc/>
    public override string ToString() => $"[{Channels}, {Height}, {Width}]";
}
