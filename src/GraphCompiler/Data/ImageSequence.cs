namespace GraphCompiler.Data;

/// <summary>Changes the values of an image about to be trained on, for augmentation.</summary>
/// <param name="image">The values a model will see, [channels, height, width].</param>
/// <param name="random">64 random bits that belong to this example in this epoch.</param>
public delegate void ImageTransform(Span<float> image, ulong random);

/// <summary>
/// The order in which a set's examples come, and what is done to them on the way. Immutable: every method gives a new
/// sequence. All randomness depends on the seeds, the epoch and the example's position in it, nothing else.
/// </summary>
public sealed class ImageSequence
{
    /// <summary>The examples of a set in their own order, unchanged.</summary>
    public ImageSequence(ImageSet set)
    {
        ArgumentNullException.ThrowIfNull(set);
        Set = set;
        ImageShape = set.Shape;
    }

    ImageSequence(ImageSequence other)
    {
        Set = other.Set;
        ImageShape = other.ImageShape;
        ShuffleSeed = other.ShuffleSeed;
        Crop = other.Crop;
        ImageTransform = other.ImageTransform;
        TransformSeed = other.TransformSeed;
    }

    /// <summary>Where the examples come from.</summary>
    public ImageSet Set { get; }

    /// <summary>The shape of the images that come out.</summary>
    public ImageShape ImageShape { get; private init; }

    internal ulong? ShuffleSeed { get; private init; }

    internal RandomCrop? Crop { get; private init; }

    internal ImageTransform? ImageTransform { get; private init; }

    internal ulong TransformSeed { get; private init; }

    /// <summary>Draws a new order for every epoch.</summary>
    /// <param name="seed">The same seed and epoch give the same order on every machine.</param>
    public ImageSequence Shuffle(ulong seed) => new(this) { ShuffleSeed = seed };

    /// <summary>Cuts a window out of every image, at a place drawn anew for every example and epoch.</summary>
    /// <param name="height">Rows of the window.</param>
    /// <param name="width">Columns of the window.</param>
    /// <param name="padding">How many rows and columns of <paramref name="fill"/> surround the image beforehand.</param>
    /// <param name="seed">The same seed cuts in the same places.</param>
    /// <param name="fill">The byte outside the image.</param>
    /// <exception cref="ArgumentOutOfRangeException">The window is empty or larger than the padded image.</exception>
    /// <exception cref="InvalidOperationException">The sequence already crops or shifts.</exception>
    public ImageSequence RandomCrop(int height, int width, int padding = 0, ulong seed = 0, byte fill = 0) =>
        WithCrop(new RandomCrop(Set.Shape, height, width, padding, probability: 1, seed, fill));

    /// <summary>Moves images by up to some pixels in each direction, drawn anew for every example and epoch.</summary>
    /// <param name="pixels">The largest move, at least 0.</param>
    /// <param name="probability">How many images are moved at all, from 0 to 1.</param>
    /// <param name="seed">The same seed moves in the same way.</param>
    /// <param name="fill">The byte that moves in.</param>
    /// <exception cref="ArgumentOutOfRangeException">A negative move or a probability outside [0, 1].</exception>
    /// <exception cref="InvalidOperationException">The sequence already crops or shifts.</exception>
    public ImageSequence RandomShift(int pixels, float probability = 1, ulong seed = 0, byte fill = 0) =>
        WithCrop(new RandomCrop(Set.Shape, Set.Shape.Height, Set.Shape.Width, pixels, probability, seed, fill));

    /// <summary>Calls the user's own code on every image, after cropping and normalizing.</summary>
    /// <param name="transform">Changes the image in place; with prefetch it runs on another thread.</param>
    /// <param name="seed">The same seed gives the same random bits.</param>
    /// <exception cref="InvalidOperationException">The sequence already has a transform.</exception>
    public ImageSequence Transform(ImageTransform transform, ulong seed = 0)
    {
        ArgumentNullException.ThrowIfNull(transform);
        if (ImageTransform != null)
            throw new InvalidOperationException("The sequence already has a transform.");
        return new(this) { ImageTransform = transform, TransformSeed = seed };
    }

    /// <summary>Gathers the examples in batches.</summary>
    /// <param name="size">Examples per batch, at least 1.</param>
    /// <param name="last">What becomes of the last examples when they do not fill a batch.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size below 1, or batches of more than 2^31 - 1 values.</exception>
    /// <exception cref="InvalidOperationException">The set is empty, or has less than one batch and all would be
    /// dropped.</exception>
    public ImageBatches Batches(int size, LastBatch last = LastBatch.Wrap) => new(this, size, last);

    ImageSequence WithCrop(RandomCrop crop)
    {
        if (Crop != null)
            throw new InvalidOperationException("The sequence already crops or shifts.");
        return new(this) { Crop = crop, ImageShape = crop.Shape };
    }
}
